/** The part of a `Meter` of @opentelemetry/api that is used. */
export interface MetricsMeter {
  createHistogram(name: string, options: { description: string; unit: string }): MetricsHistogram
}

/** The part of its `Histogram` that is used. */
export interface MetricsHistogram {
  record(value: number, attributes: Record<string, string>): void
}

/** The part of an `AsyncLocalStorage<string>` of node:async_hooks that is used. */
export interface OperationContext {
  run<Result>(operation: string, work: () => Result): Result
  getStore(): string | undefined
}

/** For {@link measureTwoFactor} and {@link measureStore}. */
export interface MeasureOptions {
  /** `metrics.getMeter('countersign')` of @opentelemetry/api. */
  meter: MetricsMeter
  /**
   * `new AsyncLocalStorage()` of node:async_hooks: pass the same one to `measureTwoFactor` and to `measureStore`, and
   * store calls, including retries, carry the operation that made them. Default: they don't.
   */
  operations?: OperationContext | undefined
}

/** A failure of telemetry changes no outcome. */
export function quietly(report: () => void): void {
  try {
    report()
  } catch {
    // The operation already has its result.
  }
}
