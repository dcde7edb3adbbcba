import type { Client } from '@libsql/client'
import type { PasskeyVerifier } from 'countersign'
import { Hono } from 'hono'
import { contextStorage } from 'hono/context-storage'
import { accountRoutes } from './account-routes.ts'
import { type ActivityEvent, createActivity } from './activity.ts'
import { adminRoutes } from './admin-routes.ts'
import { assetRoutes } from './assets.ts'
import { addDemoAccounts } from './demo-accounts.ts'
import { neverCached, onlyOurPages, smallBodies, strictHeaders } from './guard.ts'
import { createDashboardHandler } from './handler.ts'
import { createPasswordLimit } from './password-limit.ts'
import { answerError, Refused } from './replies.ts'
import { scriptRoutes } from './script-routes.ts'
import type { Services, SignedInEnv } from './services.ts'
import { createSessions } from './sessions.ts'
import { signInRoutes } from './sign-in.ts'
import { onlyAdmins, signedIn } from './signed-in.ts'
import type { Stores } from './stores.ts'
import { setUpCountersign } from './two-factor.ts'
import { createUsers } from './users.ts'

const PAGES = [
  '/',
  '/sign-in',
  '/sign-in/second-step',
  '/overview',
  '/settings/account',
  '/settings/tokens',
  '/settings/activity',
  '/settings/not-me',
  '/admin/users',
]

export interface AppOptions {
  /** The dashboard's own. */
  database: Client
  /** Countersign's. */
  stores: Stores
  /** The key ring, as text. */
  keys: string
  /** The folder with the built page. */
  pageFolder: string
  /** Where people reach the dashboard, if a proxy stands before it: `https://dashboard.example.com`. */
  publicOrigin?: string | undefined
  /** Passkeys and security keys, if they can be used at that address. */
  passkeys?: PasskeyVerifier | undefined
  tell?: ((login: string, event: ActivityEvent) => void) | undefined
  now?: (() => number) | undefined
}

/** The dashboard, ready to be served. */
export async function createApp(options: AppOptions): Promise<Hono> {
  const {
    database,
    stores,
    keys,
    pageFolder,
    publicOrigin,
    passkeys,
    tell = () => {},
    now = () => Date.now(),
  } = options
  const secure = publicOrigin?.startsWith('https:') ?? false
  const users = createUsers(database)
  const sessions = createSessions(database, { secure, now })
  const activity = createActivity(database)
  const countersign = setUpCountersign({ stores, keys, users, sessions, activity, passkeys, tell, now })
  const parts = { users, sessions, activity, passwordLimit: createPasswordLimit(now), ...countersign }
  const handler = createDashboardHandler({ ...parts, publicOrigin, now })
  const services: Services = { ...parts, handler }
  await addDemoAccounts(users)

  const personal = new Hono<SignedInEnv>()
    .use(signedIn(services))
    .route('/', accountRoutes(services))
    .route('/Admin', new Hono<SignedInEnv>().use(onlyAdmins).route('/', adminRoutes(services)))

  const app = new Hono()
  app.onError(answerError)
  app.use(strictHeaders({ secure }), contextStorage())
  app.all('/api/two-factor/*', (c) => handler(c.req.raw))
  app.use('/api/*', neverCached, onlyOurPages(publicOrigin), smallBodies)
  app.route('/api', signInRoutes(services))
  app.route('/api/v1', scriptRoutes(services))
  app.route('/api', personal)
  app.all('/api/*', () => {
    throw new Refused(404, 'not-found')
  })
  app.route('/', await assetRoutes(pageFolder, PAGES))
  return app
}
