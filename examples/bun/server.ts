import { Database } from 'bun:sqlite'
import { createTwoFactor } from 'countersign'
import { createHandler, type SignedInUser } from 'countersign/http'
import { bunSqliteStore, migrate } from 'countersign/stores/bun-sqlite'

const database = new Database(process.env.DATABASE ?? 'app.db', { create: true })

// Your users, with their passwords hashed. Here: two, in memory.
const users = new Map([
  ['ada', await Bun.password.hash('correct horse battery staple')],
  ['bob', await Bun.password.hash('blue canyon forty-two')],
])
const nobody = await Bun.password.hash(crypto.randomUUID())

function checkPassword(login: string, password: string): Promise<boolean> {
  return Bun.password.verify(password, users.get(login) ?? nobody)
}

// Your sessions, by a random cookie. Here: in memory.
const sessions = new Map<string, { login: string; expiresAtMs: number }>()
const SECONDS = 12 * 60 * 60

function openSession(login: string): HeadersInit {
  const id = crypto.randomUUID()
  sessions.set(id, { login, expiresAtMs: Date.now() + SECONDS * 1000 })
  return { 'Set-Cookie': `session=${id}; Path=/; Max-Age=${SECONDS}; HttpOnly; Secure; SameSite=Lax` }
}

function signedIn(request: Request): SignedInUser | null {
  const [, id = ''] = /(?:^|; )session=([\w-]+)/.exec(request.headers.get('cookie') ?? '') ?? []
  const session = sessions.get(id)
  if (session === undefined || session.expiresAtMs < Date.now()) return null
  return { userId: session.login, accountName: session.login }
}

// Two-factor authentication: where it is kept, and its API over HTTP.
await migrate(database)
const twoFactor = createTwoFactor({
  issuer: 'Acme Cloud',
  store: bunSqliteStore(database),
  keys: process.env.COUNTERSIGN_KEYS,
  verifyPassword: checkPassword,
})
// No guard is needed: only openSession opens sessions, after the second step. To end sessions from before a user
// turned it on, see “Your sessions” in the documentation.
const handler = createHandler({ twoFactor, authenticate: signedIn, openSession })

async function signIn(request: Request): Promise<Response> {
  // No form of another site can send JSON.
  if (!request.headers.get('content-type')?.startsWith('application/json')) return new Response(null, { status: 415 })
  const { login, password } = (await request.json().catch(() => null)) ?? {}
  if (await checkPassword(String(login), String(password))) {
    return handler.signIn(request, { userId: String(login), accountName: String(login) })
  }
  return Response.json({ reason: 'wrong-password' }, { status: 401 })
}

function me(request: Request): Response {
  const person = signedIn(request)
  return Response.json({ login: person?.userId }, { status: person ? 200 : 401 })
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: process.env.PORT ?? 3000,
  routes: { '/two-factor/*': handler, '/sign-in': { POST: signIn }, '/me': me },
})
console.log(`http://localhost:${server.port}`)
