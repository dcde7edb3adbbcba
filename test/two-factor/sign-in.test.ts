import { createTwoFactor, generateKey, keyRing } from 'countersign'
import { encodeBase32, generateTotp } from 'countersign/otp'
import { enroll, virtualAuthenticator } from 'countersign/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { utf8Bytes } from '../../src/encoding/utf8.ts'
import { createVault } from '../../src/vault/vault.ts'
import {
  addPhone,
  appsIn,
  challengeToken,
  createWorld,
  DAY,
  enrolled,
  faultOf,
  knownDevice,
  MINUTE,
  PASSWORD,
  START,
  signIn,
  untyped,
  wrongCode,
} from '../world.ts'

const STRONG = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
/** Found by trying: its code at START is that of STRONG. */
const TWIN = encodeBase32(Uint8Array.from([...bytesOf(997_848), ...new Uint8Array(16)]))
/** Found by trying: two steps in a row with the same digits. */
const SAME_DIGITS = { secret: STRONG, atMs: START + 192_396 * 30_000, code: '212317' }

describe('challenge', () => {
  test('a user without two-factor authentication needs no second step', async () => {
    const world = createWorld()
    expect(await world.twoFactor.challenge('ann')).toEqual({
      passed: true,
      because: 'not-enabled',
      assurance: { amr: [], phishingResistant: false, atMs: null },
    })
    expect([world.store.loads, world.store.saves, world.events]).toEqual([1, 0, []])
  })

  test('a user who has it on is asked for a code; that reads once and writes nothing', async () => {
    const world = createWorld()
    await enrolled(world)
    expect(await world.twoFactor.challenge('ann')).toEqual({
      passed: false,
      action: 'verify',
      token: expect.any(String),
      expiresAtMs: START + 5 * MINUTE,
      methods: ['totp', 'recovery-code'],
      totpDigits: [6],
      passkey: null,
      trustDeviceDays: 30,
    })
    expect([world.store.loads, world.store.saves]).toEqual([1, 0])
  })

  test('methods leaves out recovery codes if none are left', async () => {
    const world = createWorld({ recoveryCodes: { count: 1 } })
    const phone = await addPhone(world, 'ann')
    const [code = ''] = phone.recoveryCodes ?? []
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp', 'recovery-code'] })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true, recoveryCodesLeft: 0 })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp'] })
  })

  test('methods has the one last used in this browser first, without an extra write', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const [one = '', two = ''] = ann.recoveryCodes
    const byCode = await signIn(world, 'ann', { code: one })
    const byPhone = await signIn(world, 'ann', { code: ann.phone.next() })
    if (!byCode.ok || !byPhone.ok) throw new Error('The user could not sign in.')
    world.store.forget()
    const methodsOn = async (device?: string) => {
      const challenge = await world.twoFactor.challenge('ann', { device })
      return challenge.passed ? [] : challenge.methods
    }
    expect(await methodsOn(byCode.device.token)).toEqual(['recovery-code', 'totp'])
    expect(await methodsOn(byPhone.device.token)).toEqual(['totp', 'recovery-code'])
    expect(await methodsOn()).toEqual(['totp', 'recovery-code'])
    expect(await methodsOn('forged')).toEqual(['totp', 'recovery-code'])
    expect(world.store.saves).toBe(0)
    const device = byPhone.device.token
    const stepUp = await world.twoFactor.verify('ann', { code: two, device })
    if (!stepUp.ok) throw new Error(stepUp.reason)
    expect(await methodsOn(stepUp.device.token)).toEqual(['recovery-code', 'totp'])
  })

  test('an older device token without a method is still known', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann, { trustDevice: true })
    const { enrollment } = (await world.store.record('ann')) ?? {}
    const [trusted] = (await world.twoFactor.status('ann')).trustedDevices
    const vault = createVault(keyRing(world.keys), world.random)
    const claims = [enrollment, world.clock.now() + DAY, trusted?.id]
    const older = vault.seal({ purpose: 'device', userId: 'ann' }, utf8Bytes(JSON.stringify(claims)))
    expect(await world.twoFactor.challenge('ann', { device: older })).toMatchObject({ because: 'trusted-device' })
    await world.twoFactor.revokeTrustedDevices('ann')
    expect(await world.twoFactor.challenge('ann', { device: older })).toMatchObject({
      methods: ['totp', 'recovery-code'],
    })
    expect(device).not.toBe(older)
  })

  test('a host that expects it on gets a fault, and never "off", if the record is missing', async () => {
    const world = createWorld()
    const expectEnabled = true
    expect(await faultOf(() => world.twoFactor.challenge('ann', { expectEnabled }))).toMatchObject({
      code: 'record_missing',
    })
    await enrolled(world)
    expect(await world.twoFactor.challenge('ann', { expectEnabled })).toMatchObject({
      passed: false,
      action: 'verify',
    })
    expect(await world.twoFactor.challenge('ben', { expectEnabled: false })).toMatchObject({ passed: true })
  })

  test('a record without an authenticator is "off" too: a fault with expectEnabled', async () => {
    const world = createWorld()
    await world.twoFactor.beginSetup('ann', { proof: { password: PASSWORD }, accountName: 'ann' })
    expect(await world.store.record('ann')).not.toBeNull()
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ passed: true, because: 'not-enabled' })
    expect((await faultOf(() => world.twoFactor.challenge('ann', { expectEnabled: true }))).code).toBe('record_missing')
  })

  test('expectEnabled applies if isRequired says setup: a lost record does not allow enrolling again', async () => {
    const world = createWorld({ isRequired: () => true })
    expect((await faultOf(() => world.twoFactor.challenge('ann', { expectEnabled: true }))).code).toBe('record_missing')
  })

  test.each([1, 'true', 'yes', {}, []])(
    'expectEnabled passed as %j, as from a database column, does not mean "no"',
    async (flag) => {
      const world = createWorld()
      const { code } = await faultOf(() => world.twoFactor.challenge('ann', { expectEnabled: untyped(flag) }))
      expect(['record_missing', 'invalid_option']).toContain(code)
    },
  )
})

describe('completeChallenge', () => {
  test('the code that the phone shows signs in, with one read and one write', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    world.store.forget()
    expect(await world.twoFactor.completeChallenge(token, { code: ann.phone.next() })).toEqual({
      ok: true,
      userId: 'ann',
      method: 'totp',
      recoveryCodesLeft: 10,
      device: { token: expect.any(String), expiresAtMs: START + 400 * DAY, trusted: false },
      state: null,
      assurance: { amr: ['otp'], phishingResistant: false, atMs: START },
    })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
  })

  test('a recovery code signs in through the same field, and is used up [CS-CODES-10]', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const [code = ''] = recoveryCodes
    expect(await signIn(world, 'ann', { code })).toMatchObject({
      ok: true,
      method: 'recovery-code',
      recoveryCodesLeft: 9,
      device: { trusted: false },
    })
    expect(await signIn(world, 'ann', { code })).toEqual({ ok: false, reason: 'code-used', retryAfterSeconds: null })
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(9)
  })

  test.each([
    ['as it is shown', (code: string) => code],
    ['in small letters', (code: string) => code.toLowerCase()],
    ['without dashes', (code: string) => code.replaceAll('-', '')],
    ['with spaces for dashes and around it', (code: string) => `  ${code.replaceAll('-', ' ')}\n`],
    ['with O for 0', (code: string) => code.replaceAll('0', 'o')],
    ['with l and I for 1', (code: string) => code.replace('1', 'l').replaceAll('1', 'I')],
  ])('a recovery code is read %s', async (_how, spell) => {
    const world = createWorld()
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    const recoveryCodes = ['0110-ABCD-10EF-0011']
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret }], recoveryCodes })
    const result = await signIn(world, 'ann', { code: spell('0110-ABCD-10EF-0011') })
    expect(result).toMatchObject({ ok: true, method: 'recovery-code' })
  })

  test.each([
    ['123 456', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['123-456', (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    ['with spaces around it', (code: string) => ` \t${code}\n`],
  ])("an authenticator's code typed as %s is read", async (_how, spell) => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    expect(await signIn(world, 'ann', { code: spell(phone.next()) })).toMatchObject({ ok: true, method: 'totp' })
  })

  test('codes of the step before and the step after are accepted, those of two steps away are not [CS-TOTP-03]', async () => {
    const verdict = async (offsetSeconds: number) => {
      const world = createWorld()
      const { phone } = await enrolled(world)
      const result = await signIn(world, 'ann', { code: phone.code(START + offsetSeconds * 1000) })
      return result.ok ? 'ok' : result.reason
    }
    expect(await Promise.all([-31, -30, -1, 0, 29, 30, 59, 60].map(verdict))).toEqual([
      'wrong-code',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'wrong-code',
    ])
  })

  test('a phone that is ninety seconds slow is never followed: its codes stay wrong, and one step late is as before [CS-TOTP-10]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    for (let step = 0; step < 4; step += 1) {
      world.clock.advance({ seconds: 30 })
      const code = phone.code(world.clock.now() - 90_000)
      expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: false, reason: 'wrong-code' })
    }
    expect(await signIn(world, 'ann', { code: phone.code(world.clock.now() - 60_000) })).toMatchObject({ ok: false })
    world.clock.advance({ seconds: 60 })
    expect(await signIn(world, 'ann', { code: phone.code(world.clock.now() - 30_000) })).toMatchObject({ ok: true })
  })

  test('a window of 0 accepts the code of the current step only [CS-TOTP-04]', async () => {
    const verdict = async (offsetSeconds: number) => {
      const world = createWorld({ totp: { window: 0 } })
      const { phone } = await enrolled(world)
      return (await signIn(world, 'ann', { code: phone.code(START + offsetSeconds * 1000) })).ok
    }
    expect(await Promise.all([-1, 0, 29, 30].map(verdict))).toEqual([false, true, true, false])
  })

  test('a code is accepted once: the second time it is `code-used`, and no failure [CS-TOTP-06]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    world.clock.advance({ seconds: 12 })
    const code = phone.code()
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
    const before = await world.store.record('ann')
    world.store.forget()
    world.heard()
    for (let time = 0; time < 30; time += 1) {
      expect(await signIn(world, 'ann', { code })).toEqual({ ok: false, reason: 'code-used', retryAfterSeconds: 18 })
    }
    const after = { ...before, usedAgainToldAtMs: world.clock.now() }
    expect([world.store.saves, await world.store.record('ann')]).toEqual([1, after])
    expect(new Set(world.heard())).toEqual(new Set(['code.used-again']))
  })

  test('the same digits in two steps of the window are accepted once: the later step counts as used [CS-TOTP-09]', async () => {
    const world = createWorld()
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: SAME_DIGITS.secret }] })
    world.clock.set(SAME_DIGITS.atMs)
    const { code } = SAME_DIGITS
    expect(generateTotp({ secret: SAME_DIGITS.secret, timeMs: SAME_DIGITS.atMs + 30_000 })).toBe(code)
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
    world.clock.advance({ seconds: 30 })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ reason: 'code-used' })
  })

  test('the same digits in two apps of a user are accepted once', async () => {
    const world = createWorld()
    const [one, other] = [{ secret: STRONG }, { secret: TWIN }]
    await world.twoFactor.admin.importUser('ann', { authenticators: [one, other] })
    const code = generateTotp({ ...one, timeMs: START })
    expect(generateTotp({ ...other, timeMs: START })).toBe(code)
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ reason: 'code-used' })
    expect((await world.twoFactor.status('ann')).authenticators.map(({ lastUsedAtMs }) => lastUsedAtMs)).toEqual([
      START,
      null,
    ])
  })

  test('with an app whose secret does not open, each code is a fault, right or wrong: none is checked', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    await addPhone(world, 'ann', { name: 'Tablet' })
    const record = await world.store.record('ann')
    const [own, tablet] = appsIn(record)
    const gone = { ...tablet, secret: `gone.${tablet?.secret.split('.')[1]}` }
    await world.store.plant('ann', { ...record, authenticators: [own, gone] })
    world.clock.advance({ seconds: 60 })
    for (const code of [phone.code(), wrongCode(world, phone), phone.code()]) {
      expect((await faultOf(() => world.twoFactor.verify('ann', { code }))).code).toBe('key_unknown')
    }
  })

  test('no code at or before the last accepted step is accepted, though it was never used [CS-TOTP-05]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    expect(await signIn(world, 'ann', { code: phone.code(START + 30_000) })).toMatchObject({ ok: true })
    for (const timeMs of [START - 30_000, START, START + 30_000]) {
      expect((await signIn(world, 'ann', { code: phone.code(timeMs) })).ok).toBe(false)
    }
    world.clock.advance({ seconds: 30 })
    expect(await signIn(world, 'ann', { code: phone.code(START + 60_000) })).toMatchObject({ ok: true })
  })

  test('a code stays used when the clock goes back to where it would be new [CS-TOTP-07]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const code = phone.code()
    await signIn(world, 'ann', { code })
    world.clock.advance({ seconds: -30 })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: false, reason: 'code-used' })
    for (const seconds of [-3600, 3600, 25]) {
      world.clock.advance({ seconds })
      expect((await signIn(world, 'ann', { code })).ok).toBe(false)
    }
  })

  test('without `now`, the time is that of the server’s clock [CS-TOTP-14]', async () => {
    vi.useFakeTimers({ now: START, toFake: ['Date'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const world = createWorld()
    const { phone } = await enrolled(world)
    const twoFactor = world.another({ now: undefined })
    const [first, second] = [phone.code(START), phone.code(START + 90_000)]
    expect(await twoFactor.verify('ann', { code: first })).toMatchObject({ ok: true, assurance: { atMs: START } })
    expect(await twoFactor.verify('ann', { code: second })).toMatchObject({ reason: 'wrong-code' })
    vi.setSystemTime(START + 90_000)
    expect(await twoFactor.verify('ann', { code: first })).toMatchObject({ reason: 'wrong-code' })
    expect(await twoFactor.verify('ann', { code: second })).toMatchObject({ ok: true })
  })

  test('each authenticator counts its own steps', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    world.clock.advance({ seconds: 60 })
    const tablet = await addPhone(world, 'ann', { name: 'Tablet' })
    world.clock.advance({ seconds: 60 })
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
    expect(await signIn(world, 'ann', { code: tablet.next() })).toMatchObject({ ok: true })
    const { authenticators } = await world.twoFactor.status('ann')
    expect(authenticators.map(({ lastUsedAtMs }) => lastUsedAtMs)).toEqual([world.clock.now(), world.clock.now()])
  })

  test('a challenge succeeds once, and a wrong code does not use it up', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    const code = wrongCode(world, phone)
    expect(await world.twoFactor.completeChallenge(token, { code })).toMatchObject({ ok: false, reason: 'wrong-code' })
    expect(await world.twoFactor.completeChallenge(token, { code: phone.next() })).toMatchObject({ ok: true })
    world.store.forget()
    const used = { ok: false, reason: 'challenge-used', retryAfterSeconds: null }
    expect(await world.twoFactor.completeChallenge(token, { code: phone.next() })).toEqual(used)
    expect(await world.twoFactor.completeChallenge(token, { code: recoveryCodes[0] ?? '' })).toEqual(used)
    expect(await world.twoFactor.completeChallenge(token, { code })).toEqual(used)
    expect(world.store.saves).toBe(0)
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(10)
  })

  test('a challenge lasts five minutes', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const [early, late] = [await challengeToken(world, 'ann'), await challengeToken(world, 'ann')]
    world.clock.advance({ seconds: 299.999 })
    expect(await world.twoFactor.completeChallenge(early, { code: phone.next() })).toMatchObject({ ok: true })
    world.clock.advance({ seconds: 0.001 })
    const expired = { ok: false, reason: 'challenge-expired', retryAfterSeconds: null }
    expect(await world.twoFactor.completeChallenge(late, { code: phone.next() })).toEqual(expired)
  })

  test('a challenge from a clock far ahead does not last longer', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    world.clock.advance({ seconds: 86_400 })
    const token = await challengeToken(world, 'ann')
    world.clock.advance({ seconds: -86_400 })
    const result = await world.twoFactor.completeChallenge(token, { code: phone.next() })
    expect(result).toMatchObject({ ok: false, reason: 'challenge-expired' })
  })

  test('a used challenge stays used when the clock jumps ahead, others sign in, and it jumps back', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    await world.twoFactor.completeChallenge(token, { code: phone.next() })
    for (const seconds of [600, 86_400, 400 * 86_400]) {
      world.clock.advance({ seconds })
      expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
      world.clock.advance({ seconds: -seconds })
      const again = await world.twoFactor.completeChallenge(token, { code: recoveryCodes[0] ?? '' })
      expect(again.ok).toBe(false)
    }
  })

  test.each([
    ['ten minutes', 600],
    ['a day', 86_400],
    ['ten years', 3650 * 86_400],
  ])(
    'a clock that was %s ahead while people signed in locks nobody out once it is right again',
    async (_time, seconds) => {
      const world = createWorld()
      const { phone, recoveryCodes } = await enrolled(world)
      world.clock.advance({ seconds })
      expect(await signIn(world, 'ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
      world.clock.advance({ seconds: 301 })
      expect(await signIn(world, 'ann', { code: recoveryCodes[1] ?? '' })).toMatchObject({ ok: true })
      world.clock.advance({ seconds: -seconds })
      expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
      expect(await signIn(world, 'ann', { code: recoveryCodes[2] ?? '' })).toMatchObject({ ok: true })
    },
  )

  test('a binding must be presented again, exactly', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const challenge = await world.twoFactor.challenge('ann', { binding: 'pre-session-1' })
    if (challenge.passed) throw new Error('There is no second step.')
    const complete = (binding: unknown) =>
      world.twoFactor.completeChallenge(challenge.token, { code: phone.code(), binding: untyped(binding) })
    for (const other of [undefined, null, '', 'pre-session-2', 'pre-session-1 ', 1, ['pre-session-1'], {}]) {
      expect(await complete(other)).toMatchObject({ ok: false, reason: 'challenge-expired' })
    }
    expect(await complete('pre-session-1')).toMatchObject({ ok: true })
  })

  test('a challenge without a binding is not accepted from a browser that has one', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    const result = await world.twoFactor.completeChallenge(token, { code: phone.next(), binding: 'mine' })
    expect(result).toMatchObject({ ok: false, reason: 'challenge-expired' })
  })

  test.each([
    ['an object', { remember: true, next: '/Straße?a=1', list: [1, null, 'x'] }],
    ['false', false],
    ['zero', 0],
    ['an empty text', ''],
    ['null', null],
    ['a key __proto__', JSON.parse('{"__proto__":{"admin":true},"constructor":1}')],
  ])("the host's state comes back unchanged: %s", async (_what, state) => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const challenge = await world.twoFactor.challenge('ann', { state })
    if (challenge.passed) throw new Error('There is no second step.')
    const result = await world.twoFactor.completeChallenge(challenge.token, { code: phone.next() })
    expect(result.ok && JSON.stringify(result.state)).toBe(JSON.stringify(state))
  })

  test('a state of 1 KiB fits, with the longest user id too; a longer one is a fault', async () => {
    const world = createWorld()
    const userId = '€'.repeat(255)
    const { phone } = await enrolled(world, userId)
    const state = '€'.repeat(340)
    const challenge = await world.twoFactor.challenge(userId, { state, binding: 'b'.repeat(1024) })
    if (challenge.passed) throw new Error('There is no second step.')
    const answer = { code: phone.next(), binding: 'b'.repeat(1024) }
    const result = await world.twoFactor.completeChallenge(challenge.token, answer)
    expect(result).toMatchObject({ ok: true, userId, state })
    const { code, message } = await faultOf(() => world.twoFactor.challenge(userId, { state: '€'.repeat(350) }))
    expect([code, message]).toEqual(['invalid_option', expect.stringContaining('state')])
  })

  test('a state is counted in bytes of UTF-8: of a text those of itself, of anything else those of its JSON', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const longest = { text: '"'.repeat(1024), list: ['x'.repeat(1020)] }
    const tooLong = { text: `${longest.text}"`, list: ['x'.repeat(1021)] }
    for (const state of [longest.text, longest.list]) {
      const challenge = await world.twoFactor.challenge('ann', { state })
      if (challenge.passed) throw new Error('There is no second step.')
      const result = await world.twoFactor.completeChallenge(challenge.token, { code: phone.next() })
      expect(result).toMatchObject({ ok: true, state })
      world.clock.advance({ seconds: 60 })
    }
    for (const state of [tooLong.text, tooLong.list]) {
      const { code } = await faultOf(() => world.twoFactor.challenge('ann', { state }))
      expect(code).toBe('invalid_option')
    }
  })

  test.each([
    ['control characters', '\u0001'.repeat(1000)],
    ['quotes', '"'.repeat(1000)],
    ['backslashes in keys', { ['\\'.repeat(500)]: '\\'.repeat(200) }],
    ['lone surrogates', '\ud800'.repeat(300)],
  ])('an accepted state comes back, and never makes a challenge that cannot be completed: %s', async (_what, state) => {
    const world = createWorld()
    const userId = '"'.repeat(255)
    const { phone } = await enrolled(world, userId)
    const challenge = await world.twoFactor.challenge(userId, { state }).catch((error: { code: string }) => error)
    if ('code' in challenge) return expect(challenge.code).toBe('invalid_option')
    const token = challenge.passed ? '' : challenge.token
    expect(await world.twoFactor.completeChallenge(token, { code: phone.next() })).toMatchObject({ ok: true, state })
  })

  test.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['a cycle', cyclic()],
  ])('a state that is not JSON is a fault: %s', async (_what, state) => {
    const world = createWorld()
    await enrolled(world)
    const { code } = await faultOf(() => world.twoFactor.challenge('ann', { state: untyped(state) }))
    expect(code).toBe('invalid_option')
  })

  test('forged, foreign, cut and changed tokens are one outcome: sign in again', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    const elsewhere = createWorld()
    await enrolled(elsewhere)
    const device = await knownDevice(world, ann)
    const sealed = appsIn(await world.store.record('ann'))[0]?.secret
    const foreign = await challengeToken(elsewhere, 'ann')
    const flipped = token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    const middle = `${token.slice(0, 60)}${token[60] === 'A' ? 'B' : 'A'}${token.slice(61)}`
    const others = [
      foreign,
      flipped,
      middle,
      device,
      sealed,
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
    ]
    const fresh = await challengeToken(world, 'ann')
    world.store.forget()
    for (const forged of [...others, '', '.', 'a.b', 'x'.repeat(1_000_000)]) {
      const result = await world.twoFactor.completeChallenge(untyped(forged), { code: ann.phone.code() })
      expect(result).toEqual({ ok: false, reason: 'challenge-expired', retryAfterSeconds: null })
    }
    expect(world.store.saves).toBe(0)
    expect(await world.twoFactor.completeChallenge(fresh, { code: ann.phone.next() })).toMatchObject({ ok: true })
  })

  test("a user's code does not answer another user's challenge", async () => {
    const world = createWorld()
    const [ann, ben] = [await enrolled(world, 'ann'), await enrolled(world, 'ben')]
    const token = await challengeToken(world, 'ann')
    expect((await world.twoFactor.completeChallenge(token, { code: ben.phone.next() })).ok).toBe(false)
    expect((await world.twoFactor.completeChallenge(token, { code: ben.recoveryCodes[0] ?? '' })).ok).toBe(false)
    const result = await world.twoFactor.completeChallenge(token, { code: ann.phone.next() })
    expect(result).toMatchObject({ ok: true, userId: 'ann' })
  })

  test('a challenge is void after a changed password, after off, and after off and on again', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const expired = { ok: false, reason: 'challenge-expired', retryAfterSeconds: null }

    const beforePassword = await challengeToken(world, 'ann')
    await world.twoFactor.passwordChanged('ann')
    expect(await world.twoFactor.completeChallenge(beforePassword, { code: phone.next() })).toEqual(expired)

    const beforeOff = await challengeToken(world, 'ann')
    await world.twoFactor.disable('ann', { proof: { password: PASSWORD } })
    expect(await world.twoFactor.completeChallenge(beforeOff, { code: phone.code() })).toEqual(expired)

    const again = await enroll(world.twoFactor, 'ann')
    expect(await world.twoFactor.completeChallenge(beforeOff, { code: again.phone.next() })).toEqual(expired)
    expect(await signIn(world, 'ann', { code: again.phone.next() })).toMatchObject({ ok: true })
  })

  test('a challenge is void after staff reset the user, whoever enrolled since', async () => {
    const world = createWorld()
    await enrolled(world)
    const token = await challengeToken(world, 'ann')
    await world.twoFactor.admin.reset('ann', { by: 'support', note: 'lost phone' })
    const again = await enroll(world.twoFactor, 'ann')
    const result = await world.twoFactor.completeChallenge(token, { code: again.phone.next() })
    expect(result).toMatchObject({ ok: false, reason: 'challenge-expired' })
  })

  test('a challenge under a removed key is expired, one under an older key is valid', async () => {
    const oldKey = generateKey('old')
    const world = createWorld({ keys: oldKey })
    const { phone } = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    const rotated = world.another({ keys: `${generateKey('new')},${oldKey}` })
    expect(await rotated.completeChallenge(token, { code: phone.next() })).toMatchObject({ ok: true })
    const gone = world.another({ keys: generateKey('other') })
    const result = await gone.completeChallenge(token, { code: phone.next() })
    expect(result).toMatchObject({ ok: false, reason: 'challenge-expired' })
  })

  test('a challenge lasts its five minutes though others are completed meanwhile, at any time since it went on', async () => {
    for (const seconds of [0, 299, 300, 3600]) {
      const world = createWorld()
      const { phone, recoveryCodes } = await enrolled(world)
      world.clock.advance({ seconds })
      const first = await challengeToken(world, 'ann')
      for (const code of recoveryCodes.slice(0, 3)) {
        expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
        world.clock.advance({ seconds: 99 })
      }
      expect(await world.twoFactor.completeChallenge(first, { code: phone.next() })).toMatchObject({ ok: true })
      const again = await world.twoFactor.completeChallenge(first, { code: recoveryCodes[3] ?? '' })
      expect(again.ok).toBe(false)
    }
  })

  test('more successes within five minutes than are listed: the list stays short and no challenge succeeds twice', async () => {
    const world = createWorld()
    const recoveryCodes = Array.from({ length: 20 }, (_, index) => `RECV-ABCD-${String(index).padStart(4, '0')}`)
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret }], recoveryCodes })
    const phones = [virtualAuthenticator(`otpauth://totp/x?secret=${secret}`, { now: world.clock.now })]
    for (const name of ['two', 'three', 'four', 'five']) phones.push(await addPhone(world, 'ann', { name }))

    const spent: string[] = []
    const complete = async (code: string) => {
      const token = await challengeToken(world, 'ann')
      expect(await world.twoFactor.completeChallenge(token, { code })).toMatchObject({ ok: true })
      spent.push(token)
      const { used = [], previous = null } = (await world.store.record('ann'))?.challenges ?? {}
      expect(used.length + (previous?.used.length ?? 0)).toBeLessThanOrEqual(64)
    }
    for (const code of recoveryCodes.slice(0, 19)) await complete(code)
    for (let step = 0; step < 10; step += 1) {
      for (const phone of phones) await complete(phone.next())
      if (step < 9) world.clock.advance({ seconds: 30 })
    }
    expect([spent.length, world.clock.now()]).toEqual([69, START + 270_000])

    const last = recoveryCodes[19] ?? ''
    for (const token of spent) {
      expect((await world.twoFactor.completeChallenge(token, { code: last })).ok).toBe(false)
    }
    expect(await signIn(world, 'ann', { code: last })).toMatchObject({ ok: true })
  })
})

describe('verify', () => {
  test('is the second step without a challenge', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    expect(await world.twoFactor.verify('ann', { code: phone.next() })).toEqual({
      ok: true,
      method: 'totp',
      recoveryCodesLeft: 10,
      device: { token: expect.any(String), expiresAtMs: START + 400 * DAY, trusted: false },
      assurance: { amr: ['otp'], phishingResistant: false, atMs: START },
    })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    expect(await world.twoFactor.verify('ann', { code: recoveryCodes[3] ?? '' })).toMatchObject({
      ok: true,
      method: 'recovery-code',
      recoveryCodesLeft: 9,
    })
  })

  test('uses up the code for sign-in too, and the other way round', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const [first, second] = [phone.next(), phone.next()]
    expect(await world.twoFactor.verify('ann', { code: first })).toMatchObject({ ok: true })
    expect(await signIn(world, 'ann', { code: first })).toMatchObject({ ok: false, reason: 'code-used' })
    expect(await signIn(world, 'ann', { code: second })).toMatchObject({ ok: true })
    expect(await world.twoFactor.verify('ann', { code: second })).toMatchObject({ ok: false, reason: 'code-used' })
  })

  test('says `not-enabled` if there is nothing to verify against, and writes nothing', async () => {
    const world = createWorld()
    const result = await world.twoFactor.verify('ann', { code: '123456' })
    expect(result).toEqual({ ok: false, reason: 'not-enabled', retryAfterSeconds: null })
    expect(world.store.saves).toBe(0)
  })
})

test('a code from an Arabic or Persian keyboard signs in once, however it is spelled the second time', async () => {
  const world = createWorld()
  const { phone, recoveryCodes } = await enrolled(world)
  const code = phone.next()
  const inScript = (zero: number) => [...code].map((digit) => String.fromCodePoint(zero + Number(digit))).join('\u200f')
  expect(await world.twoFactor.verify('ann', { code: inScript(0x660) })).toMatchObject({ ok: true, method: 'totp' })
  for (const again of [inScript(0x6f0), inScript(0xff10), code]) {
    expect(await world.twoFactor.verify('ann', { code: again })).toMatchObject({ ok: false, reason: 'code-used' })
  }
  const [recoveryCode = ''] = recoveryCodes
  const copied = [...recoveryCode].join('\u200b')
  expect(await world.twoFactor.verify('ann', { code: copied })).toMatchObject({ ok: true, method: 'recovery-code' })
  expect(await world.twoFactor.verify('ann', { code: recoveryCode })).toMatchObject({ reason: 'code-used' })
})

describe('what a person may have typed', () => {
  test.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['five digits', '12345'],
    ['seven digits', '1234567'],
    ['letters', 'abcdef'],
    ['a number', 123456],
    ['null', null],
    ['undefined', undefined],
    ['an array', ['123456']],
    ['an object', { toString: '123456' }],
    ['true', true],
    ['a very long text', '1'.repeat(5_000_000)],
    ['a very long text of dashes', '-'.repeat(5_000_000)],
    ['a lone surrogate', '\ud83d12345'],
    ['a NUL', '12345\u0000'],
    ['an emoji', '1️⃣2️⃣3️⃣'],
  ])('%s is a wrong code, and no failure: nothing is written', async (_what, code) => {
    const world = createWorld()
    await enrolled(world)
    const token = await challengeToken(world, 'ann')
    world.store.forget()
    const wrong = { ok: false, reason: 'wrong-code', retryAfterSeconds: null }
    expect(await world.twoFactor.completeChallenge(token, { code: untyped(code) })).toEqual(wrong)
    expect(await world.twoFactor.verify('ann', { code: untyped(code) })).toEqual(wrong)
    expect(world.store.saves).toBe(0)
  })

  test('hundreds of wrong shapes do not delay the right code', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    for (let time = 0; time < 300; time += 1) await world.twoFactor.completeChallenge(token, { code: '12345' })
    expect(await world.twoFactor.completeChallenge(token, { code: phone.next() })).toMatchObject({ ok: true })
  })
})

test('a backend created for each request behaves like one kept for all', async () => {
  const world = createWorld()
  const { phone } = await enrolled(world)
  const challenge = await world.another().challenge('ann')
  if (challenge.passed) throw new Error('There is no second step.')
  const result = await world.another().completeChallenge(challenge.token, { code: phone.next() })
  expect(result).toMatchObject({ ok: true })
  const again = await world.another().completeChallenge(challenge.token, { code: phone.next() })
  expect(again).toMatchObject({ ok: false, reason: 'challenge-used' })
})

test('by default the engine follows Date, so fake timers work', async ({ onTestFinished }) => {
  const { vi } = await import('vitest')
  vi.useFakeTimers({ now: START })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const world = createWorld()
  const twoFactor = createTwoFactor({ issuer: 'Acme', store: world.store, keys: world.keys })
  const { phone } = await enroll(twoFactor, 'ann')
  const challenge = await twoFactor.challenge('ann')
  expect(challenge).toMatchObject({ expiresAtMs: START + 5 * MINUTE })
  vi.setSystemTime(START + 5 * MINUTE)
  const token = challenge.passed ? '' : challenge.token
  expect(await twoFactor.completeChallenge(token, { code: phone.next() })).toMatchObject({
    reason: 'challenge-expired',
  })
})

function cyclic(): unknown {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}

describe('the tokens of several users in one browser', () => {
  test('are tried in turn, and those of others are returned to be kept', async () => {
    const world = createWorld()
    const [ann, ben] = [await enrolled(world), await enrolled(world, 'ben')]
    const device = await knownDevice(world, ann, { trustDevice: true })
    const bens = await knownDevice(world, ben)
    const token = await challengeToken(world, 'ann')
    const list = [bens, 'x', device]
    const result = await world.twoFactor.completeChallenge(token, { code: ann.phone.next(), device: list })
    expect(result).toMatchObject({ ok: true, device: { trusted: true, others: [bens, 'x'] } })
    expect(await world.twoFactor.challenge('ann', { device: list })).toMatchObject({ because: 'trusted-device' })
    const tooMany = ['1', '2', '3', '4', '5', device]
    expect(await world.twoFactor.challenge('ann', { device: tooMany })).toMatchObject({ passed: false })
  })
})

function bytesOf(number: number): number[] {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255)
}
