/** An access token as it is stored: plain JSON, without the token itself. */
export interface StoredToken {
  schema: 1
  id: string
  userId: string
  /** SHA-256 of the token, in base64url: the key it is stored under. */
  hash: string
  name: string
  scopes: readonly string[]
  createdAtMs: number
  /** Null: never. */
  expiresAtMs: number | null
  /** To the minute. */
  lastUsedAtMs: number | null
  /** A revoked token is kept for a while, so that `verify` can say that it was revoked. */
  revokedAtMs: number | null
}

/** What `save` is asked to do. */
export interface TokenChange {
  /** The version that must be stored now under this hash; null: there must be nothing. */
  expected: string | null
  /** Fresh and random. A store with its own revisions may ignore it. */
  version: string
  /** The token's owner: the same in every change of it. */
  userId: string
  /** The new content; null: delete. */
  token: StoredToken | null
}

/**
 * Where you store access tokens: three functions. As with a `UserStore`, `save` must be one atomic compare-and-set;
 * otherwise a revoked token may become valid again.
 */
export interface TokenStore {
  /**
   * What is stored under this hash, and the version it was saved under; null if nothing is. One lookup by key. Must see
   * every save that has finished: no stale replica.
   */
  find(hash: string): Promise<{ token: StoredToken; version: string } | null>
  /** All tokens stored for this user, in any order: about a hundred at most. Must see every save that has finished. */
  list(userId: string): Promise<readonly { hash: string; token: StoredToken; version: string }[]>
  /**
   * Writes only if the version stored under this hash is still `change.expected`, in one atomic step. Resolves to true
   * if it wrote and false if it did not; rejects if it cannot tell.
   */
  save(hash: string, change: TokenChange): Promise<boolean>
}
