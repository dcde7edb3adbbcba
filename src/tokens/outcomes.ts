import type { ProofReason } from '../engine/proof.ts'
import type { Refusal } from '../engine/refusal.ts'
import type { StoredToken } from './store.ts'

/** An access token as its user sees it in a list. The token itself is shown once, when it is issued. */
export interface AccessToken {
  id: string
  name: string
  scopes: string[]
  createdAtMs: number
  /** Null: never. */
  expiresAtMs: number | null
  /** To the minute; null: never used. */
  lastUsedAtMs: number | null
}

/** Why a new token can be refused, apart from the proof. */
export type IssueReason = 'invalid-name' | 'limit-reached' | 'unknown-scope' | 'already-expired'

interface Issued {
  ok: true
  /** Show it now: it is stored only as a hash. */
  token: string
  accessToken: AccessToken
}
/** The new token, or why there is none. */
export type IssueResult = Issued | Refusal<ProofReason | IssueReason>
/** The new token, or why there is none. */
export type AdminIssueResult = Issued | Refusal<IssueReason>

/** Whose token it is, or why it is not accepted. */
export type VerifyTokenResult =
  | { ok: true; userId: string; tokenId: string; scopes: string[] }
  | Refusal<'malformed' | 'unknown' | 'revoked' | 'expired' | 'scope'>

/** Renamed, or the reason why not. */
export type RenameTokenResult = { ok: true } | Refusal<'not-found' | 'invalid-name'>

/** Done; `not-found` if this user has no such token. */
export type ChangeTokenResult = { ok: true } | Refusal<'not-found'>

export function accessTokenOf(token: StoredToken): AccessToken {
  const { id, name, scopes, createdAtMs, expiresAtMs, lastUsedAtMs } = token
  return { id, name, scopes: [...scopes], createdAtMs, expiresAtMs, lastUsedAtMs }
}
