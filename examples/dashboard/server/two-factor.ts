import type { Client } from '@libsql/client'
import { createTwoFactor, type TwoFactor, type TwoFactorEvent, type TwoFactorEventType } from 'countersign'
import { libsqlStore } from 'countersign/stores/libsql'
import type { Activity } from './activity.ts'
import { readContext } from './request-context.ts'
import type { Sessions } from './sessions.ts'
import type { Users } from './users.ts'

export const ISSUER = 'Acme Cloud'
/** What an authenticator is called until its owner says otherwise. */
export const AUTHENTICATOR_NAME = 'Authenticator app'

/** After these, whoever else is signed in to the account has to come in again, by the way that holds now. */
const ENDS_OTHER_SESSIONS: ReadonlySet<TwoFactorEventType> = new Set([
  'two-factor.enabled',
  'two-factor.disabled',
  'two-factor.reset',
  'authenticator.added',
  'authenticator.removed',
])

export interface TwoFactorNeeds {
  database: Client
  keys: string
  users: Users
  sessions: Sessions
  activity: Activity
  /** Tells a person what happened to their account: a mail, a push message. */
  tell: (login: string, event: TwoFactorEvent) => void
  now: () => number
}

/** All of countersign that this dashboard sets up. */
export function createDashboardTwoFactor(needs: TwoFactorNeeds): TwoFactor {
  const { database, keys, users, sessions, activity, tell, now } = needs
  return createTwoFactor({
    issuer: ISSUER,
    store: libsqlStore(database),
    keys,
    verifyPassword: users.checkPassword,
    isRequired: users.isTwoFactorRequired,
    async onEvent(event) {
      if (ENDS_OTHER_SESSIONS.has(event.type)) {
        await sessions.endAll(event.userId, { except: readContext(event.context).sessionId })
      }
      await activity.add(event)
      const user = event.notify ? await users.byId(event.userId) : null
      if (user) tell(user.login, event)
    },
    now,
  })
}
