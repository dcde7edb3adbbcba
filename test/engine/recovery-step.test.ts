import { encodeBase32 } from 'countersign/otp'
import { describe, expect, test } from 'vitest'
import { createWorld, enrolled, knownDevice, signIn, wrongCode } from '../world.ts'

const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })
const staff = { by: 'sam', note: 'x' }

describe('the events of recovery codes', () => {
  test('say whether the device is known, of a right code, a wrong one and a used one', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann)
    for (const [given, knownDeviceIs] of [
      [{ device }, true],
      [{}, false],
    ] as const) {
      world.events.length = 0
      const code = ann.recoveryCodes.pop() ?? ''
      await world.twoFactor.verify('ann', { code, ...given })
      await world.twoFactor.verify('ann', { code, ...given })
      await world.twoFactor.verify('ann', { code: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ', ...given })
      const said = world.events.map(({ type, knownDevice }) => [type, knownDevice])
      expect(said.filter(([type]) => type !== 'step-up.completed')).toEqual([
        ['recovery-code.used', knownDeviceIs],
        ['code.used-again', knownDeviceIs],
        ['code.wrong', knownDeviceIs],
      ])
    }
  })
})

describe('a wrong code of the length that staff issues', () => {
  test('is counted and reported while there is such a code, though those of the set are longer', async () => {
    const world = createWorld({ recoveryCodes: { keep: 'hashed' } })
    await enrolled(world)
    const attempt = () => world.twoFactor.verify('ann', { code: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ' })
    expect(await attempt()).toEqual(refused('wrong-code'))
    expect([world.store.saves, world.heard()]).toEqual([0, []])
    await world.twoFactor.admin.issueRecoveryCode('ann', staff)
    world.heard()
    world.store.forget()
    expect(await attempt()).toEqual(refused('wrong-code'))
    expect([world.store.saves, world.heard()]).toEqual([1, ['code.wrong']])
  })
})

describe('codes of another library', () => {
  test('kept as text: what none of them can be is wrong, and not an attempt, even while attempts must wait', async () => {
    const world = createWorld()
    const secret = encodeBase32(world.random(20))
    const recoveryCodes = ['ABCDEFGHJK']
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret }], recoveryCodes })
    for (let time = 0; time < 6; time += 1) await world.twoFactor.verify('ann', { code: wrongCode(world, { secret }) })
    world.store.forget()
    expect(await world.twoFactor.verify('ann', { code: 'ABCDEFGHJM' })).toMatchObject({ reason: 'throttled' })
    expect(await world.twoFactor.verify('ann', { code: 'ABCDEFGHJ!' })).toEqual(refused('wrong-code'))
    expect(world.store.saves).toBe(0)
  })

  test('kept as hashes, all used: a wrong one costs one load and one save, and no comparison', async () => {
    let asked = 0
    const verifyImportedCode = (typed: string, hash: string) => {
      asked += 1
      return typed === hash
    }
    const world = createWorld({ verifyImportedCode })
    const secret = encodeBase32(world.random(20))
    const recoveryCodes = [{ hash: 'abcd1234', length: 8 }]
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret }], recoveryCodes })
    expect(await signIn(world, 'ann', { code: 'abcd1234' })).toMatchObject({ ok: true, recoveryCodesLeft: 0 })
    world.store.forget()
    world.heard()
    expect(await world.twoFactor.verify('ann', { code: 'abcd1234' })).toEqual(refused('wrong-code'))
    expect([world.store.loads, world.store.saves, world.heard(), asked]).toEqual([1, 1, ['code.wrong'], 1])
  })

  test('one that another process uses during the comparison is wrong here, and one failure in all', async () => {
    const world = createWorld()
    const secret = encodeBase32(world.random(20))
    const other = world.another({ verifyImportedCode: () => true })
    let isFirst = true
    const slow = world.another({
      verifyImportedCode: async () => {
        if (isFirst) expect(await other.verify('ann', { code: '12345678' })).toMatchObject({ ok: true })
        isFirst = false
        return true
      },
    })
    const recoveryCodes = [{ hash: 'x', length: 8 }]
    await slow.admin.importUser('ann', { authenticators: [{ secret, digits: 8 }], recoveryCodes })
    expect(await slow.verify('ann', { code: '12345678' })).toEqual(refused('wrong-code'))
    const failures = (await world.store.record('ann'))?.throttle?.codes.strangers.failedAtMs
    expect(failures).toHaveLength(1)
  })
})
