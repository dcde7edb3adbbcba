import { describe, expect, test } from 'vitest'
import { createWorld, enrolled, faultOf, knownDevice, MINUTE, PASSWORD, START, untyped } from '../world.ts'

describe('beginStepUp', () => {
  test('says what is accepted, and returns a token for five minutes, with one read and no write', async () => {
    const world = createWorld()
    await enrolled(world)
    expect(await world.twoFactor.beginStepUp('ann')).toEqual({
      ok: true,
      token: expect.any(String),
      expiresAtMs: START + 5 * MINUTE,
      methods: ['totp', 'recovery-code'],
      totpDigits: [6],
      passkey: null,
    })
    expect([world.store.loads, world.store.saves, world.events]).toEqual([1, 0, world.events.slice(0, 1)])
  })

  test('has the method last used in this browser first', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann)
    const [code = ''] = ann.recoveryCodes
    const byCode = await world.twoFactor.verify('ann', { code, device })
    if (!byCode.ok) throw new Error(byCode.reason)
    expect(await world.twoFactor.beginStepUp('ann', { device })).toMatchObject({ methods: ['totp', 'recovery-code'] })
    const again = await world.twoFactor.beginStepUp('ann', { device: byCode.device.token })
    expect(again).toMatchObject({ methods: ['recovery-code', 'totp'] })
  })

  test('is refused if two-factor authentication is off, or only begun', async () => {
    const world = createWorld()
    const off = { ok: false, reason: 'not-enabled', retryAfterSeconds: null }
    expect(await world.twoFactor.beginStepUp('ann')).toEqual(off)
    await world.twoFactor.beginSetup('ann', { proof: { password: PASSWORD }, accountName: 'ann' })
    expect(await world.twoFactor.beginStepUp('ann')).toEqual(off)
  })

  test('returns a token that completes no sign-in: there was no first factor', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const begun = await world.twoFactor.beginStepUp('ann', { binding: 'browser' })
    if (!begun.ok) throw new Error(begun.reason)
    const options = { code: phone.next(), binding: 'browser' }
    expect(await world.twoFactor.completeChallenge(begun.token, options)).toMatchObject({ reason: 'challenge-expired' })
    expect(await world.twoFactor.verify('ann', { code: options.code })).toMatchObject({ ok: true })
  })

  test.each([1, {}, 'x'.repeat(1025)])(
    'refuses a binding that is not text of at most 1024 characters',
    async (binding) => {
      const world = createWorld()
      const fault = await faultOf(() => world.twoFactor.beginStepUp('ann', { binding: untyped(binding) }))
      expect(fault.code).toBe('invalid_option')
    },
  )
})
