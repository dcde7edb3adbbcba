import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createTwoFactor, generateKey, memoryStore, type TwoFactor } from 'countersign'
import { type TestClock, testClock } from 'countersign/testing'
import { type Answer, type Browser, openBrowser } from './browser.ts'

export const PASSWORD = 'correct horse battery staple'

/** An application on one library's sessions. */
export interface Site {
  twoFactor: TwoFactor
  clock: TestClock
  /** Creates a user, and returns the id. */
  makeUser(): Promise<string>
  open(): Browser
  /** The password by that library, and then what asks for the second step. Returns the answer of the last. */
  signIn(browser: Browser, userId: string, options?: { rememberMe?: boolean; password?: string }): Promise<Answer>
  signOut(browser: Browser): Promise<Answer>
  /** How the name of its session cookie ends. */
  cookie: string
  /** Whether it opens its own session at the password, and the guard alone keeps people out. */
  opensBefore: boolean
  close(): Promise<void>
}

export const LIBRARIES: [string, () => Promise<Site>][] = [
  ['express-session', () => ownSite('./express-session.mjs')],
  ['Passport', () => ownSite('./passport.mjs')],
  ['Auth.js', authJs],
  ['better-auth', betterAuth],
]

interface User {
  id: string
  login: string
}
type Listening = Pick<Site, 'open' | 'close'> & { url: string }

/** Sessions that the application opens itself, with or without Passport. */
async function ownSite(path: string): Promise<Site> {
  const { users, ...base } = createBase()
  const { createApp } = await load(path)
  const app = createApp({
    users,
    twoFactor: base.twoFactor,
    secret: 'a secret of the test',
  })
  return {
    ...base,
    ...(await listen(app)),
    signIn: (browser, userId, { rememberMe = false, password = PASSWORD } = {}) =>
      browser.post('/sign-in', { login: users.find(userId)?.login, password, rememberMe }),
    signOut: (browser) => browser.post('/sign-out'),
    cookie: 'connect.sid',
    opensBefore: false,
  }
}

async function authJs(): Promise<Site> {
  const { users, ...base } = createBase()
  const { createApp } = await load('./auth-js.mjs')
  const post = async (browser: Browser, path: string, body: object = {}) => {
    const { csrfToken } = (await browser.get('/auth/csrf')).body
    return browser.post(path, { ...body, csrfToken })
  }
  return {
    ...base,
    ...(await listen(createApp({ users, twoFactor: base.twoFactor, secret: 'a secret of the test' }))),
    signIn: async (browser, userId, { password = PASSWORD } = {}) => {
      await post(browser, '/auth/callback/credentials', { login: users.find(userId)?.login, password })
      return browser.post('/second-step')
    },
    signOut: (browser) => post(browser, '/auth/signout'),
    cookie: 'authjs.session-token',
    opensBefore: true,
  }
}

async function betterAuth(): Promise<Site> {
  const { createApp } = await load('./better-auth.mjs')
  const { memoryAdapter } = await load('better-auth/adapters/memory')
  const { twoFactor, clock } = createBase()
  const tables = { user: [], session: [], account: [], verification: [] }
  const secret = 'a secret of the test, of enough characters'
  let app: RequestListener = () => undefined
  const listening = await listen((req, res) => app(req, res))
  const made = createApp({ twoFactor, secret, database: memoryAdapter(tables), baseURL: listening.url })
  app = made.app
  const emails = new Map<string, string>()
  return {
    ...listening,
    twoFactor,
    clock,
    makeUser: async () => {
      const email = `${randomBytes(8).toString('hex')}@acme.example`
      const { user } = await made.auth.api.signUpEmail({ body: { email, password: PASSWORD, name: 'Ann' } })
      emails.set(user.id, email)
      return user.id
    },
    signIn: async (browser, userId, { rememberMe = false, password = PASSWORD } = {}) => {
      await browser.post('/api/auth/sign-in/email', { email: emails.get(userId), password, rememberMe })
      return browser.post('/second-step')
    },
    signOut: (browser) => browser.post('/api/auth/sign-out'),
    cookie: 'better-auth.session_token',
    opensBefore: true,
  }
}

/** The application's own users, and two-factor authentication for them. */
function createBase() {
  const clock = testClock(Date.UTC(2026, 0, 15, 12))
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store: memoryStore(),
    keys: generateKey(),
    now: clock.now,
    verifyPassword: (_userId, password) => password === PASSWORD,
  })
  const all = new Map<string, User>()
  const users = {
    find: (id: string | null) => (id === null ? undefined : all.get(id)),
    check: async (login: unknown, password: unknown) =>
      password === PASSWORD ? ([...all.values()].find((user) => user.login === login) ?? null) : null,
  }
  const makeUser = async () => {
    const id = randomBytes(8).toString('hex')
    all.set(id, { id, login: `${id}@acme.example` })
    return id
  }
  return { clock, twoFactor, users, makeUser }
}

async function listen(app: RequestListener): Promise<Listening> {
  const server: Server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`
  return {
    url,
    open: () => openBrowser(url),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What has no types, or is not there on a machine that did not install it. */
function load(path: string) {
  return import(path)
}
