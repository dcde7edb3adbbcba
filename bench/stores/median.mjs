export function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]
}
