import type { Place, Vault } from '../vault/vault.ts'

/*
 * Tokens that a browser keeps between requests. The vault seals each one, so one that opens was made here, by this
 * version or an older one, and only its own fields need checking.
 */

/** How far the servers' clocks may differ: a token from further in the future is from a wrong clock. */
const CLOCK_SKEW_MS = 60_000

/** Fits user ids of 255 characters and a state of 1 KiB, in their longest spelling as JSON. */
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
