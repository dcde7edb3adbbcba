import { encodeBase64Url } from '../encoding/base64url.ts'
import type { Random } from '../vault/random.ts'

/** How long the token of a challenge or a step-up is valid. */
export const CHALLENGE_MS = 300_000

/**
 * The challenges that a record still accepts. A challenge names the epoch it was issued in; the current epoch and the
 * one before are accepted, and each lists its used challenges. So a challenge succeeds once, whatever the clock does:
 * it is forgotten only together with its epoch. The clock only decides when the next epoch may begin.
 */
export interface Challenges {
  /** Random. Null until the first challenge or the first change that would void one: no token names null. */
  epoch: string | null
  sinceMs: number
  /** The ids of the challenges of this epoch that were completed. */
  used: readonly string[]
  previous: { epoch: string | null; used: readonly string[] } | null
}

/** Why the token of a challenge or a step-up is not accepted. */
export type ChallengeReason = 'challenge-expired' | 'challenge-used'

/** A challenge, or anything else begun in an epoch. */
interface ChallengeRef {
  epoch: string | null
  id: string
}

/** The most used challenges listed, of both epochs; then the next epoch begins early. */
export const LISTED_CHALLENGES = 64
const EPOCH_BYTES = 9

/** Frozen, since it becomes part of stored records. */
export const NO_CHALLENGES: Challenges = Object.freeze({
  epoch: null,
  sinceMs: 0,
  used: Object.freeze([]),
  previous: null,
})

/** A new epoch: every challenge from before is void. */
export function newEpoch(nowMs: number, nonces: Random): Challenges & { epoch: string } {
  return { epoch: encodeBase64Url(nonces(EPOCH_BYTES)), sinceMs: nowMs, used: [], previous: null }
}

/**
 * Whether a token issued in that epoch is still valid: nothing voided it since. Null matches no epoch: otherwise every
 * record without one would accept it, in this store or in another that shares keys.
 */
export function isAccepted(challenges: Challenges, issuedIn: string | null): boolean {
  return issuedIn !== null && isUnvoided(challenges, issuedIn)
}

/** The same for what this process began itself, without a token, maybe before there was an epoch. */
export function isUnvoided({ epoch, previous }: Challenges, begunIn: string | null): boolean {
  return begunIn === epoch || (previous !== null && begunIn === previous.epoch)
}

export function isUsed({ used, previous }: Challenges, id: string): boolean {
  return used.includes(id) || previous?.used.includes(id) === true
}

/** The same with this challenge used. It must be accepted and unused. */
export function withUsed(
  challenges: Challenges,
  { epoch, id }: ChallengeRef,
  nowMs: number,
  nonces: Random,
): Challenges {
  const { previous } = challenges
  const listed =
    epoch === challenges.epoch || previous === null
      ? { ...challenges, used: [...challenges.used, id] }
      : { ...challenges, previous: { ...previous, used: [...previous.used, id] } }
  const isOld = nowMs - listed.sinceMs >= CHALLENGE_MS
  const isFull = listed.used.length + (listed.previous?.used.length ?? 0) >= LISTED_CHALLENGES
  return isOld || isFull ? { ...newEpoch(nowMs, nonces), previous: { epoch: listed.epoch, used: listed.used } } : listed
}
