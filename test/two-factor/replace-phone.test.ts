import { expect, test } from 'vitest'
import {
  addPhone,
  createWorld,
  enrolled,
  knownDevice,
  PASSWORD,
  phoneFor,
  signIn,
  untyped,
  type World,
} from '../world.ts'

const proof = { password: PASSWORD }

test('a new phone replaces the old one in one step: never do both work, and one always does', async () => {
  const world = createWorld()
  const { phone: old } = await enrolled(world)
  const [{ id = '' } = {}] = (await world.twoFactor.status('ann')).authenticators
  const phone = await beginReplacing(world, id)

  expect(await signIn(world, 'ann', { code: old.next() })).toMatchObject({ ok: true })
  world.clock.advance({ seconds: 60 })
  world.store.forget()
  world.heard()
  expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
    ok: true,
  })
  expect(world.store.saves).toBe(1)
  expect(world.heard()).toEqual(['authenticator.removed', 'authenticator.added'])

  expect(await signIn(world, 'ann', { code: old.next() })).toMatchObject({ ok: false, reason: 'wrong-code' })
  expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
  const status = await world.twoFactor.status('ann')
  expect(status.authenticators.map(({ name }) => name)).toEqual(['New phone'])
})

test('its start time and the recovery codes stay', async () => {
  const world = createWorld()
  const { recoveryCodes } = await enrolled(world)
  const before = await world.twoFactor.status('ann')
  world.clock.advance({ seconds: 3600 })
  const phone = await beginReplacing(world, 'all')
  const confirmed = await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })
  expect(confirmed).not.toHaveProperty('recoveryCodes')
  const after = await world.twoFactor.status('ann')
  expect([after.enabledAtMs, after.recoveryCodes]).toEqual([before.enabledAtMs, before.recoveryCodes])
  expect(await signIn(world, 'ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
})

test('"all" means all that existed when it began', async () => {
  const world = createWorld()
  await enrolled(world)
  await addPhone(world, 'ann', { name: 'Tablet' })
  const phone = await beginReplacing(world, 'all')
  await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })
  const { authenticators } = await world.twoFactor.status('ann')
  expect(authenticators.map(({ name }) => name)).toEqual(['New phone'])
})

test('"all" without any is a first setup', async () => {
  const world = createWorld()
  const phone = await beginReplacing(world, 'all')
  expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
    ok: true,
    recoveryCodes: expect.any(Array),
  })
})

test('one of several is replaced and the others stay', async () => {
  const world = createWorld()
  await enrolled(world)
  const tablet = await addPhone(world, 'ann', { name: 'Tablet' })
  await addPhone(world, 'ann', { name: 'Watch' })
  const phone = await beginReplacing(world, tablet.id)
  await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })
  const { authenticators } = await world.twoFactor.status('ann')
  expect(authenticators.map(({ name }) => name)).toEqual(['Phone', 'Watch', 'New phone'])
})

test('with five there is room for a replacement', async () => {
  const world = createWorld()
  const first = await addPhone(world, 'ann', { name: '1' })
  for (const name of ['2', '3', '4', '5']) await addPhone(world, 'ann', { name })
  const phone = await beginReplacing(world, first.id)
  expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
    ok: true,
  })
  const { authenticators } = await world.twoFactor.status('ann')
  expect(authenticators.map(({ name }) => name)).toEqual(['2', '3', '4', '5', 'New phone'])
})

test('one that was removed meanwhile is not an obstacle', async () => {
  const world = createWorld()
  await enrolled(world)
  const tablet = await addPhone(world, 'ann', { name: 'Tablet' })
  const phone = await beginReplacing(world, tablet.id)
  await world.twoFactor.removeAuthenticator('ann', { id: tablet.id, proof })
  expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
    ok: true,
  })
  expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(2)
})

test.each(['nobody', '', null, 5, {}, ['all'], true])(
  'an id %j that is none of them is `not-found`, before any proof is looked at',
  async (replaces) => {
    const world = createWorld()
    await enrolled(world)
    const options = { proof, accountName: 'ann', replaces: untyped<string>(replaces) }
    const refused = { ok: false, reason: 'not-found', retryAfterSeconds: null }
    expect(await world.twoFactor.beginSetup('ann', options)).toEqual(refused)
    expect([world.store.saves, world.passwordsChecked]).toEqual([0, []])
  },
)

test("another user's authenticator is not found", async () => {
  const world = createWorld()
  await enrolled(world, 'ann')
  const [{ id = '' } = {}] = (await world.twoFactor.status('ann')).authenticators
  await enrolled(world, 'ben')
  const result = await world.twoFactor.beginSetup('ben', { proof, accountName: 'ben', replaces: id })
  expect(result).toMatchObject({ reason: 'not-found' })
})

test('trusted devices are no longer trusted: they were the old phone’s', async () => {
  const world = createWorld()
  const ann = await enrolled(world)
  const device = await knownDevice(world, ann, { trustDevice: true })
  const phone = await beginReplacing(world, 'all')
  expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: true })
  await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })
  expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
  expect((await world.twoFactor.status('ann')).trustedDevices).toEqual([])
})

test('a lost phone: a recovery code signs in, and rebinds in the same visit [CS-LOST-01]', async () => {
  const world = createWorld({ acceptedProofs: ['code'] })
  const { phone: lost, recoveryCodes } = await enrolled(world)
  expect(await signIn(world, 'ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  const phone = await beginReplacing(world, 'all', { code: recoveryCodes[1] ?? '' })
  expect(await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })).toMatchObject({
    ok: true,
  })
  expect(await signIn(world, 'ann', { code: lost.next() })).toMatchObject({ ok: false, reason: 'wrong-code' })
  world.clock.advance({ seconds: 60 })
  expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true, method: 'totp' })
  const { authenticators, recoveryCodes: codes } = await world.twoFactor.status('ann')
  expect([authenticators.map(({ name }) => name), codes.left]).toEqual([['New phone'], 8])
})

async function beginReplacing(
  world: World,
  replaces: string,
  accepted: { password: string } | { code: string } = proof,
) {
  const options = { proof: accepted, accountName: 'ann', name: 'New phone', replaces }
  const begun = await world.twoFactor.beginSetup('ann', options)
  if (!begun.ok) throw new Error(begun.reason)
  return phoneFor(world, begun)
}
