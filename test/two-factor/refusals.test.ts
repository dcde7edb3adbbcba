import { describe, expect, test } from 'vitest'
import { nobodys, passkeyWorld } from '../passkeys/world.ts'
import { challengeToken, createWorld, enrolled, PASSWORD, phoneFor } from '../world.ts'

const proof = { password: PASSWORD }
const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

test('the token of a view generates no codes once two-factor authentication is off', async () => {
  const world = createWorld()
  await enrolled(world)
  const viewed = await world.twoFactor.viewRecoveryCodes('ann', { proof })
  if (!viewed.ok) throw new Error(viewed.reason)
  await world.twoFactor.disable('ann', { proof })
  world.store.forget()
  const result = await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token: viewed.token } })
  expect(result).toEqual(refused('not-enabled'))
  expect(world.store.saves).toBe(0)
})

test('a step-up with a passkey is refused where two-factor authentication is off', async () => {
  const world = passkeyWorld()
  expect(await world.twoFactor.verify('ann', { passkey: nobodys, token: 'x' })).toEqual(refused('not-enabled'))
})

describe('a required setup', () => {
  test('with a name that is too long is refused before anything is read or written', async () => {
    const world = createWorld({ isRequired: () => true })
    const token = await challengeToken(world, 'ann')
    world.store.forget()
    for (const name of ['x'.repeat(65), 'two\nlines']) {
      expect(await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann', name })).toEqual(
        refused('invalid-name'),
      )
    }
    expect([world.store.loads, world.store.saves]).toEqual([0, 0])
  })

  test('begun in two tabs at one moment works in either', async () => {
    for (const used of [0, 1]) {
      const world = createWorld({ isRequired: () => true })
      const challenges = await Promise.all([world.twoFactor.challenge('ann'), world.twoFactor.challenge('ann')])
      const token = challenges.map((one) => (one.passed ? '' : one.token))[used] ?? ''
      const offer = await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })
      if (!offer.ok || offer.type !== 'totp') throw new Error('There is no offer.')
      const code = phoneFor(world, offer).code()
      expect(await world.twoFactor.completeChallenge(token, { setupToken: offer.token, code })).toMatchObject({
        ok: true,
        userId: 'ann',
      })
    }
  })
})

test('codes of a user who has none cannot be marked as saved', async () => {
  const world = createWorld()
  const authenticators = [{ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }]
  await world.twoFactor.admin.importUser('ann', { authenticators })
  world.store.forget()
  expect(await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: 0 })).toEqual(refused('not-found'))
  expect(world.store.saves).toBe(0)
})

test('a passkey for a setup that was replaced is refused after one load', async () => {
  const world = passkeyWorld()
  const begin = () => world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
  const [first] = [await begin(), await begin()]
  if (!first.ok) throw new Error(first.reason)
  world.store.forget()
  const result = await world.twoFactor.confirmSetup('ann', { token: first.token, passkey: nobodys })
  expect(result).toEqual(refused('setup-superseded'))
  expect([world.store.loads, world.store.saves]).toEqual([1, 0])
})
