import type { ContextOption } from '../two-factor/options.ts'
import type {
  AdminIssueOptions,
  IssueOptions,
  RenameTokenOptions,
  RevokeTokenOptions,
  VerifyTokenOptions,
} from './options.ts'
import type {
  AccessToken,
  AdminIssueResult,
  ChangeTokenResult,
  IssueResult,
  RenameTokenResult,
  VerifyTokenResult,
} from './outcomes.ts'

/**
 * Operations for your staff and scripts, which require no proof. Separate from the others, so that no web layer exposes
 * them by accident.
 */
export interface AccessTokensAdmin {
  /**
   * @throws CountersignError `invalid_option` for invalid `scopes`, `expiresAtMs`, `by` or `note`
   * @example
   * const result = await tokens.admin.issue('deploy-bot', { name: 'CI', scopes: ['write'], by: 'sam', note: 'setup of CI' })
   */
  issue(userId: string, options: AdminIssueOptions): Promise<AdminIssueResult>
}

/**
 * The access tokens of the users of one backend. Every operation is safe to call in parallel and from many processes.
 *
 * User ids are well-formed text of 1 to 255 characters. Any operation can throw a {@link CountersignError}:
 * `invalid_option` for an invalid argument, `record_invalid` for a damaged token in the store, `store_invalid` and
 * `store_conflict` for the store. What the store rejects with is passed on unchanged.
 */
export interface AccessTokens {
  /**
   * Issues a token if the proof is accepted. Everything else is checked before the proof, so that no code is wasted.
   *
   * @returns the token, which is shown once. `limit-reached`: this user has 50 valid ones
   * @throws CountersignError `invalid_option` for invalid `scopes` or `expiresAtMs`
   * @example
   * const result = await tokens.issue(userId, { name: 'Backup script', scopes: ['read'], proof: { code } })
   * if (result.ok) show(result.token)
   */
  issue(userId: string, options: IssueOptions): Promise<IssueResult>

  /**
   * Checks a token and returns its owner. Text that cannot be a token of this product is `malformed`, without a lookup.
   * Otherwise: one lookup, and at most once a minute a write of the time of last use.
   *
   * @param token the token from the request; any value is safe to pass
   * @throws CountersignError `invalid_option` for an invalid scope, including `undefined`
   * @example
   * const result = await tokens.verify(bearer, { scope: 'read' })
   * if (!result.ok) return unauthorized(result.reason)
   */
  verify(token: unknown, options?: VerifyTokenOptions): Promise<VerifyTokenResult>

  /**
   * The tokens that are not revoked, newest first. None contains the token itself.
   *
   * @example
   * for (const { name, lastUsedAtMs } of await tokens.list(userId)) show(name, lastUsedAtMs)
   */
  list(userId: string): Promise<AccessToken[]>

  /**
   * Renames a token: `invalid-name` if it is not 1 to 64 bytes of UTF-8 without control characters.
   *
   * @example
   * await tokens.rename(userId, { id, name: 'Old backup script' })
   */
  rename(userId: string, options: RenameTokenOptions): Promise<RenameTokenResult>

  /**
   * Revokes one token. After this has resolved, `verify` no longer accepts it. Revoking it twice succeeds.
   *
   * @example
   * await tokens.revoke(userId, { id })
   */
  revoke(userId: string, options: RevokeTokenOptions): Promise<ChangeTokenResult>

  /**
   * Revokes all tokens issued before the call, including damaged ones. Call it if somebody else may have had access to
   * the account: after a reset, or after a password leak. Names of revoked tokens are kept for a while: see {@link
   * erase}.
   *
   * @example
   * const { revoked } = await tokens.revokeAll(userId)
   */
  revokeAll(userId: string, options?: ContextOption): Promise<{ ok: true; revoked: number }>

  /**
   * Revokes all tokens and deletes everything stored about this user's tokens, including those revoked long ago. Use it
   * when you delete an account, or for erasure.
   *
   * @example
   * const { erased } = await tokens.erase(userId)
   */
  erase(userId: string, options?: ContextOption): Promise<{ ok: true; erased: number }>

  /** The only scopes that can be issued. `null` if every scope is allowed. */
  readonly scopes: readonly string[] | null
  readonly prefix: string

  /** For your staff and scripts. */
  readonly admin: AccessTokensAdmin
}
