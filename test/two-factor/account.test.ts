import { enroll } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import {
  addPhone,
  createWorld,
  enrolled,
  faultOf,
  knownDevice,
  MINUTE,
  PASSWORD,
  phoneFor,
  START,
  sealedIn,
  signIn,
  textsIn,
  untyped,
  wrongCode,
} from '../world.ts'

const proof = { password: PASSWORD }
const open = { state: 'open', untilMs: null }

describe('status', () => {
  test('of a user who has nothing', async () => {
    const world = createWorld()
    expect(await world.twoFactor.status('ann')).toEqual({
      enabled: false,
      required: false,
      enabledAtMs: null,
      authenticators: [],
      authenticatorTypes: ['totp'],
      pendingSetup: null,
      recoveryCodes: { total: 0, left: 0, createdAtMs: null, savedAtMs: null, viewable: false, issued: [] },
      trustedDevices: [],
      totpDigits: [6],
      trustDeviceDays: 30,
      throttle: { knownDevices: open, strangers: open, recoveryCodes: open, passwords: open },
      changes: [],
      acceptedProofs: ['password'],
    })
    expect([world.store.loads, world.store.saves, world.events]).toEqual([1, 0, []])
  })

  test('holds no secret, no code and no token', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    const device = await knownDevice(world, { userId: 'ann', phone, recoveryCodes: [] }, { trustDevice: true })
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    const texts = textsIn(await world.twoFactor.status('ann')).join('\n')
    const secrets = [phone.secret, device, begun.ok ? begun.secret : '', ...(phone.recoveryCodes ?? [])]
    const sealed = sealedIn(await world.store.record('ann'))
    for (const secret of [...secrets, ...sealed]) expect(texts).not.toContain(secret)
  })

  test('shows a setup that has begun: what it replaces, and until when it can be confirmed', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', name: 'Tablet', replaces: phone.id })
    const { pendingSetup } = await world.twoFactor.status('ann')
    expect(pendingSetup).toEqual({
      type: 'totp',
      name: 'Tablet',
      replaces: [phone.id],
      expiresAtMs: START + 10 * MINUTE,
    })
    world.clock.set(START + 10 * MINUTE)
    expect((await world.twoFactor.status('ann')).pendingSetup).toBeNull()
  })

  test('lists the last ten security changes, the last one first', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    for (let time = 0; time < 12; time += 1) {
      world.clock.advance({ seconds: 1 })
      await world.twoFactor.renameAuthenticator('ann', { id: phone.id, name: `name ${time}` })
    }
    world.clock.advance({ seconds: 1 })
    await world.twoFactor.passwordChanged('ann')
    const { changes } = await world.twoFactor.status('ann')
    expect(changes).toHaveLength(10)
    expect(changes[0]).toEqual({ type: 'password.changed', atMs: START + 13_000 })
    expect(changes.map(({ atMs }) => atMs)).toEqual(changes.map(({ atMs }) => atMs).sort((a, b) => b - a))
  })

  test('changing its result changes nothing', async () => {
    const world = createWorld()
    await enrolled(world)
    const status = await world.twoFactor.status('ann')
    status.authenticators.length = 0
    status.changes.length = 0
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(1)
  })
})

describe('disable', () => {
  test('leaves nothing behind: the record is gone [CS-REVOKE-03]', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    expect(await world.twoFactor.disable('ann', { proof })).toEqual({ ok: true })
    expect(world.store.changes.at(-1)).toMatchObject({ record: null, enabledAtMs: null })
    expect(await world.store.record('ann')).toBeNull()
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ passed: true, because: 'not-enabled' })
    expect((await world.twoFactor.status('ann')).enabled).toBe(false)
    for (const code of [phone.next(), ...recoveryCodes]) {
      expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: false, reason: 'not-enabled' })
    }
  })

  test('on again, nothing from before works: no code, no recovery code, no device, no token [CS-GATE-02]', async () => {
    const world = createWorld()
    const { twoFactor } = world
    const before = await enrolled(world)
    const device = await knownDevice(world, before, { trustDevice: true })
    const challenge = await twoFactor.challenge('ann')
    const setup = await twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    const viewed = await twoFactor.viewRecoveryCodes('ann', { proof })
    const issued = await twoFactor.admin.issueRecoveryCode('ann', { by: 'sam', note: 'lost phone' })
    if (challenge.passed || !setup.ok || !viewed.ok || !issued.ok) throw new Error('Nothing is there to try later.')
    const tablet = phoneFor(world, setup)
    await twoFactor.disable('ann', { proof })
    const after = await enroll(twoFactor, 'ann')
    const { token } = challenge
    const reasons = [
      await twoFactor.completeChallenge(token, { code: after.phone.code() }),
      await twoFactor.confirmSetup('ann', { token: setup.token, code: tablet.code() }),
      await twoFactor.regenerateRecoveryCodes('ann', { proof: { token: viewed.token } }),
      await twoFactor.verify('ann', { code: issued.recoveryCode }),
    ].map((result) => (result.ok ? 'ok' : result.reason))
    expect(reasons).toEqual(['challenge-expired', 'setup-expired', 'proof-required', 'wrong-code'])
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
    for (const code of [before.phone.next(), ...before.recoveryCodes.slice(0, 3)]) {
      expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: false, reason: 'wrong-code' })
    }
    await world.twoFactor.verify('ann', { code: wrongCode(world, before.phone), device })
    expect(world.events.at(-1)).toMatchObject({ type: 'code.wrong', knownDevice: false })
  })

  test('of a user who has only begun to set it up is `not-enabled`', async () => {
    const world = createWorld()
    await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    const refused = { ok: false, reason: 'not-enabled', retryAfterSeconds: null }
    expect(await world.twoFactor.disable('ann', { proof })).toEqual(refused)
    expect(await world.twoFactor.disable('ben', { proof })).toEqual(refused)
  })
})

describe('passwordChanged', () => {
  test('ends what is outstanding and leaves two-factor authentication on', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    if (!begun.ok) throw new Error(begun.reason)
    expect(await world.twoFactor.passwordChanged('ann')).toEqual({ ok: true })
    const tablet = phoneFor(world, begun)
    const typed = { token: tablet.setupToken, code: tablet.next() }
    expect(await world.twoFactor.confirmSetup('ann', typed)).toMatchObject({
      reason: 'setup-expired',
    })
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
    expect(await signIn(world, 'ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  })

  test('of a user who has nothing writes nothing and emits no event', async () => {
    const world = createWorld()
    expect(await world.twoFactor.passwordChanged('ann')).toEqual({ ok: true })
    expect([world.store.saves, world.events]).toEqual([0, []])
  })

  test.each([1, 'true', {}, [], null])('keepTrustedDevices given as %j keeps none', async (keepTrustedDevices) => {
    const world = createWorld()
    const device = await knownDevice(world, await enrolled(world), { trustDevice: true })
    await world.twoFactor.passwordChanged('ann', { keepTrustedDevices: untyped(keepTrustedDevices) })
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
  })

  test('leaves a device known: strangers don’t make its owner wait', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann)
    await world.twoFactor.passwordChanged('ann')
    await world.twoFactor.verify('ann', { code: wrongCode(world, ann.phone), device })
    expect(world.events.at(-1)).toMatchObject({ type: 'code.wrong', knownDevice: true })
  })
})

describe('user ids', () => {
  test.each([
    ['one character', 'a'],
    ['255 characters', 'x'.repeat(255)],
    ['255 characters of three bytes', '漢'.repeat(255)],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['toString', 'toString'],
    ['spaces', '   '],
    ['a line break', 'a\nb'],
    ['a NUL', 'a\u0000b'],
    ['an emoji', '💥'],
    ['a path', '../../etc/passwd'],
    ['SQL', "'; drop table users; --"],
  ])('%s is one like any other', async (_what, userId) => {
    const world = createWorld()
    await enrolled(world, 'somebody')
    expect(await world.twoFactor.challenge(userId)).toMatchObject({ passed: true, because: 'not-enabled' })
    const phone = await addPhone(world, userId.slice(0, 200))
    expect(phone.recoveryCodes).toHaveLength(10)
    const { phone: other } = await enrolled(world, userId.length > 200 ? userId : `${userId}2`)
    const id = userId.length > 200 ? userId : `${userId}2`
    expect(await signIn(world, id, { code: other.next() })).toMatchObject({ ok: true, userId: id })
  })

  test('that differ in one character, in case or in composition are different users', async () => {
    const world = createWorld()
    const ids = ['é', 'e\u0301', 'E', 'e', 'e ', ' e']
    for (const id of ids) {
      expect((await world.twoFactor.status(id)).enabled).toBe(false)
      await enrolled(world, id)
    }
  })

  test.each([
    ['empty text', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a lone high surrogate', 'a\ud800'],
    ['a lone low surrogate', '\udc00a'],
    ['surrogates the wrong way round', '\udc00\ud800'],
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['NaN', Number.NaN],
    ['an object', {}],
    ['a list of one text', ['ann']],
    ['true', true],
    ['a String object', new Object('ann')],
  ])('%s is a fault that names userId, in every operation, before any I/O', async (_what, userId) => {
    const world = createWorld()
    const { twoFactor } = world
    const id = untyped<string>(userId)
    const staff = { by: 'x', note: 'y' }
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    const calls = [
      () => twoFactor.challenge(id),
      () => twoFactor.verify(id, { code: '123456' }),
      () => twoFactor.beginSetup(id, { proof, accountName: 'ann' }),
      () => twoFactor.confirmSetup(id, { token: 'x', code: '123456' }),
      () => twoFactor.resumeSetup(id, { token: 'x' }),
      () => twoFactor.cancelSetup(id, { token: 'x' }),
      () => twoFactor.markRecoveryCodesSaved(id, { createdAtMs: START }),
      () => twoFactor.status(id),
      () => twoFactor.viewRecoveryCodes(id, { proof }),
      () => twoFactor.regenerateRecoveryCodes(id, { proof }),
      () => twoFactor.renameAuthenticator(id, { id: 'x', name: 'x' }),
      () => twoFactor.removeAuthenticator(id, { id: 'x', proof }),
      () => twoFactor.revokeTrustedDevices(id),
      () => twoFactor.disable(id, { proof }),
      () => twoFactor.passwordChanged(id),
      () => twoFactor.admin.reset(id, staff),
      () => twoFactor.admin.unlock(id, staff),
      () => twoFactor.admin.importUser(id, { authenticators: [{ secret }] }),
      () => twoFactor.admin.reseal(id),
    ]
    for (const call of calls) {
      const { code, message } = await faultOf(call)
      expect([code, message]).toEqual(['invalid_option', expect.stringContaining('userId')])
    }
    expect([world.store.loads, world.store.saves, world.passwordsChecked]).toEqual([0, 0, []])
  })
})
