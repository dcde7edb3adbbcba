import { parseOtpauthUri } from 'countersign/otp'
import { enroll } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { sealChallenge } from '../../src/engine/challenge-token.ts'
import { keyRing } from '../../src/vault/key-ring.ts'
import { createVault } from '../../src/vault/vault.ts'
import {
  challengeToken,
  createWorld,
  DAY,
  enrolled,
  MINUTE,
  PASSWORD,
  phoneFor,
  START,
  signIn,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const isRequired = () => true
const expired = { ok: false, reason: 'challenge-expired', retryAfterSeconds: null }

describe('a user who must have two-factor authentication and has none', () => {
  test('is asked to set it up; the first time, a record is begun that the token belongs to', async () => {
    const world = createWorld({ isRequired: (userId) => userId === 'ann' })
    expect(await world.twoFactor.challenge('ann')).toEqual({
      passed: false,
      action: 'setup',
      token: expect.any(String),
      expiresAtMs: START + 5 * MINUTE,
      methods: ['totp'],
      totpDigits: [6],
      passkey: null,
      trustDeviceDays: 30,
    })
    expect(await world.twoFactor.challenge('ben')).toMatchObject({ passed: true, because: 'not-enabled' })
    expect([world.store.loads, world.store.saves]).toEqual([3, 1])
    expect(world.store.changes).toMatchObject([{ expected: null, enabledAtMs: null, events: [] }])
    await world.twoFactor.challenge('ann')
    expect([world.store.loads, world.store.saves]).toEqual([4, 1])
    expect((await world.twoFactor.status('ann')).required).toBe(true)
  })

  test('sets it up with the challenge, and one code confirms it and signs in, in one write', async () => {
    const world = createWorld({ isRequired })
    const challenge = await world.twoFactor.challenge('ann', { state: { next: '/home' } })
    const token = challenge.passed ? '' : challenge.token
    const begun = await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann:x', name: 'Phone' })
    if (!begun.ok) throw new Error(begun.reason)
    expect(begun.expiresAtMs).toBe(START + 5 * MINUTE)
    expect(parseOtpauthUri(begun.uri)).toMatchObject({ issuer: 'Acme Cloud', accountName: 'ann-x' })
    const phone = phoneFor(world, begun)
    world.store.forget()

    const code = phone.next()
    const result = await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code })
    expect(result).toEqual({
      ok: true,
      userId: 'ann',
      method: 'totp',
      recoveryCodesLeft: 10,
      recoveryCodes: expect.any(Array),
      device: { token: expect.any(String), expiresAtMs: START + 400 * DAY, trusted: false },
      state: { next: '/home' },
      assurance: { amr: ['otp'], phishingResistant: false, atMs: START },
    })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    expect(world.store.changes[0]?.enabledAtMs).toBe(START)
    expect(await world.twoFactor.status('ann')).toMatchObject({ enabled: true, authenticators: [{ name: 'Phone' }] })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ reason: 'code-used' })
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
  })

  test('may skip the code on this device afterwards, if they asked for that', async () => {
    const world = createWorld({ isRequired })
    const token = await challengeToken(world, 'ann')
    const phone = await beginRequired(world, token)
    const result = await world.twoFactor.completeChallenge(token, {
      setupToken: phone.setupToken,
      code: phone.next(),
      trustDevice: true,
    })
    if (!result.ok) throw new Error(result.reason)
    expect(result.device.trusted).toBe(true)
    expect(await world.twoFactor.challenge('ann', { device: result.device.token })).toMatchObject({ passed: true })
  })

  test('gets the challenge of an ordinary sign-in from then on', async () => {
    const world = createWorld({ isRequired })
    await enrolled(world)
    expect(await world.twoFactor.challenge('ann')).toMatchObject({
      action: 'verify',
      methods: ['totp', 'recovery-code'],
    })
  })

  test('cannot turn it off', async () => {
    const world = createWorld({ isRequired })
    const { phone } = await enrolled(world)
    const refused = { ok: false, reason: 'two-factor-required', retryAfterSeconds: null }
    expect(await world.twoFactor.disable('ann', { proof: { password: PASSWORD } })).toEqual(refused)
    expect(await world.twoFactor.disable('ann', { proof: { code: phone.next() } })).toEqual(refused)
    expect([world.store.saves, world.passwordsChecked]).toEqual([0, []])
  })
})

describe('the token of a required setup', () => {
  test('signs nobody in before there is a setup', async () => {
    const world = createWorld({ isRequired })
    const token = await challengeToken(world, 'ann')
    const result = await world.twoFactor.completeChallenge(token, { code: '123456' })
    expect(result).toEqual({ ok: false, reason: 'setup-expired', retryAfterSeconds: null })
  })

  test('takes wrong codes ten times, then the setup is over and another can begin', async () => {
    const world = createWorld({ isRequired })
    const token = await challengeToken(world, 'ann')
    const phone = await beginRequired(world, token)
    for (let time = 0; time < 10; time += 1) {
      const code = wrongCode(world, phone)
      expect(await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code })).toMatchObject({
        reason: 'wrong-code',
      })
    }
    const late = await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code: phone.next() })
    expect(late).toMatchObject({ ok: false, reason: 'setup-expired' })
    const again = await beginRequired(world, token)
    expect(
      await world.twoFactor.completeChallenge(token, { setupToken: again.setupToken, code: again.next() }),
    ).toMatchObject({ ok: true })
  })

  test('succeeds once', async () => {
    const world = createWorld({ isRequired })
    const token = await challengeToken(world, 'ann')
    const phone = await beginRequired(world, token)
    expect(
      await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code: phone.next() }),
    ).toMatchObject({ ok: true })
    const used = { ok: false, reason: 'challenge-used', retryAfterSeconds: null }
    expect(
      await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code: phone.next() }),
    ).toEqual(used)
    expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(used)
  })

  test('ends after five minutes', async () => {
    const world = createWorld({ isRequired })
    const token = await challengeToken(world, 'ann')
    const phone = await beginRequired(world, token)
    world.clock.advance({ seconds: 300 })
    expect(
      await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code: phone.next() }),
    ).toEqual(expired)
    expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)
  })

  test('is bound to its browser, for both steps', async () => {
    const world = createWorld({ isRequired })
    const challenge = await world.twoFactor.challenge('ann', { binding: 'mine' })
    const token = challenge.passed ? '' : challenge.token
    expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)
    const phone = await beginRequired(world, token, 'mine')
    const code = phone.next()
    expect(
      await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code, binding: 'yours' }),
    ).toEqual(expired)
    expect(
      await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code, binding: 'mine' }),
    ).toMatchObject({ ok: true })
  })

  test('is void once the user has an authenticator from elsewhere: it adds none and replaces none', async () => {
    const world = createWorld({ isRequired })
    const token = await challengeToken(world, 'ann')
    const mine = await beginRequired(world, token)
    await enroll(world.twoFactor, 'ann')
    expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)
    expect(await world.twoFactor.completeChallenge(token, { setupToken: mine.setupToken, code: mine.next() })).toEqual(
      expired,
    )
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(1)
  })

  test('is void after a changed password, though there was no record', async () => {
    const world = createWorld({ isRequired })
    const [before, begun] = [await challengeToken(world, 'ann'), await challengeToken(world, 'ann')]
    const phone = await beginRequired(world, begun)
    await world.twoFactor.passwordChanged('ann')
    expect(await world.twoFactor.beginRequiredSetup(before, { accountName: 'ann' })).toEqual(expired)
    expect(
      await world.twoFactor.completeChallenge(begun, { setupToken: phone.setupToken, code: phone.next() }),
    ).toEqual(expired)

    const fresh = createWorld({ isRequired })
    const token = await challengeToken(fresh, 'ben')
    await fresh.twoFactor.passwordChanged('ben')
    expect(await fresh.twoFactor.beginRequiredSetup(token, { accountName: 'ben' })).toEqual(expired)
    const next = await challengeToken(fresh, 'ben')
    expect(await fresh.twoFactor.beginRequiredSetup(next, { accountName: 'ben' })).toMatchObject({ ok: true })
  })

  test('is worth nothing where another deployment shares the keys: not begun, not completed, no state handed over', async () => {
    const here = createWorld({ isRequired })
    const there = createWorld({ isRequired, keys: here.keys })
    const challenge = await here.twoFactor.challenge('ann', { state: { plan: 'gold' } })
    const token = challenge.passed ? '' : challenge.token
    expect(await there.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)

    const phone = await beginRequired(there, await challengeToken(there, 'ann'))
    expect(await there.twoFactor.completeChallenge(token, typed(phone))).toEqual(expired)
    expect((await there.twoFactor.status('ann')).enabled).toBe(false)
  })

  test('is worth nothing there either if the user has only failures on record', async () => {
    const here = createWorld({ isRequired })
    const there = createWorld({ isRequired, keys: here.keys })
    for (const world of [here, there]) {
      await world.twoFactor.beginSetup('ann', { proof: { password: 'wrong' }, accountName: 'ann' })
    }
    const token = await challengeToken(here, 'ann')
    expect(await there.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)
  })

  test('that names no epoch, as earlier versions made them, is expired', async () => {
    const world = createWorld({ isRequired })
    const vault = createVault(keyRing(world.keys), world.random)
    const epoch = untyped<string>(null)
    const claims = {
      userId: 'ann',
      action: 'setup',
      epoch,
      issuedAtMs: START,
      binding: null,
      state: null,
      amr: [],
    } as const
    const token = sealChallenge(vault, claims)
    expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)
    expect(await world.twoFactor.completeChallenge(token, { code: '123456' })).toEqual(expired)
  })

  test('signs nobody in once it is no longer required: nothing is activated', async () => {
    let required = true
    const world = createWorld({ isRequired: () => required })
    const token = await challengeToken(world, 'ann')
    const phone = await beginRequired(world, token)
    required = false
    expect(await world.twoFactor.completeChallenge(token, typed(phone))).toEqual(expired)
    expect((await world.twoFactor.status('ann')).enabled).toBe(false)
    required = true
    expect(await world.twoFactor.completeChallenge(token, typed(phone))).toMatchObject({ ok: true })
  })

  test('ends with the record: after a reset it begins nothing', async () => {
    const world = createWorld({ isRequired })
    const token = await challengeToken(world, 'ann')
    const phone = await beginRequired(world, token)
    await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code: phone.next() })
    await world.twoFactor.admin.reset('ann', { by: 'x', note: 'y' })
    expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)
  })

  test("of a sign-in with a code begins no setup: whoever lacks the second factor can't bring a new one [CS-GATE-05]", async () => {
    const world = createWorld({ isRequired })
    await enrolled(world)
    const token = await challengeToken(world, 'ann')
    expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })).toEqual(expired)
    expect(world.store.saves).toBe(0)
  })

  test.each([undefined, null, '', 5, {}, [], true, 'a.b', 'x'.repeat(100_000)])(
    'given as %j is expired',
    async (token) => {
      const world = createWorld({ isRequired })
      expect(await world.twoFactor.beginRequiredSetup(untyped(token), { accountName: 'ann' })).toEqual(expired)
    },
  )

  test("is no proof for a signed-in user's own setup of another authenticator", async () => {
    let required = true
    const world = createWorld({ isRequired: () => required })
    const token = await challengeToken(world, 'ann')
    required = false
    await enrolled(world)
    const proof = { password: PASSWORD }
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    if (!begun.ok) throw new Error(begun.reason)
    const tablet = phoneFor(world, begun)
    expect(
      await world.twoFactor.completeChallenge(token, { setupToken: tablet.setupToken, code: tablet.next() }),
    ).toEqual(expired)
  })
})

describe('isRequired', () => {
  test.each([1, 'yes', undefined, null, 0, {}])('that gives %j is a fault, never a "no"', async (answer) => {
    const world = createWorld({ isRequired: untyped(() => answer) })
    const refused = expect.objectContaining({ code: 'hook_invalid' })
    await expect(world.twoFactor.challenge('ann')).rejects.toEqual(refused)
    await expect(world.twoFactor.status('ann')).rejects.toEqual(refused)
    await expect(world.twoFactor.disable('ann', { proof: { password: PASSWORD } })).rejects.toEqual(refused)
    await expect(world.twoFactor.passwordChanged('ann')).rejects.toEqual(refused)
  })

  test('that rejects: the caller gets the error, and nothing is skipped', async () => {
    const world = createWorld({
      isRequired: async () => {
        throw new Error('directory down')
      },
    })
    await expect(world.twoFactor.challenge('ann')).rejects.toThrow('directory down')
  })

  test('is not called if the user has it on: a directory that is down prevents no sign-in', async () => {
    const world = createWorld({
      isRequired: async () => {
        throw new Error('directory down')
      },
    })
    const { phone } = await enrolled(world)
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
  })

  test('is called once per operation', async () => {
    const asked: string[] = []
    const world = createWorld({ isRequired: (userId) => asked.push(userId) > 0 })
    await world.twoFactor.challenge('ann')
    await world.twoFactor.disable('ben', { proof: { password: PASSWORD } })
    expect(asked).toEqual(['ann', 'ben'])
  })
})

async function beginRequired(world: World, token: string, binding?: string) {
  const begun = await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann', binding })
  if (!begun.ok) throw new Error(begun.reason)
  return phoneFor(world, begun)
}

/** What the person sends: the code that the phone shows next, with the token of its setup. */
function typed(phone: { next(): string; setupToken: string }) {
  return { setupToken: phone.setupToken, code: phone.next() }
}
