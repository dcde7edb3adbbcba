import { generateKey } from 'countersign'
import { generateTotp, parseOtpauthUri } from 'countersign/otp'
import { virtualAuthenticator } from 'countersign/testing'
import { describe, expect, test, vi } from 'vitest'
import {
  addPhone,
  appsIn,
  createWorld,
  enrolled,
  faultOf,
  PASSWORD,
  START,
  signIn,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const staff = { by: 'sam@support', note: 'moves to acme.example' }
const proof = { password: PASSWORD }
const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })
const LONG = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

async function exported(world: World, userId = 'ann') {
  const result = await world.twoFactor.admin.exportUser(userId, staff)
  if (!result.ok) throw new Error(result.reason)
  return result
}

/** The same user in another deployment, with keys of its own. */
async function movedTo(there: World, { authenticators, recoveryCodes }: Awaited<ReturnType<typeof exported>>) {
  const moved = await there.twoFactor.admin.importUser('ann', { authenticators, recoveryCodes })
  expect(moved).toEqual({ ok: true, imported: true })
}

describe('admin.exportUser', () => {
  test('returns what importUser accepts: codes agree, and names and dates are kept', async () => {
    const here = createWorld()
    const authenticators = [
      { secret: LONG, name: 'Phone "1"', createdAtMs: 1_600_000_000_000 },
      { secret: new Uint8Array(10).fill(7), algorithm: 'SHA256', digits: 8, periodSeconds: 60 } as const,
      { secret: new Uint8Array(128).fill(9), algorithm: 'SHA512', digits: 7, name: 'Safe' } as const,
    ]
    await here.twoFactor.admin.importUser('ann', { authenticators, recoveryCodes: ['abcde-fghj0', 'ABCDE-FGHJ1'] })
    await here.twoFactor.verify('ann', { code: 'ABCDE-FGHJ1' })
    here.store.forget()
    const result = await exported(here)
    expect(result).toMatchObject({
      authenticators: [
        { name: 'Phone "1"', createdAtMs: 1_600_000_000_000 },
        { name: '', createdAtMs: START },
        { name: 'Safe', createdAtMs: START },
      ],
      recoveryCodes: ['abcde-fghj0'],
      passkeys: [],
    })
    expect([here.store.loads, here.store.saves]).toEqual([1, 1])
    expect(parseOtpauthUri(result.authenticators[0]?.uri ?? '')).toMatchObject({
      issuer: 'Acme Cloud',
      accountName: 'ann',
      secret: LONG,
    })

    const there = createWorld()
    await movedTo(there, result)
    const list = async (world: World) =>
      (await world.twoFactor.status('ann')).authenticators.map(({ name, createdAtMs, weak }) => [
        name,
        createdAtMs,
        weak,
      ])
    expect(await list(there)).toEqual(await list(here))
    const timeMs = START
    for (const { secret, name: _name, createdAtMs: _createdAtMs, ...options } of authenticators.map((one) => ({
      name: undefined,
      createdAtMs: undefined,
      ...one,
    }))) {
      const code = generateTotp({ secret, timeMs, ...options })
      expect(await there.twoFactor.verify('ann', { code })).toMatchObject({ ok: true, method: 'totp' })
    }
    expect(await there.twoFactor.verify('ann', { code: 'ABCDE FGHJO' })).toMatchObject({
      ok: true,
      recoveryCodesLeft: 0,
    })
    expect(await there.twoFactor.verify('ann', { code: 'ABCDE-FGHJ1' })).toMatchObject({ ok: false })
  })

  test('holds the unused recovery codes that this library made; there they count as imported ones', async () => {
    const here = createWorld()
    const ann = await enrolled(here)
    await signIn(here, 'ann', { code: ann.recoveryCodes[3] ?? '' })
    const issued = await here.twoFactor.admin.issueRecoveryCode('ann', staff)
    const result = await exported(here)
    expect(result.recoveryCodes).toEqual(ann.recoveryCodes.filter((_code, index) => index !== 3))
    const there = createWorld()
    await movedTo(there, result)
    expect(await signIn(there, 'ann', { code: ann.recoveryCodes[0] ?? '' })).toMatchObject({ recoveryCodesLeft: 8 })
    const code = issued.ok ? issued.recoveryCode : ''
    expect(await signIn(there, 'ann', { code })).toMatchObject({ ok: false, reason: 'wrong-code' })
  })

  test('holds imported hashes as they came, and no recovery codes that are kept hashed', async () => {
    const verifyImportedCode = (typed: string, hash: string) => hash === `hash of ${typed}`
    const here = createWorld({ verifyImportedCode })
    const recoveryCodes = ['abcd-1234', 'efgh-5678'].map((code) => ({ hash: `hash of ${code}`, length: 8 }))
    await here.twoFactor.admin.importUser('ann', { authenticators: [{ secret: LONG }], recoveryCodes })
    await here.twoFactor.verify('ann', { code: 'abcd-1234' })
    const result = await exported(here)
    expect(result.recoveryCodes).toEqual(recoveryCodes.slice(1))
    const there = createWorld({ verifyImportedCode })
    await movedTo(there, result)
    expect(await signIn(there, 'ann', { code: 'efgh-5678' })).toMatchObject({ ok: true, recoveryCodesLeft: 0 })

    const hashing = createWorld({ recoveryCodes: { keep: 'hashed' } })
    const phone = await addPhone(hashing, 'ann')
    const without = await exported(hashing)
    expect(without.recoveryCodes).toEqual([])
    const app = virtualAuthenticator(without.authenticators[0]?.uri ?? '', { now: hashing.clock.now })
    expect(app.code()).toBe(phone.code())
  })

  test('notifies the user, and says who did it and why; the event holds no secret', async () => {
    const world = createWorld()
    await enrolled(world)
    const result = await exported(world)
    expect(world.events.at(-1)).toEqual({
      type: 'two-factor.exported',
      ...staff,
      userId: 'ann',
      atMs: START,
      notify: true,
      context: undefined,
    })
    expect(world.store.changes.at(-1)?.events).toHaveLength(1)
    const { changes } = await world.twoFactor.status('ann')
    expect(changes[0]).toEqual({ type: 'two-factor.exported', atMs: START })
    const secret = parseOtpauthUri(result.authenticators[0]?.uri ?? '').secret
    expect(JSON.stringify([world.events, changes, await world.store.record('ann')])).not.toContain(secret)
  })

  test('changes nothing of how the user signs in', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const wrong = wrongCode(world, phone)
    for (let time = 0; time < 5; time += 1) await world.twoFactor.verify('ann', { code: wrong })
    const { changes: _before, ...before } = await world.twoFactor.status('ann')
    await exported(world)
    const { changes: _after, ...after } = await world.twoFactor.status('ann')
    expect(after).toEqual(before)
    expect(await world.twoFactor.verify('ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  })

  test('of a user with nothing, or with a setup that is not confirmed, is `not-enabled`', async () => {
    const world = createWorld()
    expect(await world.twoFactor.admin.exportUser('ann', staff)).toEqual(refused('not-enabled'))
    await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    world.store.forget()
    world.heard()
    expect(await world.twoFactor.admin.exportUser('ann', staff)).toEqual(refused('not-enabled'))
    expect([world.store.saves, world.heard()]).toEqual([0, []])
  })

  test('if a secret does not open is a fault: nothing is returned, written or reported', async () => {
    const world = createWorld({ keys: generateKey('old') })
    await enrolled(world)
    const fault = await faultOf(() => world.another({ keys: generateKey('new') }).admin.exportUser('ann', staff))
    expect([fault.code, fault.message]).toEqual(['key_unknown', expect.stringContaining("'old'")])
    await enrolled(world, 'ben')
    const [anns, bens] = [await world.store.record('ann'), await world.store.record('ben')]
    await world.store.plant('ben', { ...bens, authenticators: anns?.authenticators })
    world.store.forget()
    expect((await faultOf(() => world.twoFactor.admin.exportUser('ben', staff))).code).toBe('record_invalid')
    expect([world.store.saves, world.heard()]).toEqual([0, []])
  })

  test('of a user who has no recovery codes holds none', async () => {
    const world = createWorld()
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: LONG }] })
    expect((await exported(world)).recoveryCodes).toEqual([])
  })

  test('if the second secret does not open is a fault that names its place', async () => {
    const world = createWorld()
    await enrolled(world)
    await addPhone(world, 'ann')
    const record = await world.store.record('ann')
    const [first, second] = appsIn(record)
    const secret = second?.secret.replace(/.(?=.{9}$)/, (one) => (one === 'A' ? 'B' : 'A'))
    await world.store.plant('ann', { ...record, authenticators: [first, { ...second, secret }] })
    const { code, message } = await faultOf(() => world.twoFactor.admin.exportUser('ann', staff))
    expect([code, message]).toEqual(['record_invalid', expect.stringContaining('authenticators[1].secret')])
  })

  test.each([
    ['by', { by: '' }],
    ['note', { note: undefined }],
    ["no option 'nots'", { nots: 'x' }],
  ])('without %s is a fault that names it', async (name, wrong) => {
    const world = createWorld()
    await enrolled(world)
    const fault = await faultOf(() => world.twoFactor.admin.exportUser('ann', untyped({ ...staff, ...wrong })))
    expect([fault.code, fault.message]).toEqual(['invalid_option', expect.stringContaining(name)])
    expect(world.store.loads).toBe(0)
  })
})

describe('an otpauth URI in an import', () => {
  const uri = `otpauth://totp/ann?secret=${LONG}`
  test.each([
    ['authenticators[1].secret is the same as authenticators[0].secret', [{ secret: LONG }, { uri }]],
    ['authenticators[0].secret must be left out beside uri', [{ uri, secret: LONG }]],
    ['authenticators[0].algorithm must be left out beside uri', [{ uri, algorithm: 'SHA1' }]],
    ['authenticators[0].digits must be left out beside uri', [{ uri, digits: 6 }]],
    ['authenticators[0].periodSeconds must be left out beside uri', [{ uri, periodSeconds: 30 }]],
    [
      "authenticators[0].uri must be an otpauth URI of type 'totp'",
      [{ uri: `otpauth://hotp/ann?secret=${LONG}&counter=0` }],
    ],
    ['authenticators[0].secret must be base32 text', [{ uri: 'otpauth://totp/ann?secret=JBSWY3DP' }]],
  ])('is refused, and the message repeats no secret: %s', async (message, authenticators) => {
    const world = createWorld()
    const fault = await faultOf(() =>
      world.twoFactor.admin.importUser('ann', { authenticators: untyped(authenticators) }),
    )
    expect([fault.code, fault.message]).toEqual(['invalid_option', expect.stringContaining(message)])
    expect(fault.message).not.toContain('JBSWY3DP')
    expect(world.store.saves).toBe(0)
  })

  test('keeps the fault of a runtime that cannot read it', async () => {
    const world = createWorld()
    vi.stubGlobal('Buffer', undefined)
    const fault = await faultOf(() => world.twoFactor.admin.importUser('ann', { authenticators: [{ uri }] })).finally(
      () => vi.unstubAllGlobals(),
    )
    expect([fault.code, fault.message]).toEqual(['runtime_unsupported', expect.not.stringContaining('authenticators')])
  })

  test.each([5, null, '', 'https://acme.example', 'otpauth://totp/ann'])(
    '%j is not a URI, and the element is named',
    async (given) => {
      const world = createWorld()
      const options = { authenticators: [{ secret: LONG }, { uri: untyped<string>(given) }] }
      const fault = await faultOf(() => world.twoFactor.admin.importUser('ann', options))
      expect([fault.code, fault.message]).toEqual(['invalid_uri', expect.stringContaining('authenticators[1].uri')])
    },
  )
})
