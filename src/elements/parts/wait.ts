import type { Scope } from '../scope.ts'

const TICK_MS = 500

/** Waits with a countdown, separate for each kind of input. */
export interface Wait {
  start(kind: string, seconds: number): void
  /** Shows the wait for what the person is about to send, if any. */
  showFor(kind: string): void
  secondsLeft(): number
  /** The button's label meanwhile: when to try again, or when the queued form is sent. */
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
    // Not if the person switched to a kind of input without a wait.
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
