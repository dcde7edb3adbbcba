import { CountersignError } from '../errors.ts'
import { checkOptionNames, checkOptions } from '../options/groups.ts'
import { checkMethods } from '../options/methods.ts'
import type { TwoFactor } from '../two-factor/api.ts'
import { type MeasureOptions, type MetricsHistogram, quietly } from './meter.ts'

/** A reason or a kind of success: a word of the library's, never anything from outside. */
const WORD = /^[a-z][a-z-]{0,39}$/

/**
 * The same `TwoFactor`, whose operations are measured: `countersign.operation.duration`, a histogram in seconds with the
 * attributes `countersign.operation`, `countersign.outcome` and, for a fault, `error.type`. Use it in place of the other
 * everywhere. No attribute holds a user id, a code or the text of an error.
 *
 * @throws CountersignError `invalid_option`
 * @example
 * import { metrics } from '@opentelemetry/api'
 * const twoFactor = measureTwoFactor(createTwoFactor(options), { meter: metrics.getMeter('countersign') })
 */
export function measureTwoFactor(twoFactor: TwoFactor, options: MeasureOptions): TwoFactor {
  checkMeasureOptions('measureTwoFactor', options)
  const duration = options.meter.createHistogram('countersign.operation.duration', {
    description: 'How long operations of two-factor authentication take.',
    unit: 's',
  })
  return measured(twoFactor, '', duration)
}

export function checkMeasureOptions(where: string, options: MeasureOptions): void {
  checkOptions(options)
  checkOptionNames(where, options, ['meter'])
  checkMethods('meter', options.meter, ['createHistogram'], 'a Meter of @opentelemetry/api')
}

/** A view of an object in which each function is measured, also those of `admin`. */
function measured<Group extends object>(group: Group, prefix: string, duration: MetricsHistogram): Group {
  return new Proxy(group, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof name === 'symbol') return value
      if (typeof value === 'object' && value !== null) return measured(value, `${prefix}${name}.`, duration)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => run(`${prefix}${name}`, () => Reflect.apply(value, target, given), duration)
    },
  })
}

async function run(operation: string, work: () => unknown, duration: MetricsHistogram): Promise<unknown> {
  const startMs = performance.now()
  const record = (outcome: Record<string, string>) =>
    quietly(() => {
      const attributes = { 'countersign.operation': operation, ...outcome }
      duration.record((performance.now() - startMs) / 1000, attributes)
    })
  try {
    const result = await work()
    record({ 'countersign.outcome': outcomeOf(result) })
    return result
  } catch (error) {
    const type = error instanceof CountersignError ? error.code : 'other'
    record({ 'countersign.outcome': 'error', 'error.type': type })
    throw error
  }
}

/** Why it was refused; for `challenge`, why it passed or what it asks for; else `ok`. */
function outcomeOf(result: unknown): string {
  if (typeof result !== 'object' || result === null) return 'ok'
  const field = 'reason' in result ? result.reason : 'because' in result ? result.because : actionOf(result)
  return typeof field === 'string' && WORD.test(field) ? field : 'ok'
}

function actionOf(result: object): unknown {
  return 'action' in result ? result.action : 'ok'
}
