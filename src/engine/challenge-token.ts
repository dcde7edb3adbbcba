import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64Url } from '../encoding/base64url.ts'
import { equalText } from '../encoding/equal.ts'
import { utf8Bytes } from '../encoding/utf8.ts'
import { idOf, type Place, type Vault } from '../vault/vault.ts'
import { CHALLENGE_MS, type ChallengeReason, isAccepted, isUsed } from './challenges.ts'
import type { JsonValue } from './json.ts'
import { challengesOf, isEnabled, type UserRecord } from './record.ts'
import { isWithin, openToken } from './sealed-token.ts'

/** The longest binding of a challenge, in characters. */
export const MAX_BINDING = 1024
const CHALLENGE: Place = { purpose: 'challenge', userId: '' }

export type ChallengeAction = 'verify' | 'setup'

export interface ChallengeClaims {
  userId: string
  action: ChallengeAction
  /** The record's epoch at the time. */
  epoch: string
  issuedAtMs: number
  /** SHA-256 of `binding`; null if none. */
  binding: string | null
  /** The host's own; null if none. */
  state: JsonValue
  /** The first factor, as the host named it. */
  amr: readonly string[]
}

export interface OpenChallenge extends ChallengeClaims {
  /** Unique per challenge: from the token's own nonce. */
  id: string
  expiresAtMs: number
}

export function sealChallenge(vault: Vault, claims: ChallengeClaims): string {
  const { userId, action, epoch, issuedAtMs, binding, state, amr } = claims
  return vault.seal(CHALLENGE, JSON.stringify([userId, action, epoch, issuedAtMs, binding, state, amr]))
}

/** Null if it is forged, another user's, expired or bound to another browser. */
export function openChallenge(vault: Vault, token: unknown, binding: unknown, nowMs: number): OpenChallenge | null {
  const content = openToken(vault, CHALLENGE, token)
  if (content === null) return null
  const [userId, action, epoch, issuedAtMs, bound, state, amr = []] = content
  const id = idOf(token as string)
  const expiresAtMs = (issuedAtMs as number) + CHALLENGE_MS
  const claims = { userId, action, epoch, issuedAtMs, binding: bound, state, amr, id, expiresAtMs } as OpenChallenge
  return isBoundTo(claims.binding, binding) && isWithin(expiresAtMs, CHALLENGE_MS, nowMs) ? claims : null
}

/** The hash of a binding, for the token. */
export function hashBinding(binding: string | undefined): string | null {
  return binding === undefined ? null : encodeBase64Url(sha256(utf8Bytes(binding)))
}

export function isBoundTo(bound: string | null, binding: unknown): boolean {
  if (bound === null) return binding === undefined
  return typeof binding === 'string' && binding.length <= MAX_BINDING && equalText(bound, hashBinding(binding) ?? '')
}

/** Why an opened challenge is not accepted for this record, or null. */
export function challengeObstacle(record: UserRecord | null, opened: OpenChallenge): ChallengeReason | null {
  const challenges = challengesOf(record)
  if (isUsed(challenges, opened.id)) return 'challenge-used'
  const isMeant = (opened.action === 'verify') === isEnabled(record)
  return isMeant && isAccepted(challenges, opened.epoch) ? null : 'challenge-expired'
}
