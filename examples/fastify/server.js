import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createClient } from '@libsql/client'
import { createTwoFactor } from 'countersign'
import { createHandler } from 'countersign/http'
import { toFastifyHandler } from 'countersign/http/node'
import { libsqlStore, migrate } from 'countersign/stores/libsql'
import Fastify from 'fastify'

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

const app = Fastify()
app.all('/two-factor/*', toFastifyHandler(handler))

app.post('/sign-in', async (request, reply) => {
  const { login, password } = request.body ?? {}
  if (!(await checkPassword(login, password))) return reply.code(401).send({ reason: 'wrong-password' })
  return toFastifyHandler((web) => handler.signIn(web, { userId: login, accountName: login }))(request, reply)
})
app.get('/me', (request, reply) => {
  const person = signedIn(request.headers.cookie)
  reply.code(person ? 200 : 401).send({ login: person?.userId })
})

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
console.log(`http://localhost:${app.server.address().port}`)
