import { CountersignError } from '../errors.ts'

/** The error for an option out of range. Text that was given is not repeated: it might be a secret in the wrong place. */
export function invalidOption(name: string, given: unknown, allowed: string): CountersignError {
  return new CountersignError('invalid_option', `${name} must be ${allowed}; given: ${describe(given)}.`)
}

function describe(given: unknown): string {
  if (typeof given === 'string') return `text of ${given.length} characters`
  if (given === null || typeof given === 'number' || typeof given === 'undefined' || typeof given === 'boolean') {
    return String(given)
  }
  return Array.isArray(given) ? 'an array' : `a value of type ${typeof given}`
}

/** An integer option that cannot be left out. */
export function requiredInteger(name: string, given: number, least: number, most: number): number {
  if (!Number.isInteger(given) || given < least || given > most) {
    throw invalidOption(name, given, `an integer from ${least} to ${most}`)
  }
  return withoutSign(given)
}

/** -0 becomes 0, so that it is never seen in a result. */
export function withoutSign(zeroOrMore: number): number {
  return zeroOrMore + 0
}

/** An integer option, or its default where it was left out. */
export function integerOption(
  name: string,
  given: number | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  return given === undefined ? fallback : requiredInteger(name, given, least, most)
}

/** Refuses what is no options object at all, before anything is read from it. */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', options, 'an object')
}
