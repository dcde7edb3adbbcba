import { generateKey } from 'countersign'
import { virtualPasskey } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { enrolled, faultOf } from '../world.ts'
import {
  addPasskey,
  challenged,
  nobodys,
  passkeysIn,
  passkeyWorld,
  proof,
  SITE,
  steppingUp,
  wrongPasskey,
} from './world.ts'

const refusedFor = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

describe('a clock that is set back', () => {
  it('makes no answer good a second time, for a sign-in, a step-up or a setup', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world, 'ann', { counter: 0 })
    const { token, passkey: asked } = await challenged(world)
    const signingIn = await passkey.get(asked)
    const stepUp = await steppingUp(world)
    const steppedUp = await passkey.get(stepUp.passkey)
    expect((await world.twoFactor.completeChallenge(token, { passkey: signingIn })).ok).toBe(true)
    expect((await world.twoFactor.verify('ann', { passkey: steppedUp, token: stepUp.token })).ok).toBe(true)
    for (const seconds of [-30, -3600, 3590, 39]) {
      world.clock.advance({ seconds })
      const again = await world.twoFactor.completeChallenge(token, { passkey: signingIn })
      expect(again).toMatchObject({ ok: false, reason: expect.stringMatching(/^challenge-(used|expired)$/) })
      expect(await world.twoFactor.verify('ann', { passkey: steppedUp, token: stepUp.token })).toEqual(wrongPasskey)
    }
  })
})

describe('what is bounded, filled', () => {
  it('two hundred step-ups at one moment: each token is good once, and the record stays small', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world, 'ann', { counter: 0 })
    const used: { token: string; passkey: Awaited<ReturnType<typeof passkey.get>> }[] = []
    for (let count = 0; count < 200; count += 1) {
      const { token, passkey: asked } = await steppingUp(world)
      const given = { token, passkey: await passkey.get(asked) }
      expect((await world.twoFactor.verify('ann', given)).ok).toBe(true)
      used.push(given)
    }
    for (const given of used) expect(await world.twoFactor.verify('ann', given)).toEqual(wrongPasskey)
    expect(JSON.stringify(await world.store.record('ann')).length).toBeLessThan(16_384)
  })

  it('a thousand wrong answers write nothing, shut nobody out and push no change from the list', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const { token, passkey: asked } = await challenged(world)
    const before = await world.store.load('ann')
    for (let count = 0; count < 1000; count += 1) {
      expect(
        await world.twoFactor.completeChallenge(token, { passkey: { ...nobodys, id: passkey.id, rawId: passkey.id } }),
      ).toEqual(wrongPasskey)
    }
    expect(await world.store.load('ann')).toEqual(before)
    expect((await world.twoFactor.completeChallenge(token, { passkey: await passkey.get(asked) })).ok).toBe(true)
  })
})

describe('two deployments that share keys, and a user id', () => {
  it('take nothing of each other: no challenge, no step-up, no setup', async () => {
    const keys = generateKey()
    const [here, there] = [passkeyWorld({ keys }), passkeyWorld({ keys })]
    const passkey = await addPasskey(here)
    await addPasskey(there)
    const challenge = await challenged(here)
    const response = await passkey.get(challenge.passkey)
    expect(await there.twoFactor.completeChallenge(challenge.token, { passkey: response })).toEqual(
      refusedFor('challenge-expired'),
    )
    const { token, passkey: asked } = await steppingUp(here)
    const given = { token, passkey: await passkey.get(asked) }
    expect(await there.twoFactor.verify('ann', given)).toEqual(wrongPasskey)
    expect(await there.twoFactor.disable('ann', { proof: given })).toEqual(wrongPasskey)
    const setup = await here.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
    if (!setup.ok) throw new Error(setup.reason)
    const created = await virtualPasskey(SITE).create(setup.options)
    const others = await there.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
    expect(others.ok).toBe(true)
    expect(await there.twoFactor.confirmSetup('ann', { token: setup.token, passkey: created })).toEqual(
      refusedFor('setup-superseded'),
    )
  })
})

describe('a store that lies', () => {
  it('by swapping the sealed keys of two passkeys of one user is found out when one is used', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    await addPasskey(world)
    const record = await world.store.record('ann')
    const [one, two] = passkeysIn(record)
    await world.store.plant('ann', {
      ...record,
      authenticators: [
        { ...one, sealed: two?.sealed },
        { ...two, sealed: one?.sealed },
      ],
    })
    const { token, passkey: asked } = await challenged(world)
    const response = await passkey.get(asked)
    expect((await faultOf(() => world.twoFactor.completeChallenge(token, { passkey: response }))).code).toBe(
      'record_invalid',
    )
  })

  it('by giving a passkey the sealed secret of an app, or an app the key of a passkey, opens neither', async () => {
    const world = passkeyWorld()
    const { phone } = await enrolled(world)
    const passkey = await addPasskey(world)
    const record = await world.store.record('ann')
    const [app, stored] = record?.authenticators ?? []
    if (app?.type !== 'totp' || stored?.type !== 'passkey') throw new Error('Another order.')
    await world.store.plant('ann', {
      ...record,
      authenticators: [
        { ...app, secret: stored.sealed },
        { ...stored, sealed: app.secret },
      ],
    })
    const { token, passkey: asked } = await challenged(world)
    const response = await passkey.get(asked)
    for (const given of [{ passkey: response }, { code: phone.next() }]) {
      expect((await faultOf(() => world.twoFactor.completeChallenge(token, given))).code).toBe('record_invalid')
    }
  })
})

it('the answer to a proof is no sign-in, and the answer to a sign-in no proof', async () => {
  const world = passkeyWorld()
  const passkey = await addPasskey(world)
  const challenge = await challenged(world)
  const stepUp = await steppingUp(world)
  const [signingIn, proving] = [await passkey.get(challenge.passkey), await passkey.get(stepUp.passkey)]
  const { twoFactor } = world
  expect(await twoFactor.completeChallenge(challenge.token, { passkey: proving })).toEqual(wrongPasskey)
  expect(await twoFactor.completeChallenge(stepUp.token, { passkey: proving })).toEqual(refusedFor('challenge-expired'))
  expect(await twoFactor.disable('ann', { proof: { passkey: signingIn, token: challenge.token } })).toEqual(
    wrongPasskey,
  )
  expect(await twoFactor.disable('ann', { proof: { passkey: signingIn, token: stepUp.token } })).toEqual(wrongPasskey)
})
