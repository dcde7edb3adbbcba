import { describe, expect, test } from 'vitest'
import { addPhone, createWorld, enrolled, knownDevice, PASSWORD, signIn, untyped } from '../world.ts'

const proof = { password: PASSWORD }
const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

test('several authenticators each sign in, and the list says which was used when', async () => {
  const world = createWorld()
  const phones = []
  for (const name of ['one', 'two', 'three', 'four', 'five']) phones.push(await addPhone(world, 'ann', { name }))
  for (const [index, phone] of phones.entries()) {
    world.clock.advance({ seconds: 60 })
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true, method: 'totp' })
    const { authenticators } = await world.twoFactor.status('ann')
    expect(authenticators[index]).toMatchObject({ id: phone.id, lastUsedAtMs: world.clock.now() })
  }
  const { authenticators } = await world.twoFactor.status('ann')
  expect(new Set(authenticators.map(({ id }) => id)).size).toBe(5)
})

describe('renameAuthenticator', () => {
  test('changes the name, and nothing else', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    const before = await world.twoFactor.status('ann')
    world.store.forget()
    expect(await world.twoFactor.renameAuthenticator('ann', { id: phone.id, name: '💥 neu' })).toEqual({ ok: true })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    const after = await world.twoFactor.status('ann')
    expect(after.authenticators).toEqual(before.authenticators.map((one) => ({ ...one, name: '💥 neu' })))
  })

  test('of one of several leaves the others their names', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    await addPhone(world, 'ann', { name: 'Tablet' })
    await world.twoFactor.renameAuthenticator('ann', { id: phone.id, name: 'Old phone' })
    const { authenticators } = await world.twoFactor.status('ann')
    expect(authenticators.map(({ name }) => name)).toEqual(['Old phone', 'Tablet'])
  })

  test('to the name that it has writes nothing and reports nothing', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    world.store.forget()
    world.heard()
    expect(await world.twoFactor.renameAuthenticator('ann', { id: phone.id, name: ' Phone ' })).toEqual({ ok: true })
    expect([world.store.saves, world.heard()]).toEqual([0, []])
  })

  test('a name of 64 letters fits with the blanks that a form left around it', async () => {
    const world = createWorld()
    const name = 'x'.repeat(64)
    const phone = await addPhone(world, 'ann')
    const options = { id: phone.id, name: `\t ${name} \n` }
    expect(await world.twoFactor.renameAuthenticator('ann', options)).toEqual({ ok: true })
    expect((await world.twoFactor.status('ann')).authenticators[0]?.name).toBe(name)
  })

  test.each(['nobody', '', null, undefined, 5, {}, [], '__proto__'])('an id %j is not found', async (id) => {
    const world = createWorld()
    await enrolled(world)
    const result = await world.twoFactor.renameAuthenticator('ann', { id: untyped(id), name: 'x' })
    expect([result, world.store.saves]).toEqual([refused('not-found'), 0])
  })

  test("does not reach another user's, or a user who has none", async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    await addPhone(world, 'ben')
    const options = { id: phone.id, name: 'mine' }
    expect(await world.twoFactor.renameAuthenticator('ben', options)).toEqual(refused('not-found'))
    expect(await world.twoFactor.renameAuthenticator('cyd', options)).toEqual(refused('not-enabled'))
    expect((await world.twoFactor.status('ann')).authenticators[0]?.name).toBe('')
  })

  test.each([
    ['65 bytes', 'x'.repeat(65)],
    ['22 characters of three bytes', '€'.repeat(22)],
    ['a control character', 'a\u0007'],
    ['a line separator of C1', 'a\u0085'],
    ['a lone surrogate', '\udc00'],
    ['nothing in it', ''],
    ['blanks only', ' \u3000'],
    ['invisible characters only', '\u200b\u00ad'],
    ['more than 256 characters, mostly blanks', `x${' '.repeat(256)}`],
    ['null', null],
    ['a number', 1],
  ])('a name with %s is an outcome, and changes nothing', async (_what, name) => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    const options = { id: phone.id, name: untyped<string>(name) }
    expect(await world.twoFactor.renameAuthenticator('ann', options)).toEqual(refused('invalid-name'))
    expect((await world.twoFactor.status('ann')).authenticators[0]?.name).toBe('Phone')
  })
})

describe('removeAuthenticator', () => {
  test('removes one: its codes are wrong from then on, the others work [CS-REVOKE-01]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const tablet = await addPhone(world, 'ann', { name: 'Tablet' })
    world.clock.advance({ seconds: 60 })
    expect(await world.twoFactor.removeAuthenticator('ann', { id: tablet.id, proof })).toEqual({ ok: true })
    expect(await signIn(world, 'ann', { code: tablet.next() })).toMatchObject({ ok: false, reason: 'wrong-code' })
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
  })

  test('refuses to remove the last one: that needs disable', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    world.store.forget()
    const result = await world.twoFactor.removeAuthenticator('ann', { id: phone.id, proof })
    expect([result, world.store.saves]).toEqual([refused('last-authenticator'), 0])
  })

  test.each(['nobody', '', null, undefined, 5, {}, 'all', 'constructor'])('an id %j is not found', async (id) => {
    const world = createWorld()
    await enrolled(world)
    await addPhone(world, 'ann')
    world.store.forget()
    const result = await world.twoFactor.removeAuthenticator('ann', { id: untyped(id), proof })
    expect([result, world.store.saves]).toEqual([refused('not-found'), 0])
  })

  test('finds nothing for a user who has none', async () => {
    const world = createWorld()
    const result = await world.twoFactor.removeAuthenticator('ann', { id: 'x', proof })
    expect(result).toEqual(refused('not-enabled'))
  })

  test('may be confirmed by a code of the removed one', async () => {
    const world = createWorld()
    await enrolled(world)
    const tablet = await addPhone(world, 'ann')
    const options = { id: tablet.id, proof: { code: tablet.next() } }
    expect(await world.twoFactor.removeAuthenticator('ann', options)).toEqual({ ok: true })
  })

  test('ends trust in all devices, which may have gained it with the removed one', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const tablet = await addPhone(world, 'ann')
    const device = await knownDevice(world, ann, { trustDevice: true })
    await world.twoFactor.removeAuthenticator('ann', { id: tablet.id, proof })
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false, action: 'verify' })
    expect((await world.twoFactor.status('ann')).trustedDevices).toEqual([])
  })
})
