import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createTwoFactor, type Device, type TwoFactorRecord, type UserStore } from 'countersign'

const kv = await Deno.openKv(Deno.env.get('DATABASE'))

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
const twoFactor = createTwoFactor({ issuer: 'Acme Cloud', store, keys, verifyPassword })

const hash = (password: string, salt: Uint8Array) => promisify(pbkdf2)(password, salt, 600_000, 32, 'sha256')
const salt = randomBytes(16)
await kv.set(['users', 'ada'], { salt, hash: await hash('correct horse battery staple', salt) })

async function verifyPassword(login: string, password: string): Promise<boolean> {
  const { value: user } = await kv.get<{ salt: Uint8Array; hash: Uint8Array }>(['users', login])
  return timingSafeEqual(await hash(password, user?.salt ?? salt), user?.hash ?? randomBytes(32))
}

async function openSession(login: string, device?: Device): Promise<Response> {
  const session = crypto.randomUUID()
  await kv.set(['sessions', session], login, { expireIn: 12 * 60 * 60 * 1000 })
  return Response.json({ session, device })
}

const answer = (result: { ok: boolean }) => Response.json(result, { status: result.ok ? 200 : 403 })

Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.env.get('PORT') ?? 8000) }, async (request) => {
  const { login, password, challengeToken, code, device } = request.body === null ? {} : await request.json()
  const route = `${request.method} ${new URL(request.url).pathname}`
  if (route === 'POST /api/SignIn') {
    if (!(await verifyPassword(String(login), String(password)))) return new Response('Wrong password', { status: 401 })
    const challenge = await twoFactor.challenge(String(login), { device })
    return challenge.required ? Response.json({ challengeToken: challenge.token }) : openSession(String(login))
  }
  if (route === 'POST /api/Verify2FACode') {
    const result = await twoFactor.completeChallenge(challengeToken, { code, device })
    return result.ok ? openSession(result.userId, result.device) : answer(result)
  }
  const session = String(request.headers.get('authorization')?.replace('Bearer ', ''))
  const user = (await kv.get<string>(['sessions', session])).value
  if (user === null) return new Response('Sign in first', { status: 401 })
  const setup = { confirm: { password }, accountName: user, device }
  if (route === 'POST /api/BeginSetup') return answer(await twoFactor.beginSetup(user, setup))
  if (route === 'POST /api/ConfirmSetup') return answer(await twoFactor.confirmSetup(user, { code }))
  if (route !== 'GET /api/Me') return new Response('Not found', { status: 404 })
  return Response.json({ login: user, twoFactor: (await twoFactor.status(user)).enabled })
})
