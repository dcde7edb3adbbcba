import { expect, test } from 'vitest'
import { challengeToken, createWorld, enrolled, untyped } from '../world.ts'

const passkey = {
  id: 'cGFzc2tleQ',
  rawId: 'cGFzc2tleQ',
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
  type: 'public-key' as const,
  clientExtensionResults: {},
}
const refused = { ok: false, reason: 'wrong-passkey', retryAfterSeconds: null }

test('a passkey of nobody is refused like any other, counts as no failure and writes nothing', async () => {
  const world = createWorld()
  const { phone } = await enrolled(world)
  const token = await challengeToken(world, 'ann')
  world.store.forget()
  for (let time = 0; time < 30; time += 1) {
    expect(await world.twoFactor.completeChallenge(token, { passkey })).toEqual(refused)
    expect(await world.twoFactor.verify('ann', { passkey, token })).toEqual(refused)
    expect(await world.twoFactor.disable('ann', { proof: { passkey, token } })).toEqual(refused)
  }
  expect(world.store.saves).toBe(0)
  expect(await world.twoFactor.completeChallenge(token, { code: phone.next() })).toMatchObject({ ok: true })
})

test('a passkey beside a code leaves the code unspent', async () => {
  const world = createWorld()
  const { phone } = await enrolled(world)
  const code = phone.next()
  for (const given of [passkey, {}, 'x', 5, false]) {
    expect(await world.twoFactor.verify('ann', untyped({ code, passkey: given }))).toEqual(refused)
  }
  expect(await world.twoFactor.verify('ann', untyped({ code, passkey: null }))).toMatchObject({ ok: true })
})

test('a passkey proves nothing where it is not accepted', async () => {
  const world = createWorld({ acceptedProofs: ['password'] })
  await enrolled(world)
  const required = { ...refused, reason: 'proof-required' }
  expect(await world.twoFactor.disable('ann', { proof: { passkey, token: 'x' } })).toEqual(required)
  expect(await world.twoFactor.disable('ann', { proof: untyped({ passkey }) })).toEqual(required)
})
