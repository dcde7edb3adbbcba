/** What `admin.exportUser` returns goes into otplib, into better-auth as docs/migrating/better-auth.md says, and back in here. */
import { type ExportUserResult, generateKey } from 'countersign'
import { fromBetterAuth, fromOtpauthUris } from 'countersign/import'
import { buildOtpauthUri, decodeBase32, parseOtpauthUri } from 'countersign/otp'
import { type VirtualAuthenticator, virtualAuthenticator } from 'countersign/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { needs } from '../needs.ts'
import { createWorld, START, type World } from '../world.ts'
import { isInstalled, load } from './installed.ts'

const STAFF = { by: 'anna', note: 'moves away' }
const PASSWORD = 'correct horse battery'
const BETTER_AUTH_SECRET = 'a secret of better-auth, 32 characters'

describe.skipIf(needs('better-auth', isInstalled('better-auth'), 'npm ci --prefix test/migrating'))(
  'what is exported',
  () => {
    afterEach(() => {
      vi.useRealTimers()
    })

    test.each([
      { algorithm: 'SHA1', digits: 6, periodSeconds: 30 },
      { algorithm: 'SHA256', digits: 8, periodSeconds: 30 },
      { algorithm: 'SHA512', digits: 7, periodSeconds: 60 },
    ] as const)('is accepted by otplib: $algorithm, $digits digits', async (settings) => {
      const { verify, generate } = await load('otplib')
      const world = createWorld()
      const { phone, authenticators } = await exportedApp(world, settings)
      for (const { uri } of authenticators) {
        const { secret, algorithm, digits, periodSeconds: period } = readTotp(uri)
        const options = { secret, algorithm: algorithm.toLowerCase(), digits, period, epoch: world.clock.now() / 1000 }
        expect(await verify({ ...options, token: phone.code() })).toMatchObject({ valid: true })
        expect(await generate(options)).toBe(phone.code())
        expect(await verify({ ...options, token: phone.code(world.clock.now() + 3_600_000) })).toMatchObject({
          valid: false,
        })
      }
    })

    test('comes back in here by its URIs alone', async () => {
      const { phone, authenticators } = await exportedApp(createWorld(), {})
      const there = createWorld({ keys: generateKey() })
      const result = fromOtpauthUris(authenticators.map(({ uri }) => uri))
      if (!result.ok) throw new Error(result.reason)
      await there.twoFactor.admin.importUser('ann', result.user)
      expect(await there.twoFactor.verify('ann', { code: phone.code() })).toMatchObject({ ok: true })
    })

    test('goes back into better-auth, which accepts its codes and backup codes, and from there in here again', async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: START })
      const site = await createBetterAuth()
      const [oldRow] = site.tables.twoFactor
      const moved = fromBetterAuth(oldRow, { secret: BETTER_AUTH_SECRET })
      if (!moved.ok) throw new Error(moved.reason)
      const world = createWorld()
      world.clock.set(START)
      await world.twoFactor.admin.importUser('ann', moved.user)
      const [first = '', second = ''] = site.backupCodes
      expect(await world.twoFactor.verify('ann', { code: first })).toMatchObject({ ok: true })

      const row = { ...oldRow, ...(await toBetterAuth(await world.twoFactor.admin.exportUser('ann', STAFF))) }
      site.tables.twoFactor.splice(0, 1, row)
      const { api, headers } = site
      expect(await api.verifyTOTP({ body: { code: site.phone.code() }, headers })).toHaveProperty('user')
      await expect(api.verifyBackupCode({ body: { code: first }, headers })).rejects.toThrow()
      expect(await api.verifyBackupCode({ body: { code: second }, headers })).toHaveProperty('user')

      const again = fromBetterAuth(site.tables.twoFactor[0], { secret: BETTER_AUTH_SECRET })
      if (!again.ok) throw new Error(again.reason)
      expect(again.user.recoveryCodes).toEqual(site.backupCodes.slice(2))
      const there = createWorld({ keys: generateKey() })
      there.clock.set(START)
      await there.twoFactor.admin.importUser('ann', again.user)
      expect(await there.twoFactor.verify('ann', { code: site.phone.code() })).toMatchObject({ ok: true })
    })

    test('a secret made here is no text, and is refused rather than changed on the way into better-auth', async () => {
      const world = createWorld()
      // Any secret with a byte that begins no character of UTF-8.
      const secret = new Uint8Array(20).fill(0xff)
      await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret }] })
      await expect(toBetterAuth(await world.twoFactor.admin.exportUser('ann', STAFF))).rejects.toThrow()
    })
  },
)

function readTotp(uri: string) {
  const read = parseOtpauthUri(uri)
  if (read.type !== 'totp') throw new Error(read.type)
  return read
}

async function exportedApp(
  world: World,
  settings: object,
): Promise<{ phone: VirtualAuthenticator; authenticators: readonly { uri: string }[] }> {
  const uri = buildOtpauthUri({ accountName: 'ann', secret: world.random(20), ...settings })
  await world.twoFactor.admin.importUser('ann', { authenticators: [{ uri }] })
  const exported = await world.twoFactor.admin.exportUser('ann', STAFF)
  if (!exported.ok) throw new Error(exported.reason)
  return { phone: virtualAuthenticator(uri, { now: world.clock.now }), authenticators: exported.authenticators }
}

/** As the page of better-auth says. */
async function toBetterAuth(exported: ExportUserResult) {
  const { symmetricEncrypt } = await load('better-auth/crypto')
  if (!exported.ok) throw new Error(exported.reason)
  const [app] = exported.authenticators
  const key = BETTER_AUTH_SECRET
  const secret = new TextDecoder('utf-8', { fatal: true }).decode(decodeBase32(parseOtpauthUri(app?.uri ?? '').secret))
  return {
    secret: await symmetricEncrypt({ key, data: secret }),
    backupCodes: await symmetricEncrypt({ key, data: JSON.stringify(exported.recoveryCodes) }),
  }
}

interface BetterAuthSite {
  tables: { twoFactor: object[] }
  backupCodes: string[]
  phone: VirtualAuthenticator
  headers: Headers
  api: Record<'verifyTOTP' | 'verifyBackupCode', (given: { body: object; headers: Headers }) => Promise<object>>
}

/** An application on better-auth, with one user who has finished the setup. */
async function createBetterAuth(): Promise<BetterAuthSite> {
  const { betterAuth } = await load('better-auth')
  const { memoryAdapter } = await load('better-auth/adapters/memory')
  const { twoFactor } = await load('better-auth/plugins')
  const tables = { user: [], session: [], account: [], verification: [], twoFactor: [] }
  const { api } = betterAuth({
    secret: BETTER_AUTH_SECRET,
    baseURL: 'http://localhost:3000',
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    plugins: [twoFactor({ issuer: 'Acme' })],
  })
  const body = { email: 'ann@example.com', password: PASSWORD, name: 'Ann' }
  let headers = signedIn((await api.signUpEmail({ body, returnHeaders: true })).headers)
  const { totpURI, backupCodes } = await api.enableTwoFactor({ body: { password: PASSWORD }, headers })
  const phone = virtualAuthenticator(totpURI, { now: () => START })
  const confirmed = await api.verifyTOTP({ body: { code: phone.code() }, headers, returnHeaders: true })
  headers = signedIn(confirmed.headers)
  return { tables, backupCodes, phone, headers, api }
}

function signedIn(answered: Headers): Headers {
  const cookies = answered.getSetCookie().map((cookie) => cookie.split(';')[0])
  return new Headers({ cookie: cookies.join('; ') })
}
