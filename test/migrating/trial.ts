import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { createTwoFactor, generateKey, type TwoFactor } from 'countersign'
import type { ImportResult } from 'countersign/import'
import { buildOtpauthUri, generateSecret } from 'countersign/otp'
import { pgStore, schema } from 'countersign/stores/pg'
import { type TestClock, testClock, type VirtualAuthenticator, virtualAuthenticator } from 'countersign/testing'
import type { Pool, PoolClient } from 'pg'
import { needs } from '../needs.ts'
import { placeScripts } from '../page-scripts.ts'
import { isInstalled, load } from './installed.ts'
import { createSchema, noPostgres } from './postgres.ts'

export const isMissing: boolean =
  noPostgres || needs('bcryptjs', isInstalled('bcryptjs'), 'npm ci --prefix test/migrating')

export const PASSWORD = 'correct horse battery staple'
const ROUNDS = 4
const CODES = 10

type Exported = Extract<Awaited<ReturnType<TwoFactor['admin']['exportUser']>>, { ok: true }>
export type Outcome = { state: string }
export interface Moving {
  move(userId: string, read: (client: PoolClient) => Promise<ImportResult | null>): Promise<Outcome>
  moveBack(userId: string, write: (client: PoolClient, exported: Exported | null) => Promise<void>): Promise<Outcome>
}

/** Somebody with a phone and printed codes that the old application gave them. */
export interface Person {
  id: string
  phone: VirtualAuthenticator
  backupCodes: string[]
}

type Answer = Promise<{ status: number; body: { session?: string; codeFor?: string; reason?: string } }>

/** One release of the application, listening. */
export interface Release {
  post(path: string, body: object): Answer
  /** Password, then the code if one is asked for. */
  signIn(userId: string, code: string): Answer
  stop(): Promise<void>
}

export interface Trial {
  clock: TestClock
  pool: Pool
  people: Person[]
  twoFactor: TwoFactor
  moving: Moving
  readOld(userId: string): (client: PoolClient) => Promise<ImportResult | null>
  writeOld(userId: string): (client: PoolClient, exported: Exported | null) => Promise<void>
  startOld(): Promise<Release>
  startNew(options: { isMoving: boolean }): Promise<Release>
  /** Every row of every table, as text. */
  everything(): Promise<string>
  end(): Promise<void>
}

/** The old application's database, with people who have used it for years. */
export async function createTrial(userIds: readonly string[]): Promise<Trial> {
  const { pool, end } = await createSchema()
  await pool.query(
    'CREATE TABLE users (id text PRIMARY KEY, login text, password_hash text, totp_secret text, totp_enabled boolean NOT NULL DEFAULT false)',
  )
  await pool.query(
    'CREATE TABLE backup_codes (id serial PRIMARY KEY, user_id text REFERENCES users, code_hash text, used_at timestamptz)',
  )
  const bcrypt: Bcrypt = (await load('bcryptjs')).default
  const clock = testClock(Date.UTC(2026, 0, 15, 12))
  const passwordHash = await bcrypt.hash(PASSWORD, ROUNDS)
  const people: Person[] = []
  for (const id of userIds) people.push(await signUp(id))
  // What the release that knows both adds.
  await pool.query('ALTER TABLE users ADD COLUMN moved_at timestamptz')
  await pool.query(schema('postgres', { usersTable: 'users' }))

  async function signUp(id: string): Promise<Person> {
    const secret = generateSecret()
    await pool.query('INSERT INTO users VALUES ($1, $1, $2, $3, true)', [id, passwordHash, secret])
    const backupCodes = Array.from(
      { length: CODES },
      (_, index) => `${10_000_000 + people.length * 100_000 + index * 7}`,
    )
    for (const code of backupCodes) {
      const hash = await bcrypt.hash(code, ROUNDS)
      await pool.query('INSERT INTO backup_codes (user_id, code_hash) VALUES ($1, $2)', [id, hash])
    }
    const uri = buildOtpauthUri({ issuer: 'Acme', accountName: id, secret })
    return { id, phone: virtualAuthenticator(uri, { now: clock.now }), backupCodes }
  }

  const options = {
    issuer: 'Acme Cloud',
    keys: generateKey(),
    verifyPassword: (_userId: string, password: string) => password === PASSWORD,
    verifyImportedCode: (typed: string, hash: string) => bcrypt.compare(typed.replaceAll('-', ''), hash),
    now: clock.now,
  }
  const store = (client: Pool | PoolClient) => pgStore(client, { usersTable: 'users' })
  const twoFactor = createTwoFactor({ ...options, store: store(pool) })
  const { createMoving }: { createMoving(given: object): Moving } = await load('../../docs/migrating/moving.js')
  const moving = createMoving({ pool, options, store })

  const { folder, remove } = placeScripts({ pages: ['migrating/speakeasy.md'] })
  const { readOld, writeOld }: Pick<Trial, 'readOld' | 'writeOld'> = await load(join(folder, 'old.js'))
  remove()

  const { createOldApp }: { createOldApp(given: object): RequestListener } = await load('./old-app.mjs')
  const { createNewApp }: { createNewApp(given: object): RequestListener } = await load('./new-app.mjs')
  return {
    clock,
    pool,
    people,
    twoFactor,
    moving,
    readOld,
    writeOld,
    startOld: () => listen(createOldApp({ pool, now: clock.now })),
    startNew: ({ isMoving }) => listen(createNewApp({ pool, now: clock.now, twoFactor, moving, readOld, isMoving })),
    everything: async () => {
      const users = await pool.query('SELECT * FROM users ORDER BY id')
      const codes = await pool.query('SELECT * FROM backup_codes ORDER BY id')
      return JSON.stringify([users.rows, codes.rows])
    },
    end,
  }
}

interface Bcrypt {
  hash(text: string, rounds: number): Promise<string>
  compare(text: string, hash: string): Promise<boolean>
}

async function listen(app: RequestListener): Promise<Release> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const post: Release['post'] = async (path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  return {
    post,
    signIn: async (userId, code) => {
      const first = await post('/sign-in', { login: userId, password: PASSWORD })
      const { codeFor } = first.body
      return codeFor === undefined ? first : post('/code', { codeFor, code })
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
