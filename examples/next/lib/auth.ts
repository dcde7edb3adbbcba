import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { createClient } from '@libsql/client'
import { createTwoFactor } from 'countersign'
import { createHandler, type SignedInUser } from 'countersign/http'
import { libsqlStore, migrate } from 'countersign/stores/libsql'

// In the database, for Next may load this module more than once.
const client = createClient({ url: process.env.DATABASE ?? 'file:app.db', timeout: 1_000 })
await migrate(client)
await client.execute('CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, login TEXT, expires_at_ms INTEGER)')

// Your users, with their passwords hashed. Here: two, in memory.
const users = new Map([
  ['ada', await hashed('correct horse battery staple')],
  ['bob', await hashed('blue canyon forty-two')],
])
const nobody = await hashed(randomBytes(16).toString('hex'))

function hashed(password: string, salt: Buffer = randomBytes(16)): Promise<{ salt: Buffer; hash: Buffer }> {
  return new Promise((resolve, reject) => {
    const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 }
    scrypt(password, salt, 32, cost, (error, hash) => (error ? reject(error) : resolve({ salt, hash })))
  })
}

export async function checkPassword(login: string, password: string): Promise<boolean> {
  const { salt, hash } = users.get(login) ?? nobody
  return timingSafeEqual((await hashed(password, salt)).hash, hash)
}

// Your sessions, by a random cookie.
const SECONDS = 12 * 60 * 60

async function openSession(login: string): Promise<HeadersInit> {
  const id = randomBytes(32).toString('base64url')
  await client.execute('INSERT INTO sessions VALUES (?, ?, ?)', [id, login, Date.now() + SECONDS * 1000])
  return { 'Set-Cookie': `session=${id}; Path=/; Max-Age=${SECONDS}; HttpOnly; Secure; SameSite=Lax` }
}

export async function signedIn(request: Request): Promise<SignedInUser | null> {
  const [, id = ''] = /(?:^|; )session=([\w-]+)/.exec(request.headers.get('cookie') ?? '') ?? []
  const find = 'SELECT login FROM sessions WHERE id = ? AND expires_at_ms > ?'
  const [row] = (await client.execute(find, [id, Date.now()])).rows
  return row === undefined ? null : { userId: String(row.login), accountName: String(row.login) }
}

// Two-factor authentication: where it is kept, and its API over HTTP.
const store = libsqlStore(client)
const keys = process.env.COUNTERSIGN_KEYS
const twoFactor = createTwoFactor({ issuer: 'Acme Cloud', store, keys, verifyPassword: checkPassword })
// No guard is needed: only openSession opens sessions, after the second step. To end sessions from before a user
// turned it on, see “Your sessions” in the documentation.
export const handler = createHandler({ twoFactor, authenticate: signedIn, openSession })
