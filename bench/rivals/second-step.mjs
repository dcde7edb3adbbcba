import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { getMigrations } from 'better-auth/db/migration'
import { twoFactor as twoFactorPlugin } from 'better-auth/plugins'
import pg from 'pg'
import {
  createTwoFactor,
  enroll,
  generateKey,
  generateTotp,
  memoryStore,
  migratePg,
  parseOtpauthUri,
  pgStore,
} from './dist/measured.js'

const PASSWORD = 'correct horse battery staple'
const MINUTE_MS = 60_000

/** One of each for every user: `stepUp` verifies a code in a live session, `signIn` goes from the first factor to the end. */
export async function countersignUsers(count, store = memoryStore()) {
  const keys = generateKey()
  return Promise.all(Array.from({ length: count }, () => countersignUser(store, keys)))
}

async function countersignUser(store, keys) {
  const userId = crypto.randomUUID()
  let nowMs = Date.now()
  let device
  const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys, verifyPassword: () => true, now: () => nowMs })
  const { phone } = await enroll(twoFactor, userId)
  /** A code is good once, so each is of a later minute. */
  const nextCode = () => {
    nowMs += MINUTE_MS
    return generateTotp({ secret: phone.secret, timeMs: nowMs })
  }
  return {
    async stepUp() {
      const result = await twoFactor.verify(userId, { code: nextCode(), device })
      if (!result.ok) throw new Error(result.reason)
      device = result.device.token
    },
    async signIn() {
      const challenge = await twoFactor.challenge(userId, { device })
      const result = await twoFactor.completeChallenge(challenge.token, { code: nextCode(), device })
      if (!result.ok) throw new Error(result.reason)
      device = result.device.token
    },
  }
}

/** The same with better-auth: passwords are compared as they are, since hashing them is no part of the second step. */
export async function betterAuthUsers(count, database) {
  const options = {
    baseURL: 'http://localhost:3000',
    secret: 'a secret for this benchmark alone, which protects nothing',
    database: database instanceof pg.Pool ? database : memoryAdapter(database.tables),
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      password: { hash: async (password) => password, verify: async ({ hash, password }) => hash === password },
    },
    plugins: [twoFactorPlugin()],
  }
  if (database instanceof pg.Pool) await (await getMigrations(options)).runMigrations()
  const auth = betterAuth(options)
  return Promise.all(Array.from({ length: count }, () => betterAuthUser(auth)))
}

async function betterAuthUser(auth) {
  const email = `${crypto.randomUUID()}@example.com`
  const call = async (endpoint, body, cookies = '') => {
    const response = await auth.api[endpoint]({ body, headers: new Headers({ cookie: cookies }), asResponse: true })
    if (!response.ok) throw new Error(`${endpoint}: ${response.status} ${await response.text()}`)
    return { cookies: cookiesOf(response), body: await response.json() }
  }
  const signedUp = await call('signUpEmail', { email, password: PASSWORD, name: 'Ann' })
  const enabled = await call('enableTwoFactor', { password: PASSWORD }, signedUp.cookies)
  const { secret } = parseOtpauthUri(enabled.body.totpURI)
  const code = () => generateTotp({ secret })
  const confirmed = await call('verifyTOTP', { code: code() }, signedUp.cookies)
  const session = confirmed.cookies === '' ? signedUp.cookies : confirmed.cookies
  return {
    stepUp: () => call('verifyTOTP', { code: code() }, session),
    async signIn() {
      const pending = await call('signInEmail', { email, password: PASSWORD })
      await call('verifyTOTP', { code: code() }, pending.cookies)
    },
  }
}

function cookiesOf(response) {
  const pairs = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0])
  return pairs.filter((pair) => !pair.endsWith('=')).join('; ')
}

/** For better-auth in memory. What sign-ins leave is taken out between rounds: its adapter looks through all rows. */
export function memoryTables() {
  const tables = { user: [], session: [], account: [], verification: [], twoFactor: [] }
  let sessions = 0
  return {
    tables,
    settle: () => {
      sessions = tables.session.length
    },
    clean: () => {
      tables.session = tables.session.slice(0, sessions)
      tables.verification = []
    },
  }
}

/** Both on one PostgreSQL, each in a schema of its own that is dropped at the end. Statements are counted. */
export async function onPostgres(url, count) {
  const counted = countStatements()
  const pools = {}
  for (const schema of ['rival_countersign', 'rival_better_auth']) {
    const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 32 })
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    await pool.query(`CREATE SCHEMA ${schema}`)
    pools[schema] = pool
  }
  await migratePg(pools.rival_countersign)
  return {
    users: {
      countersign: await countersignUsers(count, pgStore(pools.rival_countersign)),
      'better-auth': await betterAuthUsers(count, pools.rival_better_auth),
    },
    statementsOf: async (work) => {
      counted.statements = 0
      await work()
      return counted.statements
    },
    async close() {
      for (const [schema, pool] of Object.entries(pools)) {
        await pool.query(`DROP SCHEMA ${schema} CASCADE`)
        await pool.end()
      }
    },
  }
}

function countStatements() {
  const counted = { statements: 0 }
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function counting(...given) {
    counted.statements += 1
    return query.apply(this, given)
  }
  return counted
}
