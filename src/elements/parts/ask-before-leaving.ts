import type { RenderedElement } from '../rendered-element.ts'

/** While something is shown that is shown only once, the browser asks before the page is left. */
export function askBeforeLeaving(host: RenderedElement, isShown: () => boolean): { check(): void } {
  const ask = (event: Event) => event.preventDefault()
  const stop = () => removeEventListener('beforeunload', ask)
  const check = () => {
    if (isShown()) addEventListener('beforeunload', ask)
    else stop()
  }
  host.addController({ hostConnected: check, hostDisconnected: stop })
  return { check }
}
