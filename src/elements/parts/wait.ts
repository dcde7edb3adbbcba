import type { Scope } from '../scope.ts'

const TICK_MS = 500

/** Waits that are counted down, each kind of input by itself. */
export interface Wait {
  start(kind: string, seconds: number): void
  /** What the person is about to send: its wait, if any, is the one that is shown. */
  showFor(kind: string): void
  secondsLeft(): number
  /** The button's words meanwhile: when it can be tried, or when what was sent meanwhile goes. */
  words(isQueued: boolean): string
}

export function createWait(scope: Scope, onOver: () => void): Wait {
  const endsMs = new Map<string, number>()
  let shown = ''
  let isTicking = false

  const secondsLeft = () => Math.max(0, Math.ceil(((endsMs.get(shown) ?? 0) - Date.now()) / 1000))

  function tick(): void {
    isTicking = scope.isConnected && secondsLeft() > 0
    if (isTicking) setTimeout(tick, TICK_MS)
    // Not where the person turned to a kind of input that had no wait.
    else if (scope.isConnected && endsMs.delete(shown)) onOver()
    scope.update()
  }
  function showFor(kind: string): void {
    if (kind === shown && (isTicking || secondsLeft() === 0)) return
    shown = kind
    scope.update()
    if (isTicking || secondsLeft() === 0) return
    isTicking = true
    setTimeout(tick, TICK_MS)
  }

  return {
    secondsLeft,
    showFor,
    start(kind, seconds) {
      endsMs.set(kind, Date.now() + seconds * 1000)
      showFor(kind)
    },
    words(isQueued) {
      const { texts, times } = scope
      const seconds = secondsLeft()
      const time = times.within(seconds)
      return time === null
        ? texts.waitUntil.replace('{date}', times.dateTime(Date.now() + seconds * 1000))
        : (isQueued ? texts.sendsIn : texts.waitFor).replace('{time}', time)
    },
  }
}
