import type { PasskeyVerifier } from 'countersign'
import { expect, test } from 'vitest'
import { addPasskey, passkeyWorld, steppingUp, verifier, wrongPasskey } from './world.ts'

/** A user with a passkey, and how often its signature was verified. */
async function ready(given: Parameters<typeof addPasskey>[2] = {}) {
  const usual = verifier()
  let verified = 0
  const counting: PasskeyVerifier = {
    ...usual,
    verifyAssertion: (asked) => {
      verified += 1
      return usual.verifyAssertion(asked)
    },
  }
  const world = passkeyWorld({ passkeys: counting })
  const passkey = await addPasskey(world, 'ann', given)
  const begun = await steppingUp(world)
  const proof = { passkey: await passkey.get(begun.passkey), token: begun.token }
  world.store.forget()
  return { world, passkey, proof, verified: () => verified }
}

test('a passkey proves once: its response and token are worth nothing the second time, with or without a counter', async () => {
  for (const backupEligible of [false, true]) {
    const { world, proof } = await ready({ backupEligible })
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof })).toMatchObject({ ok: true })
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof })).toEqual(wrongPasskey)
    expect(await world.twoFactor.disable('ann', { proof })).toEqual(wrongPasskey)
    expect(await world.twoFactor.verify('ann', proof)).toEqual(wrongPasskey)
  }
})

test('its signature is not verified for an operation that cannot happen, and one load shows that', async () => {
  const { world, passkey, proof, verified } = await ready()
  expect(await world.twoFactor.removeAuthenticator('ann', { id: passkey.authenticatorId, proof })).toEqual({
    ok: false,
    reason: 'last-authenticator',
    retryAfterSeconds: null,
  })
  expect([verified(), world.store.loads, world.store.saves]).toEqual([0, 1, 0])
  expect(await world.twoFactor.disable('ann', { proof })).toMatchObject({ ok: true })
  expect([verified(), world.store.loads, world.store.saves]).toEqual([1, 3, 1])
})

test('a response without the token that it answers is not verified', async () => {
  const { world, proof, verified } = await ready()
  for (const token of ['', 'x', undefined]) {
    const given = { proof: { passkey: proof.passkey, token: token as string } }
    expect(await world.twoFactor.disable('ann', given)).toEqual(wrongPasskey)
  }
  expect(verified()).toBe(0)
})
