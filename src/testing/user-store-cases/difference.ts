/** Where two JSON values first differ, in words; null if they don't. Keys can be in any order. */
export function difference(actual: unknown, expected: unknown, path = 'record'): string | null {
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return Object.is(actual, expected) ? null : `${path} is ${show(actual)} instead of ${show(expected)}`
  }
  // Through entries, so that __proto__ is a plain key, as in JSON.
  const [left, right] = [new Map(Object.entries(actual)), new Map(Object.entries(expected))]
  for (const key of new Set([...right.keys(), ...left.keys()])) {
    const name = `${path}[${show(key)}]`
    if (!left.has(key)) return `${name} is missing`
    if (!right.has(key)) return `${name} is there, but was never saved`
    const found = difference(left.get(key), right.get(key), name)
    if (found !== null) return found
  }
  return null
}

/** A readable value: cut if it is long, with invisible or confusable characters escaped. */
export function show(value: unknown): string {
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value))
  const short = text.length > 200 ? `${text.slice(0, 120)}…${text.slice(-60)}` : text
  return short.replace(/(?! )[\p{C}\p{M}\p{Z}]/gu, escaped)
}

function escaped(letter: string): string {
  return letter
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
