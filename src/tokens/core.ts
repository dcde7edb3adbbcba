import type { TwoFactor } from '../two-factor/api.ts'
import type { Random } from '../vault/random.ts'
import type { AccessTokenEvent } from './events.ts'
import type { TokenStore } from './store.ts'

/** The options of createAccessTokens, checked, with defaults. */
export interface TokenCore {
  twoFactor: Pick<TwoFactor, 'verifyProof'>
  store: TokenStore
  prefix: string
  /** The only ones that can be issued. `null` if every scope is allowed. */
  scopes: readonly string[] | null
  onEvent: ((event: AccessTokenEvent) => void | Promise<void>) | undefined
  onEventError: ((error: unknown, event: AccessTokenEvent) => void | Promise<void>) | undefined
  now: () => number
  random: Random
}

/** The most tokens a user can have, of each kind. */
export const LIMITS = {
  /** Neither revoked nor expired. */
  live: 50,
  /** Revoked and still stored. */
  revoked: 50,
} as const
