import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createClient } from '@libsql/client'
import { createTwoFactor } from 'countersign'
import { createHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import { libsqlStore, migrate } from 'countersign/stores/libsql'
import express from 'express'

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

const app = express()
app.use(express.json())
app.use(express.static('page'))
app.use('/countersign', express.static('node_modules/countersign/dist/elements'))
app.use('/two-factor', toNodeHandler(handler))

app.post('/sign-in', async (req, res, next) => {
  const { login, password } = req.body ?? {}
  if (!(await checkPassword(login, password))) return res.status(401).json({ reason: 'wrong-password' })
  return toNodeHandler((request) => handler.signIn(request, { userId: login, accountName: login }))(req, res, next)
})
app.get('/me', (req, res) => {
  const person = signedIn(req.headers.cookie)
  res.status(person ? 200 : 401).json({ login: person?.userId })
})

const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', (error) => {
  if (error) throw error
  console.log(`http://localhost:${server.address().port}`)
})
