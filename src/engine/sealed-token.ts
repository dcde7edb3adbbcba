import type { Place, Vault } from '../vault/vault.ts'

/*
 * What a browser holds between two requests. Each token is sealed by the vault, so whatever opens was made here, by
 * this version or an older one, and needs no further check than its own fields.
 */

/** How far the clocks of a host's servers may be apart: a token from further in the future is from a clock gone wrong. */
const CLOCK_SKEW_MS = 60_000

/** User ids of 255 characters and a state of 1 KiB fit, in their longest spelling as JSON. */
const MAX_TOKEN = 12_288

/** Still valid, and not from a clock that was far ahead. */
export function isWithin(expiresAtMs: number, lifetimeMs: number, nowMs: number): boolean {
  return nowMs < expiresAtMs && expiresAtMs - nowMs <= lifetimeMs + CLOCK_SKEW_MS
}

/** The fields of a token, or null if it does not open. */
export function openToken(vault: Vault, place: Place, token: unknown): unknown[] | null {
  if (typeof token !== 'string' || token.length > MAX_TOKEN) return null
  const content = vault.openText(place, token)
  return content === null ? null : JSON.parse(content)
}
