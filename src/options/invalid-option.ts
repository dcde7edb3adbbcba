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
