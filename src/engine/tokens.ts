import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64Url } from '../encoding/base64url.ts'
import { equalText } from '../encoding/equal.ts'
import { utf8Bytes, utf8Text } from '../encoding/utf8.ts'
import { idOf, type Place, type Vault } from '../vault/vault.ts'

/*
 * What a browser holds between two requests. Both tokens are sealed by the vault, so whatever opens was made here, by
 * this version or an older one, and needs no further check than its own fields.
 */

export const CHALLENGE_MS = 300_000
export const DEVICE_MS: number = 400 * 86_400_000
/** How far the clocks of a host's servers may be apart: a token from further in the future is from a clock gone wrong. */
const CLOCK_SKEW_MS = 60_000

/** Characters of what a host binds a challenge to. */
export const MAX_BINDING = 1024

/** User ids of 255 characters and a state of 1 KiB fit, in their longest spelling as JSON. */
const MAX_TOKEN = 12_288
const CHALLENGE: Place = { purpose: 'challenge', userId: '' }

/** Whatever JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

export type ChallengeAction = 'verify' | 'setup'

export interface ChallengeClaims {
  userId: string
  action: ChallengeAction
  /** The record's epoch then; null where there was none. */
  epoch: string | null
  issuedAtMs: number
  /** SHA-256 of what the host bound it to; null if nothing. */
  binding: string | null
  /** The host's own; null if nothing. */
  state: JsonValue
}

export interface OpenChallenge extends ChallengeClaims {
  /** Unique for each challenge: out of the token's own nonce. */
  id: string
  expiresAtMs: number
}

export function sealChallenge(vault: Vault, claims: ChallengeClaims): string {
  const { userId, action, epoch, issuedAtMs, binding, state } = claims
  return vault.seal(CHALLENGE, utf8Bytes(JSON.stringify([userId, action, epoch, issuedAtMs, binding, state])))
}

/** Null for what is forged, foreign, out of time or bound to another browser. */
export function openChallenge(vault: Vault, token: unknown, binding: unknown, nowMs: number): OpenChallenge | null {
  const content = openToken(vault, CHALLENGE, token)
  if (content === null) return null
  const [userId, action, epoch, issuedAtMs, bound, state] = content
  const claims = { userId, action, epoch, issuedAtMs, binding: bound, state } as ChallengeClaims
  if (!isBoundTo(claims.binding, binding)) return null
  const expiresAtMs = claims.issuedAtMs + CHALLENGE_MS
  if (!isWithin(expiresAtMs, CHALLENGE_MS, nowMs)) return null
  return { ...claims, id: idOf(token as string), expiresAtMs }
}

/** What goes into the token of a value that only this browser can present. */
export function hashBinding(binding: string | undefined): string | null {
  return binding === undefined ? null : encodeBase64Url(sha256(utf8Bytes(binding)))
}

export interface DeviceClaims {
  /** The enrollment under which this browser passed the second step. */
  enrollment: string
  expiresAtMs: number
  /** Its entry in the record's list of trusted devices; null if it is just known. */
  trustedId: string | null
}

export function sealDevice(vault: Vault, userId: string, claims: DeviceClaims): string {
  const { enrollment, expiresAtMs, trustedId } = claims
  return vault.seal(devicePlace(userId), utf8Bytes(JSON.stringify([enrollment, expiresAtMs, trustedId])))
}

/** Null for a stranger: no token, a forged or expired one, another user's, one of an earlier enrollment. */
export function openDevice(
  vault: Vault,
  userId: string,
  token: unknown,
  enrollment: string | null,
  nowMs: number,
): DeviceClaims | null {
  if (enrollment === null) return null
  const content = openToken(vault, devicePlace(userId), token)
  if (content === null) return null
  const [sealedEnrollment, expiresAtMs, trustedId] = content
  const claims = { enrollment: sealedEnrollment, expiresAtMs, trustedId } as DeviceClaims
  return claims.enrollment === enrollment && isWithin(claims.expiresAtMs, DEVICE_MS, nowMs) ? claims : null
}

/** Still valid, and not from a clock that was far ahead. */
export function isWithin(expiresAtMs: number, lifetimeMs: number, nowMs: number): boolean {
  return nowMs < expiresAtMs && expiresAtMs - nowMs <= lifetimeMs + CLOCK_SKEW_MS
}

function devicePlace(userId: string): Place {
  return { purpose: 'device', userId }
}

function openToken(vault: Vault, place: Place, token: unknown): unknown[] | null {
  if (typeof token !== 'string' || token.length > MAX_TOKEN) return null
  const content = vault.open(place, token)
  return content === null ? null : JSON.parse(utf8Text(content))
}

function isBoundTo(bound: string | null, binding: unknown): boolean {
  if (bound === null || binding === undefined) return bound === null && binding === undefined
  return typeof binding === 'string' && binding.length <= MAX_BINDING && equalText(bound, hashBinding(binding) ?? '')
}
