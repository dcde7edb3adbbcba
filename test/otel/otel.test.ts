import { CountersignError } from 'countersign'
import { createHandler } from 'countersign/http'
import { type MetricsMeter, measureStore, measureTwoFactor } from 'countersign/otel'
import { enroll } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { watchedStore } from '../watched-store.ts'
import { createWorld, enrolled, PASSWORD, wrongCode } from '../world.ts'

/** What a meter of the host's was told. */
function createMeter() {
  const told: { name: string; value: number; attributes: Record<string, string> }[] = []
  const meter: MetricsMeter = {
    createHistogram: (name, { unit }) => {
      expect(unit).toBe('s')
      return { record: (value, attributes) => told.push({ name, value, attributes }) }
    },
  }
  return { meter, told, attributes: () => told.splice(0).map(({ attributes }) => attributes) }
}

function createMeasured(options: Parameters<typeof createWorld>[0] = {}) {
  const recorder = createMeter()
  const world = createWorld(options)
  return { ...recorder, world, twoFactor: measureTwoFactor(world.twoFactor, { meter: recorder.meter }) }
}

const told = (operation: string, outcome: string, more: Record<string, string> = {}) => ({
  'countersign.operation': operation,
  'countersign.outcome': outcome,
  ...more,
})

describe('measureTwoFactor', () => {
  test('tells of each operation, its outcome and how long it took', async () => {
    const { twoFactor, world, told: all, attributes } = createMeasured()
    await twoFactor.challenge('ann')
    const { phone } = await enroll(twoFactor, 'ann')
    const challenge = await twoFactor.challenge('ann')
    const token = challenge.passed ? '' : challenge.token
    expect(all.every(({ name, value }) => name === 'countersign.operation.duration' && value >= 0 && value < 60)).toBe(
      true,
    )
    await twoFactor.completeChallenge(token, { code: wrongCode(world, phone) })
    await twoFactor.completeChallenge(token, { code: phone.next() })
    await twoFactor.admin.unlock('ann', { by: 'anna', note: 'called' })
    expect(attributes()).toEqual([
      told('challenge', 'not-enabled'),
      told('admin.importUser', 'ok'),
      told('challenge', 'verify'),
      told('completeChallenge', 'wrong-code'),
      told('completeChallenge', 'ok'),
      told('admin.unlock', 'ok'),
    ])
  })

  test('tells the code of a fault, and never its text', async () => {
    const verifyPassword = () => Promise.reject(new Error('ann@example.com: no such host'))
    const { twoFactor, attributes } = createMeasured({ verifyPassword })
    await expect(twoFactor.challenge('ann', { expectEnabled: true })).rejects.toThrow('expectEnabled')
    await expect(twoFactor.beginSetup('ann', { proof: { password: PASSWORD }, accountName: 'ann' })).rejects.toThrow(
      'host',
    )
    expect(attributes()).toEqual([
      told('challenge', 'error', { 'error.type': 'record_missing' }),
      told('beginSetup', 'error', { 'error.type': 'other' }),
    ])
  })

  test('tells only words of its own list, whatever an implementation of the host answers', async () => {
    const { meter, attributes } = createMeter()
    const { twoFactor } = createWorld()
    const disable: unknown = async () => ({ ok: false, reason: 'ann@example.com' })
    const foreign = new CountersignError('store_invalid', 'text')
    Object.defineProperty(foreign, 'code', { value: 'of-ann' })
    const status = () => Promise.reject(foreign)
    const wrapped = measureTwoFactor(Object.assign({}, twoFactor, { disable, status }), { meter })
    await wrapped.disable('ann', { proof: { password: PASSWORD } })
    await expect(wrapped.status('ann')).rejects.toThrow('text')
    expect(attributes()).toEqual([told('disable', 'other'), told('status', 'error', { 'error.type': 'other' })])
  })

  test('gives a TwoFactor that works everywhere, in a handler too', async () => {
    const { twoFactor, attributes } = createMeasured()
    const handler = createHandler({ twoFactor, authenticate: () => null, openSession: () => ({}) })
    const origin = 'https://app.example.com'
    const request = new Request(`${origin}/sign-in`, { method: 'POST', headers: { Origin: origin } })
    expect(await (await handler.signIn(request, { userId: 'ann' })).json()).toEqual({ signedIn: true })
    expect(attributes()).toEqual([told('challenge', 'not-enabled')])
    expect(twoFactor.issuer).toBe('Acme Cloud')
  })

  test('changes no outcome if the meter fails', async () => {
    const meter: MetricsMeter = {
      createHistogram: () => ({
        record: () => {
          throw new Error('No exporter.')
        },
      }),
    }
    const world = createWorld({ store: watchedStore() })
    const twoFactor = measureTwoFactor(world.twoFactor, { meter })
    expect(await twoFactor.challenge('ann')).toMatchObject({ passed: true })
    const store = measureStore(world.store, { meter })
    expect(await store.load('ann')).toBeNull()
  })

  test('refuses what is no meter', () => {
    const { twoFactor } = createWorld()
    // @ts-expect-error: a meter
    expect(() => measureTwoFactor(twoFactor, {})).toThrow('meter')
    // @ts-expect-error: a meter
    expect(() => measureTwoFactor(twoFactor, { meter: {} })).toThrow('createHistogram')
    const { meter } = createMeter()
    // @ts-expect-error: an AsyncLocalStorage
    expect(() => measureTwoFactor(twoFactor, { meter, operations: {} })).toThrow('AsyncLocalStorage')
  })
})

describe('measureStore', () => {
  test('tells of loads, saves, conflicts and faults', async () => {
    const { meter, attributes } = createMeter()
    const world = createWorld()
    await enrolled(world)
    const rival = world.another()
    let isFirst = true
    const store = measureStore(
      {
        load: (userId) => world.store.load(userId),
        save: async (userId, change) => {
          if (isFirst) {
            isFirst = false
            await rival.passwordChanged(userId)
          }
          return world.store.save(userId, change)
        },
      },
      { meter },
    )
    await world.another({ store }).passwordChanged('ann')
    const call = (name: string, outcome: string) => ({ 'countersign.store.call': name, 'countersign.outcome': outcome })
    expect(attributes()).toEqual([call('load', 'ok'), call('save', 'conflict'), call('load', 'ok'), call('save', 'ok')])
    const broken = measureStore({ load: () => Promise.reject(new Error('gone')), save: async () => true }, { meter })
    await expect(broken.load('ann')).rejects.toThrow('gone')
    expect(attributes()).toEqual([call('load', 'error')])
  })
})
