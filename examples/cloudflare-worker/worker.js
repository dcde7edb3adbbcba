import { createTwoFactor } from 'countersign'
import { createHandler } from 'countersign/http'
import { d1Store } from 'countersign/stores/d1'

// Your users, with their passwords hashed. PBKDF2 runs at most 100,000 times in a Worker.
async function hashOf(password, salt) {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveBits'])
  return crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 100_000 }, key, 256)
}

async function checkPassword(db, login, password) {
  const user = await db.prepare('SELECT salt, hash FROM users WHERE login = ?').bind(login).first()
  const { salt, hash } = user ?? { salt: new Uint8Array(16), hash: new Uint8Array(32) }
  return crypto.subtle.timingSafeEqual(await hashOf(password, new Uint8Array(salt)), new Uint8Array(hash))
}

// Your sessions, by a random cookie.
const SECONDS = 12 * 60 * 60

async function openSession(db, login) {
  const id = crypto.randomUUID()
  const row = [id, login, Date.now() + SECONDS * 1000]
  await db
    .prepare('INSERT INTO sessions VALUES (?, ?, ?)')
    .bind(...row)
    .run()
  return { 'Set-Cookie': `session=${id}; Path=/; Max-Age=${SECONDS}; HttpOnly; Secure; SameSite=Lax` }
}

async function signedIn(db, request) {
  const [, id = ''] = /(?:^|; )session=([\w-]+)/.exec(request.headers.get('cookie') ?? '') ?? []
  const find = db.prepare('SELECT login FROM sessions WHERE id = ? AND expires_at_ms > ?')
  const login = await find.bind(id, Date.now()).first('login')
  return login === null ? null : { userId: login, accountName: login }
}

// Two-factor authentication: where it is kept, and its API over HTTP.
function createBackend({ DB, COUNTERSIGN_KEYS }) {
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store: d1Store(DB),
    keys: COUNTERSIGN_KEYS,
    verifyPassword: (login, password) => checkPassword(DB, login, password),
  })
  return createHandler({
    twoFactor,
    // No guard is needed: only openSession opens sessions, after the second step. To end sessions from before a user
    // turned it on, see “Your sessions” in the documentation.
    authenticate: (request) => signedIn(DB, request),
    openSession: (login) => openSession(DB, login),
  })
}

async function signIn(request, env) {
  // No form of another site can send JSON.
  if (!request.headers.get('content-type')?.startsWith('application/json')) return new Response(null, { status: 415 })
  const { login, password } = (await request.json().catch(() => null)) ?? {}
  if (await checkPassword(env.DB, String(login), String(password))) {
    return createBackend(env).signIn(request, { userId: String(login), accountName: String(login) })
  }
  return Response.json({ reason: 'wrong-password' }, { status: 401 })
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/two-factor/')) return createBackend(env)(request)
    if (pathname === '/sign-in' && request.method === 'POST') return signIn(request, env)
    if (pathname !== '/me') return new Response('Not found', { status: 404 })
    const person = await signedIn(env.DB, request)
    return Response.json({ login: person?.userId }, { status: person ? 200 : 401 })
  },
}
