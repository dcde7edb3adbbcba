import type { RenderedElement } from '../rendered-element.ts'

/** Runs when the person returns to this tab: another one may have changed what it shows. */
export function whenVisible(host: RenderedElement, look: () => void): void {
  const back = () => {
    if (document.visibilityState === 'visible') look()
  }
  host.addController({
    hostConnected: () => document.addEventListener('visibilitychange', back),
    hostDisconnected: () => document.removeEventListener('visibilitychange', back),
  })
}
