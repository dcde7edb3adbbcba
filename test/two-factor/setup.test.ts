import { decodeBase32, generateSecret, generateTotp, parseOtpauthUri } from 'countersign/otp'
import { describe, expect, test } from 'vitest'
import {
  addPhone,
  createWorld,
  enrolled,
  faultOf,
  MINUTE,
  PASSWORD,
  phoneFor,
  START,
  signIn,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const proof = { password: PASSWORD }

test('the first code of a new app that is right for two steps is not valid for the second', async () => {
  // Found by trying: two steps in a row with the same digits.
  const [secret, atMs, code] = ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', START + 192_396 * 30_000, '212317']
  const bytes = decodeBase32(secret)
  const world = createWorld()
  const twoFactor = world.another({ random: (length) => (length === 20 ? bytes.slice() : world.random(length)) })
  world.clock.set(atMs)
  const begun = await twoFactor.beginSetup('ann', { proof: { password: PASSWORD }, accountName: 'ann' })
  expect(begun).toMatchObject({ ok: true, secret })
  expect(await twoFactor.confirmSetup('ann', { token: begun.ok ? begun.token : '', code })).toMatchObject({ ok: true })
  world.clock.advance({ seconds: 30 })
  expect(await twoFactor.verify('ann', { code })).toMatchObject({ reason: 'code-used' })
})

describe('beginSetup', () => {
  test('offers a secret as a URI for the QR code and as base32 to type, for ten minutes', async () => {
    const world = createWorld()
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann@example.com' })
    expect(begun).toEqual({
      ok: true,
      type: 'totp',
      token: expect.any(String),
      uri: expect.any(String),
      secret: expect.any(String),
      expiresAtMs: START + 10 * MINUTE,
    })
    if (!begun.ok) return
    expect(parseOtpauthUri(begun.uri)).toMatchObject({
      type: 'totp',
      issuer: 'Acme Cloud',
      accountName: 'ann@example.com',
      secret: begun.secret,
      algorithm: 'SHA1',
      digits: 6,
      periodSeconds: 30,
    })
    expect(decodeBase32(begun.secret)).toHaveLength(20)
    expect([world.store.loads, world.store.saves, world.heard()]).toEqual([2, 1, ['setup.begun']])
  })

  test('makes secrets of 160 bits, or of as many bytes as `secretBytes` says [CS-KEY-07]', async () => {
    for (const [totp, bytes] of [
      [{}, 20],
      [{ secretBytes: 16 }, 16],
      [{ secretBytes: 64 }, 64],
    ] as const) {
      const { twoFactor } = createWorld({ totp })
      const begun = await twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
      expect(decodeBase32(begun.ok && begun.type === 'totp' ? begun.secret : '')).toHaveLength(bytes)
    }
  })

  test('turns nothing on: without the first code a sign-in needs no second step', async () => {
    const world = createWorld()
    await begin(world)
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ passed: true, because: 'not-enabled' })
    expect(await world.twoFactor.status('ann')).toMatchObject({
      enabled: false,
      enabledAtMs: null,
      authenticators: [],
      pendingSetup: { name: '', replaces: [], expiresAtMs: START + 10 * MINUTE },
    })
    expect(world.store.changes.map(({ enabledAtMs }) => enabledAtMs)).toEqual([null])
  })

  test('puts a dash for a colon in the account name, and keeps any other character', async () => {
    const world = createWorld()
    const accountName = 'a:nn "ß" 漢字 %3A+?&#/@💥'
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName })
    if (!begun.ok) throw new Error(begun.reason)
    expect(parseOtpauthUri(begun.uri).accountName).toBe('a-nn "ß" 漢字 %3A+?&#/@💥')
  })

  test('accepts another issuer for one setup', async () => {
    const world = createWorld()
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', issuer: 'Acme & Söhne' })
    if (!begun.ok) throw new Error(begun.reason)
    expect(parseOtpauthUri(begun.uri).issuer).toBe('Acme & Söhne')
  })

  test('follows the options for algorithm, digits, period and length of the secret, and remembers them', async () => {
    const world = createWorld({
      totp: { algorithm: 'SHA512', digits: 8, periodSeconds: 60, secretBytes: 64 },
    })
    const phone = await addPhone(world, 'ann')
    expect(decodeBase32(phone.secret)).toHaveLength(64)
    const defaults = world.another({ totp: undefined })
    world.clock.advance({ seconds: 60 })
    const code = phone.next()
    expect(code).toHaveLength(8)
    expect(code).toBe(
      generateTotp({
        secret: phone.secret,
        timeMs: world.clock.now(),
        digits: 8,
        periodSeconds: 60,
        algorithm: 'SHA512',
      }),
    )
    expect(await defaults.verify('ann', { code })).toMatchObject({ ok: true })
  })

  test.each([
    ['a control character', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['a C1 control character', 'a\u0085b'],
    ['65 bytes', 'x'.repeat(65)],
    ['22 characters of three bytes', '€'.repeat(22)],
    ['a lone surrogate', 'a\ud800'],
    ['a number', 5],
    ['null', null],
    ['an object', {}],
  ])('a name with %s is an outcome, before any proof is asked', async (_what, name) => {
    const world = createWorld()
    const options = { proof, accountName: 'ann', name: untyped<string>(name) }
    expect(await world.twoFactor.beginSetup('ann', options)).toMatchObject({ ok: false, reason: 'invalid-name' })
    expect([world.store.loads, world.passwordsChecked]).toEqual([0, []])
  })

  test('a name of 64 bytes fits', async () => {
    const world = createWorld()
    const name = `${'€'.repeat(21)}x`
    await addPhone(world, 'ann', { name })
    expect((await world.twoFactor.status('ann')).authenticators[0]?.name).toBe(name)
  })

  test.each([5, {}])('an account name %j is a fault that names it', async (accountName) => {
    const world = createWorld()
    const options = { proof, accountName: untyped<string>(accountName) }
    const { code, message } = await faultOf(() => world.twoFactor.beginSetup('ann', options))
    expect([code, message]).toEqual(['invalid_option', expect.stringContaining('accountName')])
  })

  test.each(['Acme: Cloud', '', 5, null, '\ud800'])('an issuer %j is a fault that names it', async (issuer) => {
    const world = createWorld()
    const options = { proof, accountName: 'ann', issuer: untyped<string>(issuer) }
    const { code, message } = await faultOf(() => world.twoFactor.beginSetup('ann', options))
    expect([code, message]).toEqual(['invalid_option', expect.stringContaining('issuer')])
  })

  test('a new setup voids the earlier secret', async () => {
    const world = createWorld()
    const [first, second] = [await begin(world), await begin(world)]
    const typed = { token: second.setupToken, code: first.next() }
    expect(await world.twoFactor.confirmSetup('ann', typed)).toMatchObject({ reason: 'wrong-code' })
    expect(await world.twoFactor.confirmSetup('ann', { token: second.setupToken, code: second.next() })).toMatchObject({
      ok: true,
    })
  })

  test('a new setup resets the count of wrong codes', async () => {
    const world = createWorld()
    const first = await begin(world)
    for (let time = 0; time < 9; time += 1) await confirmWrongly(world, first)
    const second = await begin(world)
    for (let time = 0; time < 9; time += 1) await confirmWrongly(world, second)
    expect(await world.twoFactor.confirmSetup('ann', { token: second.setupToken, code: second.next() })).toMatchObject({
      ok: true,
    })
  })

  test('authenticators that are active keep working meanwhile', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const tablet = await begin(world)
    expect(await signIn(world, 'ann', { code: tablet.next() })).toMatchObject({ ok: false, reason: 'wrong-code' })
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
    expect(await world.twoFactor.confirmSetup('ann', { token: tablet.setupToken, code: tablet.next() })).toMatchObject({
      ok: true,
    })
  })

  test('is refused at five authenticators', async () => {
    const world = createWorld()
    for (const name of ['one', 'two', 'three', 'four', 'five']) await addPhone(world, 'ann', { name })
    const refused = { ok: false, reason: 'limit-reached', retryAfterSeconds: null }
    expect(await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })).toEqual(refused)
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(5)
  })
})

describe('confirmSetup', () => {
  test('the first code turns it on, creates the recovery codes and returns this browser’s device token', async () => {
    const world = createWorld()
    const phone = await begin(world, 'My phone')
    world.store.forget()
    const confirmed = await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })
    expect(confirmed).toEqual({
      ok: true,
      authenticatorId: expect.any(String),
      device: { token: expect.any(String), expiresAtMs: expect.any(Number), trusted: false },
      recoveryCodes: Array.from({ length: 10 }, () =>
        expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/),
      ),
    })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    expect(world.store.changes[0]?.enabledAtMs).toBe(START)
    if (!confirmed.ok) return
    expect(await world.twoFactor.status('ann')).toMatchObject({
      enabled: true,
      enabledAtMs: START,
      pendingSetup: null,
      authenticators: [
        {
          id: confirmed.authenticatorId,
          name: 'My phone',
          type: 'totp',
          createdAtMs: START,
          lastUsedAtMs: START,
          weak: false,
        },
      ],
      recoveryCodes: { total: 10, left: 10, createdAtMs: START, viewable: true },
    })
    expect(new Set(confirmed.recoveryCodes).size).toBe(10)
  })

  test('the confirming code is used up', async () => {
    const world = createWorld()
    const phone = await begin(world)
    const code = phone.next()
    await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: false, reason: 'code-used' })
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: false, reason: 'code-used' })
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code })).toMatchObject({
      ok: false,
      reason: 'setup-expired',
    })
  })

  test('a second authenticator leaves the recovery codes as they are', async () => {
    const world = createWorld()
    const first = await addPhone(world, 'ann')
    const second = await addPhone(world, 'ann', { name: 'Tablet' })
    expect(second.recoveryCodes).toBeUndefined()
    world.clock.advance({ seconds: 60 })
    expect(await signIn(world, 'ann', { code: first.recoveryCodes?.[0] ?? '' })).toMatchObject({ ok: true })
    expect(await signIn(world, 'ann', { code: first.next() })).toMatchObject({ ok: true })
    expect(await signIn(world, 'ann', { code: second.next() })).toMatchObject({ ok: true })
  })

  test('codes of the step before and after are accepted', async () => {
    for (const offset of [-30_000, 0, 30_000]) {
      const world = createWorld()
      const phone = await begin(world)
      const code = phone.code(START + offset)
      expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code })).toMatchObject({ ok: true })
    }
  })

  test('a code may be typed with spaces, and anything else is a wrong code that does not count', async () => {
    const world = createWorld()
    const phone = await begin(world)
    for (const code of ['', '12345', '1234567', 'abcdef', null, 5, {}, [], undefined, '1'.repeat(100_000)]) {
      const result = await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: untyped(code) })
      expect(result).toEqual({ ok: false, reason: 'wrong-code', retryAfterSeconds: null })
    }
    const code = phone.next()
    const typed = ` ${code.slice(0, 3)} ${code.slice(3)} `
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: typed })).toMatchObject({
      ok: true,
    })
  })

  test('ten wrong codes end it: the right one is too late', async () => {
    const world = createWorld()
    const phone = await begin(world)
    for (let time = 0; time < 10; time += 1) {
      expect(await confirmWrongly(world, phone)).toMatchObject({ ok: false, reason: 'wrong-code' })
    }
    const expired = { ok: false, reason: 'setup-expired', retryAfterSeconds: null }
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toEqual(expired)
    expect((await world.twoFactor.status('ann')).pendingSetup).toBeNull()
  })

  test('nine wrong codes leave one try', async () => {
    const world = createWorld()
    const phone = await begin(world)
    for (let time = 0; time < 9; time += 1) await confirmWrongly(world, phone)
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
      ok: true,
    })
  })

  test('ten minutes end it', async () => {
    for (const [seconds, reason] of [
      [599.999, undefined],
      [600, 'setup-expired'],
    ] as const) {
      const world = createWorld()
      const phone = await begin(world)
      world.clock.advance({ seconds })
      const result = await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })
      expect('reason' in result ? result.reason : undefined).toBe(reason)
    }
  })

  test('a setup begun by a clock far ahead does not last longer', async () => {
    const world = createWorld()
    world.clock.advance({ seconds: 86_400 })
    const phone = await begin(world)
    world.clock.advance({ seconds: -86_400 })
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
      reason: 'setup-expired',
    })
    expect((await world.twoFactor.status('ann')).pendingSetup).toBeNull()
  })

  test('without a setup there is nothing to confirm', async () => {
    const world = createWorld()
    const expired = { ok: false, reason: 'setup-expired', retryAfterSeconds: null }
    expect(await world.twoFactor.confirmSetup('ann', { token: '', code: '123456' })).toEqual(expired)
    await enrolled(world)
    expect(await world.twoFactor.confirmSetup('ann', { token: '', code: '123456' })).toEqual(expired)
    expect(world.store.saves).toBe(0)
  })

  test('its wrong codes are no failures of the second step', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const tablet = await begin(world)
    for (let time = 0; time < 9; time += 1) await confirmWrongly(world, tablet)
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
  })

  test('a changed password ends what was begun before it', async () => {
    const world = createWorld()
    const phone = await begin(world)
    await world.twoFactor.passwordChanged('ann')
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
      reason: 'setup-expired',
    })
  })

  test("one user's setup is not another's", async () => {
    const world = createWorld()
    const phone = await begin(world)
    expect(await world.twoFactor.confirmSetup('ben', { token: phone.setupToken, code: phone.code() })).toMatchObject({
      reason: 'setup-expired',
    })
    await world.twoFactor.beginSetup('ben', { proof, accountName: 'ben' })
    expect(await world.twoFactor.confirmSetup('ben', { token: phone.setupToken, code: phone.code() })).toMatchObject({
      reason: 'setup-expired',
    })
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.code() })).toMatchObject({
      ok: true,
    })
  })

  test('the limit of five also holds if five were imported between begin and confirm', async () => {
    const world = createWorld()
    const phone = await begin(world)
    const authenticators = Array.from({ length: 5 }, () => ({ secret: generateSecret() }))
    await world.twoFactor.admin.importUser('ann', { authenticators })
    const refused = { ok: false, reason: 'limit-reached', retryAfterSeconds: null }
    expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toEqual(refused)
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(5)
  })
})

test('every setup has its own secret', async () => {
  const world = createWorld()
  const phones = [await begin(world), await begin(world), await begin(world)]
  expect(new Set(phones.map(({ secret }) => secret)).size).toBe(3)
})

async function begin(world: World, name?: string) {
  const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', name })
  if (!begun.ok) throw new Error(begun.reason)
  return phoneFor(world, begun)
}

function confirmWrongly(world: World, phone: { secret: string; setupToken: string }) {
  return world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: wrongCode(world, phone) })
}
