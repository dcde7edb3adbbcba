import { timingSafeEqual } from 'node:crypto'
import { createTwoFactor, type TwoFactorRecord, type UserStore } from 'countersign'
import { createHandler, type SignedInUser } from 'countersign/http'

const kv = await Deno.openKv(Deno.env.get('DATABASE') ?? 'app.db')

// Your users, with their passwords hashed.
await addUser('ada', 'correct horse battery staple')
await addUser('bob', 'blue canyon forty-two')

async function addUser(login: string, password: string): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  await kv.set(['users', login], { salt, hash: await hashOf(password, salt) })
}

async function hashOf(password: string, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveBits'])
  const params = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 600_000 }
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 256))
}

async function checkPassword(login: string, password: string): Promise<boolean> {
  const { value } = await kv.get<{ salt: Uint8Array<ArrayBuffer>; hash: Uint8Array }>(['users', login])
  return timingSafeEqual(await hashOf(password, value?.salt ?? new Uint8Array(16)), value?.hash ?? new Uint8Array(32))
}

// Your sessions, by a random cookie.
const SECONDS = 12 * 60 * 60

async function openSession(login: string): Promise<HeadersInit> {
  const id = crypto.randomUUID()
  await kv.set(['sessions', id], login, { expireIn: SECONDS * 1000 })
  return { 'Set-Cookie': `session=${id}; Path=/; Max-Age=${SECONDS}; HttpOnly; Secure; SameSite=Lax` }
}

async function signedIn(request: Request): Promise<SignedInUser | null> {
  const [, id = ''] = /(?:^|; )session=([\w-]+)/.exec(request.headers.get('cookie') ?? '') ?? []
  const { value: login } = await kv.get<string>(['sessions', id])
  return login === null ? null : { userId: login, accountName: login }
}

/** All that the library needs of a database: one read, and one write that happens only if nobody wrote in between. */
export const store: UserStore = {
  async load(userId) {
    const { value, versionstamp } = await kv.get<TwoFactorRecord>(['two-factor', userId])
    return value === null ? null : { record: value, version: versionstamp }
  },
  async save(userId, { expected, record }) {
    const key = ['two-factor', userId]
    const write = kv.atomic().check({ key, versionstamp: expected })
    return (await (record === null ? write.delete(key) : write.set(key, record)).commit()).ok
  },
}
const keys = Deno.env.get('COUNTERSIGN_KEYS')
const twoFactor = createTwoFactor({ issuer: 'Acme Cloud', store, keys, verifyPassword: checkPassword })
// No guard is needed: only openSession opens sessions, after the second step. To end sessions from before a user
// turned it on, see “Your sessions” in the documentation.
const handler = createHandler({ twoFactor, authenticate: signedIn, openSession })

Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.env.get('PORT') ?? 3000) }, async (request) => {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/two-factor/')) return handler(request)
  if (pathname === '/sign-in' && request.method === 'POST') return signIn(request)
  if (pathname !== '/me') return new Response('Not found', { status: 404 })
  const person = await signedIn(request)
  return Response.json({ login: person?.userId }, { status: person ? 200 : 401 })
})

async function signIn(request: Request): Promise<Response> {
  // No form of another site can send JSON.
  if (!request.headers.get('content-type')?.startsWith('application/json')) return new Response(null, { status: 415 })
  const { login, password } = (await request.json().catch(() => null)) ?? {}
  if (await checkPassword(String(login), String(password))) {
    return handler.signIn(request, { userId: String(login), accountName: String(login) })
  }
  return Response.json({ reason: 'wrong-password' }, { status: 401 })
}
