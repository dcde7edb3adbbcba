import type { UserStore } from '../engine/store.ts'
import { checkMethods } from '../options/methods.ts'
import { checkMeasureOptions } from './measure-two-factor.ts'
import { type MeasureOptions, quietly } from './meter.ts'

/**
 * Returns the store, measured: `countersign.store.duration`, a histogram in seconds with the attributes
 * `countersign.store.call` (`load`, `save`, `userIds`), `countersign.outcome` (`ok`, `conflict`, `error`) and, with
 * `operations`, `countersign.operation`. Each conflict causes a retry: another writer was first.
 *
 * @throws CountersignError `invalid_option`
 * @example
 * const store = measureStore(pgStore(pool), { meter: metrics.getMeter('countersign'), operations })
 */
export function measureStore(store: UserStore, options: MeasureOptions): UserStore {
  checkMeasureOptions('measureStore', options)
  checkMethods('store', store, ['load', 'save'], 'a UserStore')
  const duration = options.meter.createHistogram('countersign.store.duration', {
    description: 'How long the store of two-factor authentication takes.',
    unit: 's',
  })

  async function timed<Result>(call: string, work: () => Promise<Result>): Promise<Result> {
    const startMs = performance.now()
    const record = (outcome: string) =>
      quietly(() => {
        const operation = options.operations?.getStore()
        const attributes = {
          'countersign.store.call': call,
          'countersign.outcome': outcome,
          ...(operation === undefined ? {} : { 'countersign.operation': operation }),
        }
        duration.record((performance.now() - startMs) / 1000, attributes)
      })
    try {
      const result = await work()
      record(result === false ? 'conflict' : 'ok')
      return result
    } catch (error) {
      record('error')
      throw error
    }
  }

  const { userIds } = store
  return {
    ...(userIds && { userIds: (page) => timed('userIds', () => userIds.call(store, page)) }),
    load: (userId) => timed('load', () => store.load(userId)),
    save: (userId, change) => timed('save', () => store.save(userId, change)),
  }
}
