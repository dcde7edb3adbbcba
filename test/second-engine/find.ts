/** What is looked for on the page: a button or a field by its name, a text, or any selector. */
export type What = { button: string } | { field: string } | { text: string } | { css: string }

/** One thing on the page that a person can see, as it is now. */
export interface Seen {
  /** Its middle in the viewport. */
  x: number
  y: number
  left: number
  right: number
  /** All of it is within the viewport and within the dialog that it is in. */
  isInSight: boolean
  /** What a finger at its middle would meet instead of it. */
  coveredBy: string | null
  isDisabled: boolean
  isChecked: boolean
  isFocused: boolean
  value: string
  text: string
}

/** Runs in the page: everything that matches and is visible, through all shadow roots. `scroll` brings the first into view. */
export function find(what: What, scroll: boolean): Seen[] {
  const clean = (text: string | null) =>
    (text ?? '')
      .replaceAll(/[\u2066-\u2069]/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
  const roots: (Document | ShadowRoot)[] = [document]
  const nodes: HTMLElement[] = []
  for (const root of roots) {
    for (const node of root.querySelectorAll<HTMLElement>('*')) {
      if (node.shadowRoot) roots.push(node.shadowRoot)
      nodes.push(node)
    }
  }
  const labelsOf = (node: Element) => Array.from((node as HTMLInputElement).labels ?? [])
  const nameOf = (node: Element) => clean(node.getAttribute('aria-label') ?? (labelsOf(node)[0] ?? node).textContent)
  const ownText = (node: Element) =>
    clean(Array.from(node.childNodes, (child) => (child instanceof Text ? child.data : '')).join(''))
  function matches(node: HTMLElement): boolean {
    if ('button' in what) return node.matches('button, a.button') && nameOf(node) === clean(what.button)
    if ('field' in what) return node.matches('input, select') && nameOf(node) === clean(what.field)
    if ('text' in what) return ownText(node).includes(clean(what.text))
    return node.matches(what.css)
  }
  // An open dialog is all that can be reached.
  const modal = nodes.find((node) => node.matches('dialog:modal'))
  const isReachable = (node: HTMLElement) => !modal || modal.contains(node)
  const found = nodes.filter(
    (node) => isReachable(node) && matches(node) && node.checkVisibility({ visibilityProperty: true }),
  )
  const first = found[0]
  const place = first?.getBoundingClientRect()
  if (scroll && first && place && (place.top < 0 || place.bottom > innerHeight || hitAt(place) !== first)) {
    first.scrollIntoView({ block: 'center' })
  }
  function hitAt({ left, top, width, height }: DOMRect): Element | null {
    const [x, y] = [left + width / 2, top + height / 2]
    let hit = document.elementFromPoint(x, y)
    for (let inner = hit?.shadowRoot?.elementFromPoint(x, y); inner && inner !== hit; ) {
      hit = inner
      inner = hit.shadowRoot?.elementFromPoint(x, y)
    }
    return hit
  }
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return found.map((node) => {
    const box = node.getBoundingClientRect()
    const room = node.closest('dialog')?.getBoundingClientRect()
    const hit = hitAt(box)
    const isHit = node.contains(hit) || labelsOf(node).some((label) => label.contains(hit))
    return {
      x: Math.round(box.left + box.width / 2),
      y: Math.round(box.top + box.height / 2),
      left: box.left,
      right: box.right,
      isInSight:
        box.top >= Math.max(0, room?.top ?? 0) && box.bottom <= Math.min(innerHeight, room?.bottom ?? innerHeight),
      coveredBy: isHit ? null : (hit?.outerHTML.slice(0, 80) ?? 'nothing there'),
      isDisabled: node.matches(':disabled, [aria-disabled=true]'),
      isChecked: node.matches(':checked'),
      isFocused: node === focused,
      value: node instanceof HTMLInputElement ? node.value : '',
      text: clean(node.textContent),
    }
  })
}
