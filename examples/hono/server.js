import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import { createClient } from '@libsql/client'
import { createTwoFactor } from 'countersign'
import { createHandler } from 'countersign/http'
import { libsqlStore, migrate } from 'countersign/stores/libsql'
import { Hono } from 'hono'
import { csrf } from 'hono/csrf'

// Your users, with their passwords hashed. Here: two, in memory.
const users = new Map([
  ['ada', await hashed('correct horse battery staple')],
  ['bob', await hashed('blue canyon forty-two')],
])
const nobody = await hashed(randomBytes(16))

async function hashed(password, salt = randomBytes(16)) {
  return { salt, hash: await promisify(scrypt)(password, salt, 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 }) }
}

async function checkPassword(login, password) {
  const { salt, hash } = users.get(login) ?? nobody
  return timingSafeEqual((await hashed(String(password), salt)).hash, hash)
}

// Your sessions, by a random cookie. Here: in memory.
const sessions = new Map()
const SECONDS = 12 * 60 * 60

function openSession(login) {
  const id = randomBytes(32).toString('base64url')
  sessions.set(id, { login, expiresAtMs: Date.now() + SECONDS * 1000 })
  return { 'Set-Cookie': `session=${id}; Path=/; Max-Age=${SECONDS}; HttpOnly; Secure; SameSite=Lax` }
}

function signedIn(cookies) {
  const session = sessions.get(/(?:^|; )session=([\w-]+)/.exec(cookies)?.[1])
  if (session === undefined || session.expiresAtMs < Date.now()) return null
  return { userId: session.login, accountName: session.login }
}

// Two-factor authentication: where it is kept, and its API over HTTP.
const client = createClient({ url: process.env.DATABASE ?? 'file:app.db' })
await migrate(client)
const twoFactor = createTwoFactor({
  issuer: 'Acme Cloud',
  store: libsqlStore(client),
  keys: process.env.COUNTERSIGN_KEYS,
  verifyPassword: checkPassword,
})
const handler = createHandler({
  twoFactor,
  // No guard is needed: only openSession opens sessions, after the second step. To end sessions from before a user
  // turned it on, see “Your sessions” in the documentation.
  authenticate: (request) => signedIn(request.headers.get('cookie')),
  openSession,
})

const app = new Hono()
app.all('/two-factor/*', (c) => handler(c.req.raw))

app.post('/sign-in', csrf(), async (c) => {
  const { login, password } = (await c.req.json().catch(() => null)) ?? {}
  if (!(await checkPassword(login, password))) return c.json({ reason: 'wrong-password' }, 401)
  return handler.signIn(c.req.raw, { userId: login, accountName: login })
})
app.get('/me', (c) => {
  const person = signedIn(c.req.header('cookie'))
  return c.json({ login: person?.userId }, person ? 200 : 401)
})

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`http://localhost:${port}`)
})
