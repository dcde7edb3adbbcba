import type { TwoFactor } from '../two-factor/api.ts'
import type { ContextOption, ProofOption, StaffOptions } from '../two-factor/options.ts'
import type { AccessTokenEvent } from './events.ts'
import type { TokenStore } from './store.ts'

/** For `createAccessTokens`. A wrong option throws there, with its name and what is allowed. */
export interface AccessTokensOptions {
  /** What `createTwoFactor` returned: its `verifyProof` is called before a token is issued. */
  twoFactor: Pick<TwoFactor, 'verifyProof'>
  store: TokenStore
  /**
   * What every token of this product starts with, so that scanners recognize it: 2 to 20 lower-case letters, digits and
   * single underscores, starting with a letter.
   */
  prefix: string
  /** The only scopes that can be issued. Default: any well-formed one. */
  scopes?: readonly string[] | undefined
  /** Awaited after the write. A rejection changes no outcome and goes to `onEventError`. */
  onEvent?: ((event: AccessTokenEvent) => void | Promise<void>) | undefined
  onEventError?: ((error: unknown, event: AccessTokenEvent) => void | Promise<void>) | undefined
  /** The clock, in Unix milliseconds. Default `() => Date.now()`. */
  now?: (() => number) | undefined
  /** Randomness, for tests. Default crypto.getRandomValues. */
  random?: ((bytes: number) => Uint8Array) | undefined
}

/** Describes a new token. */
export interface NewAccessToken {
  /** What the user's list calls it: 1 to 64 bytes of UTF-8, no control characters. */
  name: string
  /** At most 20, each 1 to 64 of `a-z`, `0-9` and `:._-`, starting with a letter or digit. Default none. */
  scopes?: readonly string[] | undefined
  /** Unix milliseconds. Default (and null): never. */
  expiresAtMs?: number | null | undefined
}

/** For `issue`. */
export interface IssueOptions extends NewAccessToken, ProofOption, ContextOption {}
/** For `admin.issue`. */
export interface AdminIssueOptions extends NewAccessToken, StaffOptions {}

/** For `verify`. */
export interface VerifyTokenOptions {
  /** What the request needs. May be left out but not be undefined: a lost scope must not mean "none needed". */
  scope?: string
}

/** For `rename`. */
export interface RenameTokenOptions extends ContextOption {
  id: string
  /** 1 to 64 bytes of UTF-8, no control characters. */
  name: string
}

/** For `revoke`. */
export interface RevokeTokenOptions extends ContextOption {
  id: string
}
