import { keyRing } from 'countersign'
import { virtualAuthenticator } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../src/encoding/utf8.ts'
import { createVault } from '../../src/vault/vault.ts'
import { createWorld, enrolled, faultOf, knownDevice, START, untyped, type World } from '../world.ts'

const amr = ['pwd']

async function signInWith(world: World, code: string, firstFactor?: string[]) {
  const challenge = await world.twoFactor.challenge('ann', { amr: firstFactor })
  if (challenge.passed) throw new Error('No second step was asked for.')
  return world.twoFactor.completeChallenge(challenge.token, { code })
}

describe('the assurance of a sign-in', () => {
  test('by an app has otp and the time, and mfa only if the host named a first factor [CS-AMR-01]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const named = await signInWith(world, phone.next(), amr)
    expect(named).toMatchObject({ assurance: { amr: ['pwd', 'otp', 'mfa'], phishingResistant: false, atMs: START } })
    world.clock.advance({ seconds: 30 })
    expect(await signInWith(world, phone.next())).toMatchObject({ assurance: { amr: ['otp'], atMs: START + 30_000 } })
  })

  test('by a recovery code has no value for it [CS-AMR-02]', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const [one = '', two = ''] = recoveryCodes
    const named = await signInWith(world, one, amr)
    expect(named).toMatchObject({ assurance: { amr: ['pwd', 'mfa'], phishingResistant: false, atMs: START } })
    const unnamed = await signInWith(world, two)
    expect(unnamed).toMatchObject({ assurance: { amr: [], phishingResistant: false, atMs: START } })
  })

  test('without a second step is that of the first factor, and has no time [CS-AMR-05]', async () => {
    const world = createWorld()
    const off = await world.twoFactor.challenge('ann', { amr })
    expect(off).toMatchObject({ passed: true, assurance: { amr, phishingResistant: false, atMs: null } })
    const device = await knownDevice(world, await enrolled(world), { trustDevice: true })
    const trusted = await world.twoFactor.challenge('ann', { amr, device })
    const assurance = { amr, phishingResistant: false, atMs: null }
    expect(trusted).toMatchObject({ because: 'trusted-device', assurance })
  })

  test('by a setup has no mfa: whoever passed the first factor chose the second [CS-AMR-04]', async () => {
    const world = createWorld({ isRequired: () => true })
    const challenge = await world.twoFactor.challenge('ann', { amr })
    if (challenge.passed) throw new Error('No setup was required.')
    const offer = await world.twoFactor.beginRequiredSetup(challenge.token, { accountName: 'ann' })
    if (!offer.ok) throw new Error(offer.reason)
    const code = virtualAuthenticator(offer.uri, { now: world.clock.now }).next()
    expect(await world.twoFactor.completeChallenge(challenge.token, { code, setupToken: offer.token })).toMatchObject({
      assurance: { amr: ['pwd', 'otp'], phishingResistant: false, atMs: START },
    })
  })

  test('has each value once, whatever the first factor was', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const result = await signInWith(world, phone.next(), ['otp', 'mfa', 'otp'])
    expect(result).toMatchObject({ assurance: { amr: ['otp', 'mfa'] } })
  })

  test('of an older challenge, without a first factor, names none', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const record = await world.store.record('ann')
    const claims = ['ann', 'verify', record?.challenges.epoch, START, null, null]
    const vault = createVault(keyRing(world.keys), world.random)
    const token = vault.seal({ purpose: 'challenge', userId: '' }, utf8Bytes(JSON.stringify(claims)))
    const result = await world.twoFactor.completeChallenge(token, { code: phone.next() })
    expect(result).toMatchObject({ assurance: { amr: ['otp'] } })
  })

  test('has up to eight values of the first factor', async () => {
    const world = createWorld()
    const eight = Array.from({ length: 8 }, (_, index) => `v${index}`)
    const challenge = await world.twoFactor.challenge('ann', { amr: eight })
    expect(challenge).toMatchObject({ passed: true, assurance: { amr: eight } })
  })

  test.each([
    ['no list', 'pwd'],
    ['a value that is no text', [1]],
    ['a right value beside a wrong one', ['pwd', '']],
    ['an empty value', ['']],
    ['a value with a space', ['a b']],
    ['a value too long', ['x'.repeat(33)]],
    ['too many values', Array.from({ length: 9 }, (_, index) => `v${index}`)],
  ])('refuses %s as `amr`', async (_what, given) => {
    const world = createWorld()
    const fault = await faultOf(() => world.twoFactor.challenge('ann', { amr: untyped(given) }))
    expect(fault).toMatchObject({ code: 'invalid_option', message: expect.stringMatching(/^amr must be/) })
  })
})

test('the assurance of a step-up has what was passed now, and its time', async () => {
  const world = createWorld()
  const { phone, recoveryCodes } = await enrolled(world)
  const [code = ''] = recoveryCodes
  const byPhone = await world.twoFactor.verify('ann', { code: phone.next() })
  expect(byPhone).toMatchObject({ assurance: { amr: ['otp'], phishingResistant: false, atMs: START } })
  const byCode = await world.twoFactor.verify('ann', { code })
  expect(byCode).toMatchObject({ assurance: { amr: [], phishingResistant: false, atMs: START } })
})
