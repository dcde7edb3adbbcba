import { CountersignError } from '../errors.ts'

/**
 * The error for an option out of range. A string is not repeated: it might be a secret in the wrong place.
 *
 * @param hint a sentence on what to do, if `allowed` does not say it
 */
export function invalidOption(name: string, given: unknown, allowed: string, hint = ''): CountersignError {
  const message = `${name} must be ${allowed}; got ${describeGiven(given)}.`
  return new CountersignError('invalid_option', `${message} ${hint}`.trimEnd())
}

/** Describes a value, as far as a log may contain it. */
export function describeGiven(given: unknown): string {
  if (typeof given === 'string') return given === '' ? 'an empty string' : `a string of ${given.length} characters`
  if (typeof given === 'number' || typeof given === 'boolean') return String(given)
  return describeType(given)
}

/** Only the type, for what a hook returned. */
export function describeType(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (Array.isArray(value)) return 'an array'
  if (isPromise(value)) return 'a promise (is an await missing?)'
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return /^(Date|Map|Set|RegExp|Error|Request|Response|Headers|Uint8Array|ArrayBuffer)$/.test(tag)
    ? `${/^[AE]/.test(tag) ? 'an' : 'a'} ${tag}`
    : 'an object'
}

/** Whether it can be awaited, which no JSON value can. */
export function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
