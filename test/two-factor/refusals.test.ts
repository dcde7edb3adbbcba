import { describe, expect, test } from 'vitest'
import { addPasskey, challenged, nobodys, passkeyWorld, steppingUp, verifier } from '../passkeys/world.ts'
import { challengeToken, createWorld, enrolled, faultOf, PASSWORD, phoneFor } from '../world.ts'

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

describe('a passkey that cannot count is refused after one load, and not verified:', () => {
  async function ready() {
    let verified = 0
    const usual = verifier()
    const passkeys = {
      ...usual,
      verifyAssertion: (...given: Parameters<typeof usual.verifyAssertion>) => {
        verified += 1
        return usual.verifyAssertion(...given)
      },
    }
    const world = passkeyWorld({ passkeys })
    const passkey = await addPasskey(world)
    return { world, passkey, spent: () => [verified, world.store.loads, world.store.saves] }
  }

  test('for a challenge that was used', async () => {
    const { world, passkey, spent } = await ready()
    const { token, passkey: asked } = await challenged(world)
    const response = await passkey.get(asked)
    await world.twoFactor.completeChallenge(token, { code: passkey.recoveryCodes[0] ?? '' })
    world.store.forget()
    expect(await world.twoFactor.completeChallenge(token, { passkey: response })).toEqual(refused('challenge-used'))
    expect(spent()).toEqual([0, 1, 0])
  })

  test('for a challenge of a user who has turned it off', async () => {
    const { world, passkey, spent } = await ready()
    const { token, passkey: asked } = await challenged(world)
    const response = await passkey.get(asked)
    await world.twoFactor.disable('ann', { proof })
    world.store.forget()
    expect(await world.twoFactor.completeChallenge(token, { passkey: response })).toEqual(refused('challenge-expired'))
    expect(spent()).toEqual([0, 1, 0])
  })

  test('for a step-up of a user who has turned it off', async () => {
    const { world, passkey, spent } = await ready()
    const { token, passkey: asked } = await steppingUp(world)
    const response = await passkey.get(asked)
    await world.twoFactor.disable('ann', { proof })
    world.store.forget()
    expect(await world.twoFactor.verify('ann', { passkey: response, token })).toEqual(refused('not-enabled'))
    expect(spent()).toEqual([0, 1, 0])
  })

  test('for a required setup whose offer was replaced', async () => {
    const world = passkeyWorld({ isRequired: () => true })
    const token = await challengeToken(world, 'ann')
    const begin = () => world.twoFactor.beginRequiredSetup(token, { type: 'passkey', accountName: 'ann' })
    const [first] = [await begin(), await begin()]
    if (!first.ok) throw new Error(first.reason)
    world.store.forget()
    const given = { setupToken: first.token, passkey: nobodys }
    expect(await world.twoFactor.completeChallenge(token, given)).toEqual(refused('setup-superseded'))
    expect([world.store.loads, world.store.saves]).toEqual([1, 0])
  })
})

test('what is sent for a setup of the other type is wrong, and counts for nothing', async () => {
  const world = passkeyWorld()
  const begin = async (type: 'totp' | 'passkey') => {
    const offer = await world.twoFactor.beginSetup('ann', { type, accountName: 'ann', proof })
    if (!offer.ok) throw new Error(offer.reason)
    world.store.forget()
    return offer.token
  }
  const code = { token: await begin('passkey'), code: '123456' }
  expect(await world.twoFactor.confirmSetup('ann', code)).toMatchObject(refused('wrong-code'))
  expect(world.store.saves).toBe(0)
  const passkey = { token: await begin('totp'), passkey: nobodys }
  expect(await world.twoFactor.confirmSetup('ann', passkey)).toEqual(refused('wrong-passkey'))
  expect(world.store.saves).toBe(0)
})

test('status says what a pending setup replaces', async () => {
  const world = createWorld()
  await enrolled(world)
  const [authenticator] = (await world.twoFactor.status('ann')).authenticators
  await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', replaces: 'all' })
  expect((await world.twoFactor.status('ann')).pendingSetup).toMatchObject({ replaces: [authenticator?.id] })
})

test('a user whom the host expects to have it on, and the store does not know, is a fault that says what to do', async () => {
  const world = createWorld()
  const fault = await faultOf(() => world.twoFactor.challenge('ann', { expectEnabled: true }))
  expect(fault).toMatchObject({
    code: 'record_missing',
    message:
      'This user should have two-factor authentication on (expectEnabled), but the store has no active authenticator for them. Refuse the sign-in and see whether the record was lost.',
  })
})
