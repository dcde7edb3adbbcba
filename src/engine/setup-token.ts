import type { Place, Vault } from '../vault/vault.ts'
import { isWithin, openToken } from './sealed-token.ts'

export const SETUP_MS = 600_000

/**
 * Held by the browser that began a setup. Without it nobody can confirm, see or cancel that setup, so an offer planted
 * by somebody else is never mistaken for the user's own.
 */
export interface SetupClaims {
  /** The pending setup's id. */
  id: string
  expiresAtMs: number
  /** For the URI. Null: the issuer of createTwoFactor, which keeps the token small enough for a cookie. */
  issuer: string | null
  accountName: string
}

export function sealSetup(vault: Vault, userId: string, claims: SetupClaims): string {
  const { id, expiresAtMs, issuer, accountName } = claims
  return vault.seal(setupPlace(userId), JSON.stringify([id, expiresAtMs, issuer, accountName]))
}

/** Null for a token that is missing, forged, expired or another user's. */
export function openSetup(vault: Vault, userId: string, token: unknown, nowMs: number): SetupClaims | null {
  const content = openToken(vault, setupPlace(userId), token)
  if (content === null) return null
  const [id, expiresAtMs, issuer, accountName] = content
  const claims = { id, expiresAtMs, issuer, accountName } as SetupClaims
  return isWithin(claims.expiresAtMs, SETUP_MS, nowMs) ? claims : null
}

function setupPlace(userId: string): Place {
  return { purpose: 'setup', userId }
}
