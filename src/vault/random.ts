import { ownBytes } from '../encoding/bytes.ts'
import { CountersignError } from '../errors.ts'

/** Where random bytes come from: the platform's CSPRNG, or what a test injects. */
export type Random = (bytes: number) => Uint8Array

export function randomBytes(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}

/** Drawn at once: what seven sign-ins need. */
const DRAWN_BYTES = 512
const KEPT_MS = 1000

/**
 * Random bytes that are no secret and must only never come twice: nonces, versions, epochs. Several are drawn at once,
 * because a call of the generator takes 4 µs in a loop and 15 beside a database client, however little it is asked for:
 * the three or four of a sign-in were a third of its time. None is kept for longer than a second, so that a snapshot of
 * the heap, such as a process starts from, holds none that is still good.
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

/** The host's source of random bytes, held to what was asked for; the platform's without one. */
export function randomOption(given: Random | undefined): Random {
  if (given === undefined) return randomBytes
  return (count) => {
    const bytes = ownBytes(given(count))
    if (bytes?.length === count) return bytes
    throw new CountersignError('hook_invalid', `random(${count}) must return a Uint8Array of ${count} bytes.`)
  }
}
