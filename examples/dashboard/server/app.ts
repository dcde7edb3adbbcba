import type { Client } from '@libsql/client'
import type { TwoFactorEvent } from 'countersign'
import { Hono } from 'hono'
import { accountRoutes } from './account-routes.ts'
import { createActivity } from './activity.ts'
import { adminRoutes } from './admin-routes.ts'
import { assetRoutes } from './assets.ts'
import { createCookies } from './cookies.ts'
import { addDemoAccounts } from './demo-accounts.ts'
import { neverCached, onlyOurPages, smallBodies, strictHeaders } from './guard.ts'
import { createPasswordLimit } from './password-limit.ts'
import { answerError, RequestRefused } from './replies.ts'
import type { Services, SignedInEnv } from './services.ts'
import { createSessions } from './sessions.ts'
import { signInRoutes } from './sign-in.ts'
import { onlyAdmins, signedIn } from './signed-in.ts'
import { createDashboardTwoFactor } from './two-factor.ts'
import { twoFactorRoutes } from './two-factor-routes.ts'
import { createUsers } from './users.ts'

const PAGES = ['/', '/sign-in', '/overview', '/settings/account', '/settings/activity', '/admin/users']

export interface AppOptions {
  database: Client
  /** The key ring, as text. */
  keys: string
  /** The folder with the built page. */
  pageFolder: string
  /** Where people reach the dashboard, if a proxy stands before it: `https://dashboard.example.com`. */
  publicOrigin?: string | undefined
  tell?: ((login: string, event: TwoFactorEvent) => void) | undefined
  now?: (() => number) | undefined
}

/** The dashboard, ready to be served. */
export async function createApp(options: AppOptions): Promise<Hono> {
  const { database, keys, pageFolder, publicOrigin, tell = () => {}, now = () => Date.now() } = options
  const secure = publicOrigin?.startsWith('https:') ?? false
  const users = createUsers(database)
  const sessions = createSessions(database, now)
  const activity = createActivity(database)
  const services: Services = {
    users,
    sessions,
    activity,
    cookies: createCookies({ secure, sessionSeconds: sessions.lifetimeSeconds, now }),
    passwordLimit: createPasswordLimit(now),
    twoFactor: createDashboardTwoFactor({ database, keys, users, sessions, activity, tell, now }),
  }
  await addDemoAccounts(users)

  const personal = new Hono<SignedInEnv>()
    .use(signedIn(services))
    .route('/', accountRoutes(services))
    .route('/', twoFactorRoutes(services))
    .route('/Admin', new Hono<SignedInEnv>().use(onlyAdmins).route('/', adminRoutes(services)))

  const app = new Hono()
  app.onError(answerError)
  app.use(strictHeaders({ secure }))
  app.use('/api/*', neverCached, onlyOurPages(publicOrigin), smallBodies)
  app.route('/api', signInRoutes(services))
  app.route('/api', personal)
  app.all('/api/*', () => {
    throw new RequestRefused(404, 'not-found')
  })
  app.route('/', await assetRoutes(pageFolder, PAGES))
  return app
}
