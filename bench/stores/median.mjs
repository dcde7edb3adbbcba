export function median(values) {
  return quantile(values, 0.5)
}

/** The value below which this share of all values lies: 0.99 for the 99th percentile. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
