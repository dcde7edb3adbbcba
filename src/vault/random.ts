import { ownBytes } from '../encoding/bytes.ts'
import { CountersignError } from '../errors.ts'

/** The source of random bytes: the platform's CSPRNG, or a test's. */
export type Random = (bytes: number) => Uint8Array

export function randomBytes(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}

/** Enough for seven sign-ins. */
const DRAWN_BYTES = 512
const KEPT_MS = 1000

/**
 * Random bytes that are not secret, but must never repeat: nonces, versions, epochs. They are drawn in batches, because
 * a call of the generator takes 4 µs in a loop and 15 beside a database client, for any number of bytes: the three or
 * four calls of a sign-in took a third of its time. None is kept longer than a second, so that a heap snapshot from
 * which processes start contains no usable ones.
 */
export function drawnAhead(random: Random, now: () => number): Random {
  let drawn: Uint8Array = new Uint8Array()
  let used = 0
  let drawnAtMs = 0
  return (count) => {
    const nowMs = now()
    const isFresh = drawnAtMs <= nowMs && nowMs < drawnAtMs + KEPT_MS
    if (!isFresh || used + count > drawn.length) {
      drawn = random(Math.max(DRAWN_BYTES, count))
      used = 0
      drawnAtMs = nowMs
    }
    used += count
    return drawn.subarray(used - count, used)
  }
}

/** The host's source of random bytes, checked for length; without one, the platform's. */
export function randomOption(given: Random | undefined): Random {
  if (given === undefined) return randomBytes
  return (count) => {
    const bytes = ownBytes(given(count))
    if (bytes?.length === count) return bytes
    throw new CountersignError('hook_invalid', `random(${count}) must return a Uint8Array of ${count} bytes.`)
  }
}
