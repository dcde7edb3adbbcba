import type { LitElement } from 'lit'

/** Comes back to this tab: what it shows may have been changed in another one. */
export function whenVisible(host: LitElement, look: () => void): void {
  const back = () => {
    if (document.visibilityState === 'visible') look()
  }
  host.addController({
    hostConnected: () => document.addEventListener('visibilitychange', back),
    hostDisconnected: () => document.removeEventListener('visibilitychange', back),
  })
}
