import type { Page } from 'playwright-core'

/**
 * What is wrong with how the page's controls and words are laid out, through all shadow roots: a control that is not whole within
 * the page or its dialog once it is scrolled to, one with something else in front of its middle, words that are cut off. Where
 * a dialog is open, only what is in it counts. The page is scrolled back.
 */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const roots: (Document | ShadowRoot)[] = [document]
    const nodes: HTMLElement[] = []
    for (const root of roots) {
      for (const node of root.querySelectorAll<HTMLElement>('body *, :host *')) {
        if (node.shadowRoot) roots.push(node.shadowRoot)
        nodes.push(node)
      }
      if (root instanceof ShadowRoot) nodes.push(...root.querySelectorAll<HTMLElement>('*'))
    }
    const modal = nodes.find((node) => node.matches('dialog:modal'))
    const isVisible = (node: Element) =>
      node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.closest('.off-screen, .skip')
    const seen = [...new Set(nodes)].filter((node) => (!modal || modal.contains(node)) && isVisible(node))
    const controls = seen.filter((node) => node.matches('button, a[href], input, select, summary, [tabindex="0"]'))
    const scrolled = [...roots.flatMap((root) => [...root.querySelectorAll('*')])].filter(
      (node) => node.scrollHeight > node.clientHeight,
    )
    const places = scrolled.map((node) => [node, node.scrollTop] as const)
    const nameOf = (node: HTMLElement) =>
      node.ariaLabel || node.textContent?.trim().replaceAll(/\s+/g, ' ') || node.id || node.tagName
    const faults: string[] = []

    for (const node of controls) {
      const name = nameOf(node)
      node.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' })
      const box = node.getBoundingClientRect()
      const room = node.closest('dialog')?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight)
      const isWhole =
        box.left >= Math.max(0, room.left) - 1 &&
        box.right <= Math.min(innerWidth, room.right) + 1 &&
        box.top >= Math.max(0, room.top) - 1 &&
        box.bottom <= Math.min(innerHeight, room.bottom) + 1
      if (!isWhole) {
        faults.push(`${name}: cut at ${[box.left, box.top, box.right, box.bottom].map(Math.round).join(', ')}`)
        continue
      }
      // A link may go over two lines: its first one has the middle.
      const line = node.getClientRects()[0] ?? box
      const [x, y] = [line.left + line.width / 2, line.top + line.height / 2]
      let hit = document.elementFromPoint(x, y)
      for (let inner = hit?.shadowRoot?.elementFromPoint(x, y); inner && inner !== hit; ) {
        hit = inner
        inner = hit.shadowRoot?.elementFromPoint(x, y)
      }
      const labels = node instanceof HTMLInputElement ? Array.from(node.labels ?? []) : []
      if (![node, ...labels].some((one) => one.contains(hit))) {
        faults.push(`${name}: covered by ${hit?.outerHTML.slice(0, 80) ?? 'nothing that can be met'}`)
      }
    }
    for (const node of seen) {
      // What can be scrolled by keyboard, such as an example of code, is not lost.
      if (
        node.matches('input, select, [tabindex="0"], svg, svg *, .body') ||
        getComputedStyle(node).overflowX === 'visible'
      )
        continue
      if (node.scrollWidth > node.clientWidth + 1) faults.push(`${nameOf(node).slice(0, 40)}: words cut off`)
    }
    for (const [node, top] of places) node.scrollTop = top
    return faults
  })
}

/**
 * Controls that forced colors leave looking like text: without a border, an underline, or a look of the browser's own. What is
 * busy, chosen or focused has to show too, in a form that needs no color of the page's.
 */
export function plainControls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const roots: (Document | ShadowRoot)[] = [document]
    const found: string[] = []
    const hasBorder = (node: Element) => {
      const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(node)
      return Number.parseFloat(borderTopWidth) > 0 && borderTopStyle !== 'none' && borderTopColor !== backgroundColor
    }
    for (const root of roots) {
      for (const node of root.querySelectorAll<HTMLElement>('*')) {
        if (node.shadowRoot) roots.push(node.shadowRoot)
        if (!node.matches('button, a[href], select, input:not([type=checkbox])') || !node.checkVisibility()) continue
        // A field may share the border of its box with a button in it.
        const isFramed = [node, node.closest('.field-box') ?? node].some(hasBorder)
        if (!isFramed && !getComputedStyle(node).textDecorationLine.includes('underline'))
          found.push(node.ariaLabel ?? node.textContent ?? '')
      }
    }
    return found.map((words) => words.trim().replaceAll(/\s+/g, ' '))
  })
}
