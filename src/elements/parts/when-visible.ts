import type { RenderedElement } from '../rendered-element.ts'

/** Comes back to this tab: what it shows may have been changed in another one. */
export function whenVisible(host: RenderedElement, look: () => void): void {
  const back = () => {
    if (document.visibilityState === 'visible') look()
  }
  host.addController({
    hostConnected: () => document.addEventListener('visibilitychange', back),
    hostDisconnected: () => document.removeEventListener('visibilitychange', back),
  })
}
