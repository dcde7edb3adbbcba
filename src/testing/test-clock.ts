/** A clock that moves only when told to. */
export interface TestClock {
  /** Unix time in milliseconds. Bound, so you can pass it as the `now` of `createTwoFactor`. */
  now: () => number
  /** Moves it forward, or back with a negative number. */
  advance(by: { seconds: number }): void
  /** Sets it to a Unix time in milliseconds. */
  set(timeMs: number): void
}

/**
 * A clock for tests: no sleeping, no real time.
 *
 * @param startMs Unix time in milliseconds
 * @throws Error if the time would be negative or not a number
 * @example
 * const clock = testClock(Date.UTC(2025, 0, 1))
 * const twoFactor = createTwoFactor({ now: clock.now, issuer, store, keys, verifyPassword })
 * clock.advance({ seconds: 30 })
 */
export function testClock(startMs: number): TestClock {
  let timeMs = checked(startMs)
  return {
    now: () => timeMs,
    advance: ({ seconds }) => {
      if (!Number.isFinite(seconds)) throw new Error(`A test clock advances by seconds; got ${String(seconds)}.`)
      timeMs = checked(timeMs + seconds * 1000)
    },
    set: (ms) => {
      timeMs = checked(ms)
    },
  }
}

function checked(timeMs: number): number {
  if (Number.isFinite(timeMs) && timeMs >= 0) return timeMs
  throw new Error(`A test clock needs Unix milliseconds from 0 on; got ${String(timeMs)}.`)
}
