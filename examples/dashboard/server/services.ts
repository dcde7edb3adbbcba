import type { TwoFactor } from 'countersign'
import type { TwoFactorHandler } from 'countersign/http'
import type { AccessTokens } from 'countersign/tokens'
import type { Activity } from './activity.ts'
import type { PasswordLimit } from './password-limit.ts'
import type { Session, Sessions } from './sessions.ts'
import type { StoredUser, Users } from './users.ts'

/** What the routes work with. */
export interface Services {
  users: Users
  sessions: Sessions
  activity: Activity
  passwordLimit: PasswordLimit
  twoFactor: TwoFactor
  tokens: AccessTokens
  handler: TwoFactorHandler
}

/** What a route behind `signedIn` knows of who asks. */
export interface SignedInEnv {
  Variables: { user: StoredUser; session: Session }
}
