/** Where two JSON values first differ, in words; null where they do not, whatever the order of their keys. */
export function difference(actual: unknown, expected: unknown, path = 'record'): string | null {
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return Object.is(actual, expected) ? null : `${path} is ${show(actual)} instead of ${show(expected)}`
  }
  // Through entries, so that a key __proto__ is the plain key that it is in JSON.
  const [left, right] = [new Map(Object.entries(actual)), new Map(Object.entries(expected))]
  for (const key of new Set([...right.keys(), ...left.keys()])) {
    const name = `${path}[${show(key)}]`
    if (!left.has(key)) return `${name} is missing`
    if (!right.has(key)) return `${name} is there, and was never saved`
    const found = difference(left.get(key), right.get(key), name)
    if (found !== null) return found
  }
  return null
}

/** A value for people to read: cut where it is long, and with what cannot be seen, or told from its like, in escapes. */
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
