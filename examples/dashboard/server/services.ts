import type { TwoFactor } from 'countersign'
import type { Activity } from './activity.ts'
import type { Cookies } from './cookies.ts'
import type { PasswordLimit } from './password-limit.ts'
import type { Session, Sessions } from './sessions.ts'
import type { StoredUser, Users } from './users.ts'

/** What the routes work with. */
export interface Services {
  users: Users
  sessions: Sessions
  activity: Activity
  cookies: Cookies
  passwordLimit: PasswordLimit
  twoFactor: TwoFactor
}

/** What a route behind `signedIn` knows of who asks. */
export interface SignedInEnv {
  Variables: { user: StoredUser; session: Session }
}
