import { expect, test } from 'vitest'
import { challengeToken, createWorld, PASSWORD, phoneFor, START, type World } from '../world.ts'

const proof = { password: PASSWORD }

test.each([60, -60, 600, -600, 3600, -3600])(
  'a first code of %i seconds from now is wrong, and the answer says how far the clock is off',
  async (seconds) => {
    const world = createWorld()
    const phone = await begin(world)
    const typed = { token: phone.setupToken, code: phone.code(START + seconds * 1000) }
    expect(await world.twoFactor.confirmSetup('ann', typed)).toEqual({
      ok: false,
      reason: 'wrong-code',
      retryAfterSeconds: null,
      clockOffsetSeconds: seconds,
    })
    expect((await world.twoFactor.status('ann')).enabled).toBe(false)
  },
)

test('a code for more than an hour from now, or not a code, says nothing', async () => {
  const world = createWorld()
  const phone = await begin(world)
  for (const code of [phone.code(START + 3_660_000), phone.code(START - 3_660_000), 'x', '', '1234567']) {
    const result = await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code })
    expect(result).toEqual({ ok: false, reason: 'wrong-code', retryAfterSeconds: null })
  }
})

test('it counts as a wrong code: the tenth ends the setup', async () => {
  const world = createWorld()
  const phone = await begin(world)
  const typed = { token: phone.setupToken, code: phone.code(START + 600_000) }
  for (let time = 0; time < 10; time += 1) {
    expect(await world.twoFactor.confirmSetup('ann', typed)).toMatchObject({ clockOffsetSeconds: 600 })
  }
  expect(await world.twoFactor.confirmSetup('ann', typed)).toMatchObject({ reason: 'setup-expired' })
})

test('nothing else says it: neither a sign-in, nor a step-up, nor a required setup', async () => {
  const world = createWorld({ isRequired: () => true })
  const phone = await begin(world)
  const token = await challengeToken(world, 'ann')
  const code = phone.code(START + 600_000)
  const required = await world.twoFactor.completeChallenge(token, { setupToken: phone.setupToken, code })
  expect(required).toEqual({ ok: false, reason: 'wrong-code', retryAfterSeconds: null })
  await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.code() })
  for (const result of [
    await world.twoFactor.verify('ann', { code }),
    await world.twoFactor.completeChallenge(await challengeToken(world, 'ann'), { code }),
  ]) {
    expect(result).toMatchObject({ reason: 'wrong-code' })
    expect(result).not.toHaveProperty('clockOffsetSeconds')
  }
})

async function begin(world: World) {
  const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
  if (!begun.ok) throw new Error(begun.reason)
  return phoneFor(world, begun)
}
