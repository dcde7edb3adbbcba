import type { RenderedElement } from '../rendered-element.ts'

/** Where a render takes away what had the focus, the heading has it, so that nobody starts from the top of the page. */
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
