import type { RenderedElement } from '../rendered-element.ts'

/**
 * If a render removes the focused element, the heading gets the focus, so that nobody starts from the top of the page.
 */
export function keepFocus(host: RenderedElement): void {
  let hadFocus = false
  const focused = () => host.shadowRoot?.activeElement ?? null
  host.addController({
    hostUpdate() {
      hadFocus = focused() !== null
    },
    hostUpdated() {
      if (hadFocus && focused() === null) host.renderRoot.querySelector<HTMLElement>('[tabindex="-1"]')?.focus()
    },
  })
}
