import { generateKey, type Proof } from 'countersign'
import { describe, expect, test } from 'vitest'
import { addPhone, createWorld, enrolled, PASSWORD, signIn, untyped, type World } from '../world.ts'

const proof = { password: PASSWORD }
const refused = { ok: false, reason: 'proof-required', retryAfterSeconds: null }

describe('the token that viewRecoveryCodes returns', () => {
  test('allows new codes without a further proof, in one read and one write', async () => {
    const { world, token } = await viewed()
    const passwords = world.passwordsChecked.length
    const made = await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })
    expect(made).toEqual({ ok: true, recoveryCodes: expect.any(Array) })
    expect([world.store.loads, world.store.saves, world.heard()]).toEqual([1, 1, ['recovery-codes.regenerated']])
    expect(world.passwordsChecked).toHaveLength(passwords)
  })

  test('works once, though the clock stands still', async () => {
    const { world, token } = await viewed()
    await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })
    world.store.forget()
    expect(await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })).toEqual(refused)
    expect(world.store.saves).toBe(0)
  })

  test('works for five minutes', async () => {
    for (const [seconds, ok] of [
      [299, true],
      [300, false],
    ] as const) {
      const { world, token } = await viewed()
      world.clock.advance({ seconds })
      expect(await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })).toMatchObject({ ok })
    }
  })

  test('works after a sign-in with one of the codes: the set is still the same', async () => {
    const { world, token, recoveryCodes } = await viewed()
    expect(await signIn(world, 'ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
    expect(await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })).toMatchObject({ ok: true })
  })

  test('works after a key was put first and everything was resealed', async () => {
    const { world, token } = await viewed()
    const later = world.another({ keys: `${generateKey()},${world.keys}` })
    await later.admin.reseal('ann')
    expect(await later.regenerateRecoveryCodes('ann', { proof: { token } })).toMatchObject({ ok: true })
  })

  test('is void once the set changed, the password changed, or all of it was turned off and on', async () => {
    const ends: ((world: World) => Promise<unknown>)[] = [
      (world) => world.twoFactor.regenerateRecoveryCodes('ann', { proof }),
      (world) => world.twoFactor.passwordChanged('ann'),
      async (world) => {
        await world.twoFactor.disable('ann', { proof })
        await addPhone(world, 'ann')
      },
    ]
    for (const end of ends) {
      const { world, token } = await viewed()
      await end(world)
      expect(await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })).toEqual(refused)
    }
  })

  test('is not valid for another user, and no other kind of token replaces it', async () => {
    const { world, token } = await viewed()
    await enrolled(world, 'ben')
    expect(await world.twoFactor.regenerateRecoveryCodes('ben', { proof: { token } })).toEqual(refused)
    const challenge = await world.twoFactor.challenge('ann')
    const setup = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    const sealed = (await world.store.record('ann'))?.recoveryCodes?.sealed
    const others = [
      challenge.passed ? '' : challenge.token,
      setup.ok ? setup.token : '',
      sealed,
      '',
      null,
      5,
      {},
      'x.y',
    ]
    for (const other of others) {
      const given = { proof: { token: untyped<string>(other) } }
      expect(await world.twoFactor.regenerateRecoveryCodes('ann', given)).toEqual(refused)
    }
  })

  test('is no proof with anything beside it, nor for any other operation', async () => {
    const { world, token } = await viewed()
    const given = { proof: untyped<Proof>({ token }) }
    const [{ id = '' } = {}] = (await world.twoFactor.status('ann')).authenticators
    await addPhone(world, 'ann')
    const { twoFactor } = world
    world.store.forget()
    for (const call of [
      () => twoFactor.verifyProof('ann', given),
      () => twoFactor.viewRecoveryCodes('ann', given),
      () => twoFactor.beginSetup('ann', { ...given, accountName: 'ann' }),
      () => twoFactor.removeAuthenticator('ann', { ...given, id }),
      () => twoFactor.disable('ann', given),
      () => twoFactor.regenerateRecoveryCodes('ann', { proof: untyped({ token, password: PASSWORD }) }),
      () => twoFactor.regenerateRecoveryCodes('ann', { proof: untyped({ token, code: '123456' }) }),
    ]) {
      expect(await call()).toEqual(refused)
    }
    expect(world.store.saves).toBe(0)
  })
})

async function viewed() {
  const world = createWorld()
  const { recoveryCodes } = await enrolled(world)
  const view = await world.twoFactor.viewRecoveryCodes('ann', { proof })
  if (!view.ok) throw new Error(view.reason)
  world.store.forget()
  world.heard()
  return { world, token: view.token, recoveryCodes }
}
