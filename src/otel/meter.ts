/** The part of a `Meter` of @opentelemetry/api that is used. */
export interface MetricsMeter {
  createHistogram(name: string, options: { description: string; unit: string }): MetricsHistogram
}

/** As @opentelemetry/api's `Histogram`. */
export interface MetricsHistogram {
  record(value: number, attributes: Record<string, string>): void
}

/** For {@link measureTwoFactor} and {@link measureStore}. */
export interface MeasureOptions {
  /** `metrics.getMeter('countersign')` of @opentelemetry/api. */
  meter: MetricsMeter
}

/** Telemetry that fails changes no outcome. */
export function quietly(report: () => void): void {
  try {
    report()
  } catch {
    // The operation has its result already.
  }
}
