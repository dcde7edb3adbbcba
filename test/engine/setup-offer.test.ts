import { describe, expect, test } from 'vitest'
import { emptyRecord, type UserRecord } from '../../src/engine/record.ts'
import { sealSetup } from '../../src/engine/setup-token.ts'
import { isOfThisView, sealView } from '../../src/engine/view-token.ts'
import { keyRing } from '../../src/vault/key-ring.ts'
import { createVault } from '../../src/vault/vault.ts'
import { passkeyWorld, proof } from '../passkeys/world.ts'
import { createWorld, faultOf, MINUTE, START, untyped, type World } from '../world.ts'

const vaultOf = (world: World) => createVault(keyRing(world.keys), world.random)

async function begin(world: World, options: { type?: 'totp' | 'passkey'; issuer?: string } = {}) {
  const offer = await world.twoFactor.beginSetup('ann', { ...options, proof, accountName: 'ann' })
  if (!offer.ok) throw new Error(offer.reason)
  return offer
}

describe('the offer of a setup', () => {
  test('says of which type it is, when begun and when resumed', async () => {
    const world = passkeyWorld()
    for (const type of ['totp', 'passkey'] as const) {
      const offer = await begin(world, { type })
      expect(offer.type).toBe(type)
      expect(await world.twoFactor.resumeSetup('ann', { token: offer.token })).toEqual(offer)
    }
  })

  test('has a token that names the issuer only if it is another one', async () => {
    const world = createWorld({ issuer: 'Acme' })
    const { token } = await begin(world)
    expect((await begin(world, { issuer: 'Acme' })).token).toHaveLength(token.length)
    const other = await begin(world, { issuer: 'Test' })
    expect(other.token.length).toBeGreaterThan(token.length)
    const resumed = await world.twoFactor.resumeSetup('ann', { token: other.token })
    expect(resumed).toMatchObject({ uri: expect.stringContaining('issuer=Test') })
  })

  test('of a passkey is a fault on a server without a verifier', async () => {
    const world = passkeyWorld()
    const { token } = await begin(world, { type: 'passkey' })
    const without = world.another({ passkeys: undefined })
    const fault = await faultOf(() => without.resumeSetup('ann', { token }))
    expect(fault).toMatchObject({
      code: 'invalid_option',
      message:
        'The setup of a passkey is pending, but createTwoFactor has no passkeys. Pass passkeyVerifier() on every server.',
    })
  })

  test('whose secret is damaged is a fault that names the field', async () => {
    const world = createWorld()
    const { token } = await begin(world)
    const record = await world.store.record('ann')
    await world.store.plant('ann', { ...record, pending: { ...record?.pending, secret: 'k1.garbage' } })
    for (const act of [
      () => world.twoFactor.resumeSetup('ann', { token }),
      () => world.twoFactor.confirmSetup('ann', { token, code: '123456' }),
    ]) {
      expect((await faultOf(act)).message).toContain('The stored pending.secret ')
    }
  })
})

test('the tokens of setups and of views have purposes of their own', () => {
  const world = createWorld()
  const vault = vaultOf(world)
  const setup = sealSetup(vault, 'ann', { id: 'x', expiresAtMs: START, issuer: null, accountName: 'ann' })
  expect(vault.openText({ purpose: 'setup', userId: 'ann' }, setup)).toBe(JSON.stringify(['x', START, null, 'ann']))
  const view = sealView(vault, 'ann', emptyRecord(), START)
  expect(vault.openText({ purpose: 'recovery-codes-view', userId: 'ann' }, view)).toBe(
    JSON.stringify([null, null, START + 5 * MINUTE]),
  )
})

describe('the token of a view', () => {
  const record: UserRecord = {
    ...emptyRecord(),
    recoveryCodes: untyped({ id: 'codes' }),
    challenges: { epoch: 'now', sinceMs: START, used: [], previous: { epoch: 'before', used: [] } },
  }

  test('is of the set that was shown, for five minutes, while nothing voided it', () => {
    const vault = vaultOf(createWorld())
    const token = sealView(vault, 'ann', record, START)
    const isOf = (given: Partial<UserRecord>, nowMs = START) =>
      isOfThisView(vault, 'ann', { ...record, ...given }, token, nowMs)
    expect([isOf({}), isOf({}, START + 5 * MINUTE - 1), isOf({}, START + 5 * MINUTE)]).toEqual([true, true, false])
    expect(isOf({}, START - MINUTE - 1)).toBe(false)
    expect(isOf({ recoveryCodes: null })).toBe(false)
    expect(isOf({ recoveryCodes: untyped({ id: 'others' }) })).toBe(false)
    const epoch = (of: string | null) => ({ challenges: { ...record.challenges, epoch: of, previous: null } })
    expect([isOf(epoch('other')), isOf(epoch(null)), isOf(epoch('now'))]).toEqual([false, false, true])
    expect(isOfThisView(vault, 'ben', record, token, START)).toBe(false)
  })

  test('made without an epoch, or with fields of another type, is of no set', () => {
    const vault = vaultOf(createWorld())
    const seal = (content: unknown) =>
      vault.seal({ purpose: 'recovery-codes-view', userId: 'ann' }, JSON.stringify(content))
    const without: UserRecord = { ...record, challenges: { ...record.challenges, epoch: null, previous: null } }
    expect(isOfThisView(vault, 'ann', without, sealView(vault, 'ann', without, START), START)).toBe(false)
    expect(isOfThisView(vault, 'ann', record, seal(['codes', 'now', START + 1]), START)).toBe(true)
    for (const content of [['codes', 7, START + 1], ['codes', 'now', `${START + 1}`], ['codes', 'now'], []]) {
      expect(isOfThisView(vault, 'ann', record, seal(content), START)).toBe(false)
    }
  })
})
