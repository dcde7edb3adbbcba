import { checkOptionNames, checkOptions, optionNames } from '../options/groups.ts'
import { checkMethods } from '../options/methods.ts'
import type { TwoFactor } from '../two-factor/api.ts'
import { errorTypeOf, outcomeOf } from './attributes.ts'
import { type MeasureOptions, type MetricsHistogram, type OperationContext, quietly } from './meter.ts'

const OPTIONS = /* @__PURE__ */ optionNames<MeasureOptions>({ meter: true, operations: true })

/** Where calls are reported. */
interface Report {
  duration: MetricsHistogram
  operations: OperationContext | undefined
}

/**
 * Returns the `TwoFactor` with its operations measured: `countersign.operation.duration`, a histogram in seconds with
 * the attributes `countersign.operation`, `countersign.outcome` and, for a fault, `error.type`. Use it everywhere
 * instead of the original. No attribute contains a user id, a code or an error message.
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
  return measured(twoFactor, '', { duration, operations: options.operations })
}

export function checkMeasureOptions(where: string, options: MeasureOptions): void {
  checkOptions(options)
  checkOptionNames(where, options, OPTIONS)
  checkMethods('meter', options.meter, ['createHistogram'], 'a Meter of @opentelemetry/api')
  const { operations } = options
  if (operations !== undefined) checkMethods('operations', operations, ['run', 'getStore'], 'an AsyncLocalStorage')
}

/** A view of an object in which each function is measured, also those of `admin`. */
function measured<Group extends object>(group: Group, prefix: string, report: Report): Group {
  return new Proxy(group, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof name === 'symbol') return value
      if (typeof value === 'object' && value !== null) return measured(value, `${prefix}${name}.`, report)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => run(`${prefix}${name}`, () => Reflect.apply(value, target, given), report)
    },
  })
}

async function run(operation: string, work: () => unknown, { duration, operations }: Report): Promise<unknown> {
  const startMs = performance.now()
  const record = (outcome: Record<string, string>) =>
    quietly(() => {
      const attributes = { 'countersign.operation': operation, ...outcome }
      duration.record((performance.now() - startMs) / 1000, attributes)
    })
  try {
    const result = await (operations === undefined ? work() : operations.run(operation, work))
    record({ 'countersign.outcome': outcomeOf(result) })
    return result
  } catch (error) {
    record({ 'countersign.outcome': 'error', 'error.type': errorTypeOf(error) })
    throw error
  }
}
