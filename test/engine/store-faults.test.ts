import { generateKey, memoryStore, type StoreChange, type TwoFactor, type UserStore } from 'countersign'
import { enroll } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { addPhone, createWorld, enrolled, faultOf, PASSWORD, signIn, untyped, type World, wrongCode } from '../world.ts'

const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'x' }

/** Each operation that reads, by a call that gets as far as reading. */
const READERS: [string, (twoFactor: TwoFactor, token: string) => Promise<unknown>][] = [
  ['challenge', (twoFactor) => twoFactor.challenge('ann')],
  ['completeChallenge', (twoFactor, token) => twoFactor.completeChallenge(token, { code: '000000' })],
  ['verify', (twoFactor) => twoFactor.verify('ann', { code: '000000' })],
  ['beginSetup', (twoFactor) => twoFactor.beginSetup('ann', { proof, accountName: 'ann' })],
  ['confirmSetup', (twoFactor) => twoFactor.confirmSetup('ann', { token: 'x', code: '000000' })],
  ['resumeSetup', (twoFactor) => twoFactor.resumeSetup('ann', { token: 'x' })],
  ['markRecoveryCodesSaved', (twoFactor) => twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: 0 })],
  ['cancelSetup', (twoFactor) => twoFactor.cancelSetup('ann', { token: 'x' })],
  ['status', (twoFactor) => twoFactor.status('ann')],
  ['viewRecoveryCodes', (twoFactor) => twoFactor.viewRecoveryCodes('ann', { proof })],
  ['regenerateRecoveryCodes', (twoFactor) => twoFactor.regenerateRecoveryCodes('ann', { proof })],
  ['renameAuthenticator', (twoFactor) => twoFactor.renameAuthenticator('ann', { id: 'x', name: 'x' })],
  ['removeAuthenticator', (twoFactor) => twoFactor.removeAuthenticator('ann', { id: 'x', proof })],
  ['revokeTrustedDevices', (twoFactor) => twoFactor.revokeTrustedDevices('ann')],
  ['disable', (twoFactor) => twoFactor.disable('ann', { proof })],
  ['passwordChanged', (twoFactor) => twoFactor.passwordChanged('ann')],
  ['admin.reset', (twoFactor) => twoFactor.admin.reset('ann', staff)],
  ['admin.unlock', (twoFactor) => twoFactor.admin.unlock('ann', staff)],
  ['admin.importUser', (twoFactor) => twoFactor.admin.importUser('ann', { authenticators: [{ secret: SECRET }] })],
  ['admin.reseal', (twoFactor) => twoFactor.admin.reseal('ann')],
]
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

const OLD_KEY = generateKey('old')
/** With a new key in front, so that a reseal has something to write. */
const ROTATED = `${generateKey('new')},${OLD_KEY}`

/** Each operation that writes, by a call that gets as far as writing. */
const WRITERS: [string, (twoFactor: TwoFactor, code: string) => Promise<unknown>][] = [
  ['verify', (twoFactor, code) => twoFactor.verify('ann', { code })],
  ['a failed verify', (twoFactor) => twoFactor.verify('ann', { code: '0000-0000-0000-0000' })],
  ['beginSetup', (twoFactor) => twoFactor.beginSetup('ann', { proof, accountName: 'ann' })],
  ['viewRecoveryCodes by code', (twoFactor, code) => twoFactor.viewRecoveryCodes('ann', { proof: { code } })],
  ['regenerateRecoveryCodes', (twoFactor) => twoFactor.regenerateRecoveryCodes('ann', { proof })],
  ['disable', (twoFactor) => twoFactor.disable('ann', { proof })],
  ['passwordChanged', (twoFactor) => twoFactor.passwordChanged('ann')],
  ['admin.reset', (twoFactor) => twoFactor.admin.reset('ann', staff)],
  ['admin.unlock', (twoFactor) => twoFactor.admin.unlock('ann', staff)],
  ['admin.reseal', (twoFactor) => twoFactor.admin.reseal('ann')],
]

describe('a load that gives anything but null or a record with its version is a fault, in each operation', () => {
  const answers: [string, unknown][] = [
    ['undefined', undefined],
    ['false', false],
    ['a text', '{"record":{},"version":"1"}'],
    ['a bare record', { schema: 1, authenticators: [] }],
    ['no version', { record: { schema: 1 } }],
    ['a number as version', { record: { schema: 1 }, version: 1 }],
    ['a bigint as version', { record: { schema: 1 }, version: 1n }],
    ['null as version', { record: { schema: 1 }, version: null }],
    ['an empty version', { record: { schema: 1 }, version: '' }],
    ['a list of rows', [{ record: { schema: 1 }, version: 'x' }]],
    ['an empty object', {}],
  ]
  test.each(READERS)('%s', async (_name, act) => {
    const world = createWorld()
    const user = await enrolled(world)
    const challenge = await world.twoFactor.challenge('ann')
    const token = challenge.passed ? '' : challenge.token
    for (const [, answer] of answers) {
      const saved: unknown[] = []
      const store = { load: async () => answer, save: async (...given: unknown[]) => saved.push(given) > 0 }
      const { code, message } = await faultOf(() => act(world.another({ store: untyped(store) }), token))
      expect([code, message]).toEqual(['store_invalid', expect.stringContaining('load')])
      expect(saved).toEqual([])
    }
    expect(await signIn(world, 'ann', { code: user.phone.next() })).toMatchObject({ ok: true })
  })
})

describe('a load that rejects or throws: the caller gets the error, in each operation', () => {
  test.each(READERS)('%s', async (_name, act) => {
    const world = createWorld()
    await enrolled(world)
    const challenge = await world.twoFactor.challenge('ann')
    const error = new Error('connection refused')
    for (const load of [
      async () => Promise.reject(error),
      () => {
        throw error
      },
    ]) {
      const broken = world.another({ store: { load: untyped<UserStore['load']>(load), save: world.store.save } })
      await expect(act(broken, challenge.passed ? '' : challenge.token)).rejects.toBe(error)
    }
    expect([world.store.saves, world.heard()]).toEqual([0, []])
  })
})

describe('a save that resolves to anything but true or false is a fault, never a success', () => {
  test.each(WRITERS)('%s', async (_name, act) => {
    for (const answer of [undefined, null, 1, 0, '', 'true', {}, { changes: 1 }, { rowCount: 1 }, [], [true], 1n]) {
      const world = createWorld({ keys: OLD_KEY })
      const { phone } = await enrolled(world)
      const asked: StoreChange[] = []
      const store: UserStore = {
        load: world.store.load,
        save: untyped(async (_userId: string, change: StoreChange) => {
          asked.push(change)
          return answer
        }),
      }
      const { code, message } = await faultOf(() => act(world.another({ store, keys: ROTATED }), phone.next()))
      expect([code, message]).toEqual(['store_invalid', expect.stringContaining('save')])
      expect([asked.length, world.heard().filter((type) => type !== 'password.wrong')]).toEqual([1, []])
    }
  })
})

describe('a save that fails: the caller gets the error, and no event is emitted', () => {
  test.each(WRITERS)('%s', async (_name, act) => {
    const world = createWorld({ keys: OLD_KEY })
    const { phone } = await enrolled(world)
    const error = new Error('disk full')
    const broken = world.another({
      store: { load: world.store.load, save: async () => Promise.reject(error) },
      keys: ROTATED,
    })
    const before = await world.store.record('ann')
    await expect(act(broken, phone.code())).rejects.toBe(error)
    expect([await world.store.record('ann'), world.heard()]).toEqual([before, []])
    expect(await signIn(world, 'ann', { code: phone.code() })).toMatchObject({ ok: true })
  })
})

describe('a save that wrote and then failed: the caller gets the error, and the code stays used', () => {
  function afterWriting(world: World): TwoFactor {
    const save: UserStore['save'] = async (userId, change) => {
      await world.store.save(userId, change)
      throw new Error('connection lost')
    }
    return world.another({ store: { load: world.store.load, save } })
  }

  test("an authenticator's code", async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const code = phone.next()
    await expect(afterWriting(world).verify('ann', { code })).rejects.toThrow('connection lost')
    expect(world.heard()).toEqual([])
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: false, reason: 'code-used' })
  })

  test('a recovery code', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const [code = ''] = recoveryCodes
    await expect(afterWriting(world).verify('ann', { code })).rejects.toThrow('connection lost')
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: false, reason: 'code-used' })
  })

  test('a challenge', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const challenge = await world.twoFactor.challenge('ann')
    const token = challenge.passed ? '' : challenge.token
    const attempt = afterWriting(world).completeChallenge(token, { code: phone.next() })
    await expect(attempt).rejects.toThrow('connection lost')
    const again = await world.twoFactor.completeChallenge(token, { code: phone.next() })
    expect(again).toMatchObject({ ok: false, reason: 'challenge-used' })
  })

  test('a failure counts', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    for (let time = 0; time < 5; time += 1) {
      const attempt = afterWriting(world).verify('ann', { code: wrongCode(world, phone) })
      await expect(attempt).rejects.toThrow('connection lost')
    }
    expect(await world.twoFactor.verify('ann', { code: phone.next() })).toMatchObject({ reason: 'throttled' })
  })
})

describe('when another writer wins', () => {
  test('the operation decides again on what is stored by then', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const code = phone.next()
    let isFirst = true
    const save: UserStore['save'] = async (userId, change) => {
      if (isFirst) {
        isFirst = false
        await world.twoFactor.verify('ann', { code })
      }
      return world.store.save(userId, change)
    }
    const slow = world.another({ store: { load: world.store.load, save } })
    expect(await slow.verify('ann', { code })).toMatchObject({ ok: false, reason: 'code-used' })
    expect(await slow.verify('ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  })

  test('a record that was deleted and created again meanwhile is never mistaken for the old one', async () => {
    const world = createWorld()
    const before = await enrolled(world)
    let isFirst = true
    const save: UserStore['save'] = async (userId, change) => {
      if (isFirst) {
        isFirst = false
        await world.twoFactor.admin.reset('ann', staff)
        await enroll(world.twoFactor, 'ann')
      }
      return world.store.save(userId, change)
    }
    const slow = world.another({ store: { load: world.store.load, save } })
    expect(await slow.verify('ann', { code: before.phone.next() })).toMatchObject({ ok: false, reason: 'wrong-code' })
  })

  test('every time, it gives up with store_conflict after a bounded number of rounds, and nothing happened', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    let rounds = 0
    const save = async () => {
      rounds += 1
      return false
    }
    // A byte of randomness is the length of a wait: none.
    const random = (bytes: number) => (bytes === 1 ? new Uint8Array(1) : crypto.getRandomValues(new Uint8Array(bytes)))
    const starved = world.another({ store: { load: world.store.load, save }, random })
    const code = phone.next()
    expect(await faultOf(() => starved.verify('ann', { code }))).toMatchObject({ code: 'store_conflict' })
    expect(rounds).toBeGreaterThan(5)
    expect(rounds).toBeLessThanOrEqual(100)
    expect(world.heard()).toEqual([])
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
  })

  test('the version catches a stale load: the operation fails rather than make a used code valid again', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const stale = await world.store.load('ann')
    const code = phone.next()
    await world.twoFactor.verify('ann', { code })
    const random = (bytes: number) => (bytes === 1 ? new Uint8Array(1) : crypto.getRandomValues(new Uint8Array(bytes)))
    const behind = world.another({ store: { load: async () => stale, save: world.store.save }, random })
    expect(await faultOf(() => behind.verify('ann', { code }))).toMatchObject({ code: 'store_conflict' })
  })

  test('one load that lags and then catches up costs a round, and nothing else', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const stale = await world.store.load('ann')
    const code = phone.next()
    await world.twoFactor.verify('ann', { code })
    let loads = 0
    const load: UserStore['load'] = async (userId) => (loads++ === 0 ? stale : world.store.load(userId))
    const lagging = world.another({ store: { load, save: world.store.save } })
    expect(await lagging.verify('ann', { code })).toMatchObject({ ok: false, reason: 'code-used' })
    loads = 0
    expect(await lagging.verify('ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  })
})

describe('what is asked of the store', () => {
  test('versions are fresh, random text, and each save expects the one before', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const first = (await world.store.load('ann'))?.version
    for (const code of [phone.next(), ...recoveryCodes]) await world.twoFactor.verify('ann', { code })
    const { changes } = world.store
    expect(changes).toHaveLength(11)
    expect(changes.map(({ expected }) => expected)).toEqual([
      first,
      ...changes.slice(0, -1).map(({ version }) => version),
    ])
    const versions = changes.map(({ version }) => version)
    expect(new Set(versions).size).toBe(11)
    for (const version of versions) expect(version).toMatch(/^[\w-]{20,}$/)
  })

  test('a first write expects no record, a delete names the version that it deletes', async () => {
    const world = createWorld()
    await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    expect(world.store.changes).toMatchObject([{ expected: null, record: { schema: 1 }, enabledAtMs: null }])
    await world.twoFactor.admin.reset('ann', staff)
    expect(world.store.changes[1]).toMatchObject({
      expected: world.store.changes[0]?.version,
      record: null,
      enabledAtMs: null,
      events: [{ type: 'two-factor.reset' }],
    })
  })

  test('enabledAtMs says in each write when it was turned on', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    const enabledAtMs = world.clock.now()
    world.clock.advance({ seconds: 3600 })
    await world.twoFactor.verify('ann', { code: phone.next() })
    await addPhone(world, 'ann', { replaces: 'all' })
    await world.twoFactor.disable('ann', { proof })
    const on = world.store.changes.map((change) => change.enabledAtMs)
    expect(on).toEqual([null, enabledAtMs, enabledAtMs, enabledAtMs, enabledAtMs, null])
  })

  test('one load and one save per second step, one load per challenge, no write for a refusal', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const cost = async (work: () => Promise<unknown>) => {
      world.store.forget()
      await work()
      return [world.store.loads, world.store.saves]
    }
    const token = async () => {
      const challenge = await world.twoFactor.challenge('ann')
      return challenge.passed ? '' : challenge.token
    }
    const [one, two] = [await token(), await token()]
    const code = phone.next()
    expect(await cost(token)).toEqual([1, 0])
    expect(await cost(() => world.twoFactor.completeChallenge(one, { code, trustDevice: true }))).toEqual([1, 1])
    expect(await cost(() => world.twoFactor.completeChallenge(two, { code: recoveryCodes[0] ?? '' }))).toEqual([1, 1])
    expect(await cost(() => world.twoFactor.verify('ann', { code: phone.next() }))).toEqual([1, 1])
    expect(await cost(() => world.twoFactor.verify('ann', { code: wrongCode(world, phone) }))).toEqual([1, 1])

    // A used code is told to the user once an hour, which is written; then it costs no write.
    expect(await cost(() => world.twoFactor.verify('ann', { code }))).toEqual([1, 1])
    expect(await cost(() => world.twoFactor.verify('ann', { code }))).toEqual([1, 0])
    expect(await cost(() => world.twoFactor.verify('ann', { code: recoveryCodes[0] ?? '' }))).toEqual([1, 0])
    expect(await cost(() => world.twoFactor.revokeTrustedDevices('ann'))).toEqual([1, 1])
    expect(await cost(() => world.twoFactor.verify('ann', { code: 'abc' }))).toEqual([1, 0])
    expect(await cost(() => world.twoFactor.completeChallenge(one, { code: phone.code() }))).toEqual([1, 0])
    expect(await cost(() => world.twoFactor.completeChallenge('forged', { code }))).toEqual([0, 0])
    expect(await cost(() => world.twoFactor.status('ann'))).toEqual([1, 0])
    for (let time = 0; time < 4; time += 1) await world.twoFactor.verify('ann', { code: wrongCode(world, phone) })
    expect(await cost(() => world.twoFactor.verify('ann', { code: wrongCode(world, phone) }))).toEqual([1, 0])
  })

  test('a store that returns the very object it was passed, frozen, works as well as one that copies', async () => {
    const kept = new Map<string, { record: unknown; version: string }>()
    const store: UserStore = untyped({
      load: async (userId: string) => kept.get(userId) ?? null,
      save: async (userId: string, { record, version }: StoreChange) => {
        if (record === null) return kept.delete(userId)
        kept.set(userId, { record: deepFreeze(record), version })
        return true
      },
    })
    const world = createWorld()
    const frozen = world.another({ store })
    const { phone, recoveryCodes } = await enroll(frozen, 'ann')
    for (const code of [phone.next(), recoveryCodes[0] ?? '', phone.next()]) {
      expect(await frozen.verify('ann', { code })).toMatchObject({ ok: true })
    }
    expect(await frozen.passwordChanged('ann')).toEqual({ ok: true })
  })

  test('a store with methods that need their `this` keeps it', async () => {
    class Store implements UserStore {
      readonly inner = memoryStore()
      async load(userId: string) {
        return this.inner.load(userId)
      }
      async save(userId: string, change: StoreChange) {
        return this.inner.save(userId, change)
      }
    }
    const twoFactor = createWorld().another({ store: new Store() })
    const { phone } = await enroll(twoFactor, 'ann')
    expect(await twoFactor.verify('ann', { code: phone.next() })).toMatchObject({ ok: true })
  })
})

describe('memoryStore', () => {
  test('keeps its own copy: changing what was passed or returned does not change the record', async () => {
    const store = memoryStore()
    const record = untyped<StoreChange['record']>({ schema: 1, list: [{ a: 1 }] })
    await store.save('ann', { expected: null, version: 'v1', record, enabledAtMs: null, events: [] })
    Reflect.set(record ?? {}, 'schema', 2)
    const loaded = await store.load('ann')
    Reflect.set(loaded?.record ?? {}, 'schema', 3)
    expect(await store.load('ann')).toEqual({ record: { schema: 1, list: [{ a: 1 }] }, version: 'v1' })
  })

  test('writes only over the stored version', async () => {
    const store = memoryStore()
    const change = (expected: string | null, version: string, record: unknown = { schema: 1 }) =>
      store.save('ann', { expected, version, record: untyped(record), enabledAtMs: null, events: [] })
    expect(await change('v0', 'v1')).toBe(false)
    expect(await change(null, 'v1')).toBe(true)
    expect(await change(null, 'v2')).toBe(false)
    expect(await change('v0', 'v2', null)).toBe(false)
    expect(await change('v1', 'v2')).toBe(true)
    expect(await change('v2', 'v3', null)).toBe(true)
    expect(await store.load('ann')).toBeNull()
    expect(await change('v2', 'v4')).toBe(false)
    expect(await change('v2', 'v4', null)).toBe(false)
  })
})

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const field of Object.values(value)) deepFreeze(field)
  return Object.freeze(value)
}
