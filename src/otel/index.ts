export { measureStore } from './measure-store.ts'
export { measureTwoFactor } from './measure-two-factor.ts'
export type { MeasureOptions, MetricsHistogram, MetricsMeter, OperationContext } from './meter.ts'
