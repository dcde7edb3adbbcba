import { createTwoFactor, type PasskeyVerifier, type TwoFactor, type TwoFactorEventType } from 'countersign'
import { type AccessTokens, createAccessTokens } from 'countersign/tokens'
import type { Activity, ActivityEvent } from './activity.ts'
import { readContext } from './request-context.ts'
import type { Sessions } from './sessions.ts'
import type { Stores } from './stores.ts'
import type { Users } from './users.ts'

export const ISSUER = 'Acme Cloud'

/** After these, whoever else is signed in to the account has to come in again, by the way that holds now. */
const ENDS_OTHER_SESSIONS: ReadonlySet<string> = new Set<TwoFactorEventType>([
  'two-factor.disabled',
  'two-factor.reset',
  'authenticator.added',
  'authenticator.removed',
])

export interface TwoFactorNeeds {
  stores: Stores
  keys: string
  users: Users
  sessions: Sessions
  activity: Activity
  passkeys: PasskeyVerifier | undefined
  /** Tells a person what happened to their account: a mail, a push message. */
  tell: (login: string, event: ActivityEvent) => void
  now: () => number
}

/** The second factors and the access tokens: all of countersign that this dashboard sets up, but for its API. */
export function setUpCountersign(needs: TwoFactorNeeds): { twoFactor: TwoFactor; tokens: AccessTokens } {
  const { stores, keys, users, sessions, activity, passkeys, tell, now } = needs

  async function onEvent(event: ActivityEvent): Promise<void> {
    if (ENDS_OTHER_SESSIONS.has(event.type)) {
      await sessions.endAll(event.userId, { except: readContext(event.context).sessionId })
    }
    await activity.add(event)
    const user = event.notify ? await users.byId(event.userId) : null
    if (user) tell(user.login, event)
  }

  const twoFactor = createTwoFactor({
    issuer: ISSUER,
    store: stores.users,
    keys,
    verifyPassword: users.checkPassword,
    isRequired: users.isTwoFactorRequired,
    passkeys,
    onEvent,
    now,
  })
  const tokens = createAccessTokens({
    twoFactor,
    store: stores.tokens,
    prefix: 'acme',
    scopes: ['account:read', 'activity:read'],
    onEvent,
    now,
  })
  return { twoFactor, tokens }
}
