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

/** What the host's own staff and scripts do: no proof is asked. Apart, so that no web layer exposes it by accident. */
export interface AccessTokensAdmin {
  /**
   * @throws CountersignError `invalid_option` for a wrong list of scopes, time, `by` or `note`
   * @example
   * const result = await tokens.admin.issue('deploy-bot', { name: 'CI', scopes: ['write'], by: 'sam', note: 'setup of CI' })
   */
  issue(userId: string, options: AdminIssueOptions): Promise<AdminIssueResult>
}

/**
 * The access tokens of the users of one backend. Every operation is safe to call in parallel and from many processes.
 *
 * User ids are well-formed text of 1 to 255 characters. Any operation can throw a {@link CountersignError}:
 * `invalid_option` for a wrong argument of the host's, `record_invalid` for a damaged token in the store,
 * `store_invalid` and `store_conflict` for the store; and whatever the store rejects with.
 */
export interface AccessTokens {
  /**
   * Makes a token, once the person has proved who they are. What can be refused without the proof is refused before it
   * is asked, so that no code is spent in vain.
   *
   * @returns the token: shown now and never again. `limit-reached`: this user has 50 that are good
   * @throws CountersignError `invalid_option` for a wrong list of scopes or time
   * @example
   * const result = await tokens.issue(userId, { name: 'Backup script', scopes: ['read'], proof: { code } })
   * if (result.ok) show(result.token)
   */
  issue(userId: string, options: IssueOptions): Promise<IssueResult>

  /**
   * Whose token this is. What cannot be one of this product's is `malformed` without a look-up; the rest is one
   * look-up, and at most once a minute one write of the time of last use.
   *
   * @param token what came with the request: anything
   * @throws CountersignError `invalid_option` for a scope that none can have, `undefined` among them
   * @example
   * const result = await tokens.verify(bearer, { scope: 'read' })
   * if (!result.ok) return unauthorized(result.reason)
   */
  verify(token: unknown, options?: VerifyTokenOptions): Promise<VerifyTokenResult>

  /**
   * Those that are not revoked, newest first. None holds the token itself.
   *
   * @example
   * for (const { name, lastUsedAtMs } of await tokens.list(userId)) show(name, lastUsedAtMs)
   */
  list(userId: string): Promise<AccessToken[]>

  /**
   * Gives a token another name: `invalid-name` if it is not 1 to 64 bytes of UTF-8 without control characters.
   *
   * @example
   * await tokens.rename(userId, { id, name: 'Old backup script' })
   */
  rename(userId: string, options: RenameTokenOptions): Promise<RenameTokenResult>

  /**
   * Ends one. Once this has resolved, no `verify` that begins then accepts it. Ending it twice is no refusal.
   *
   * @example
   * await tokens.revoke(userId, { id })
   */
  revoke(userId: string, options: RevokeTokenOptions): Promise<ChangeTokenResult>

  /**
   * Ends all that were issued before it was called, damaged ones too. To be called where an account may have been in
   * other hands: after a reset, with a password that leaked. Their names stay known for a while: see {@link erase}.
   *
   * @example
   * const { revoked } = await tokens.revokeAll(userId)
   */
  revokeAll(userId: string, options?: ContextOption): Promise<{ ok: true; revoked: number }>

  /**
   * Ends all, and removes everything that is stored of this user's tokens, those revoked long ago too: for an account that
   * is deleted, and the right to be forgotten.
   *
   * @example
   * const { erased } = await tokens.erase(userId)
   */
  erase(userId: string, options?: ContextOption): Promise<{ ok: true; erased: number }>

  /** The only scopes that can be issued; null: any. */
  readonly scopes: readonly string[] | null
  readonly prefix: string

  /** For the host's own staff and scripts. */
  readonly admin: AccessTokensAdmin
}
