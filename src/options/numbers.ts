import type { CountersignError } from '../errors.ts'
import { invalidOption } from './invalid-option.ts'

/** The last time that a Date can express, in Unix milliseconds. */
export const LAST_MS = 8_640_000_000_000_000

/** A required integer option. */
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

/** An integer option, or its default if left out. */
export function integerOption(
  name: string,
  given: number | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  return given === undefined ? fallback : requiredInteger(name, given, least, most)
}

const FIRST_SECONDS = 978_307_200
const FIRST_MILLISECONDS = 100_000_000_000

/** A Unix time from 2001 to 5138 in seconds. Read as milliseconds it would be in the early 1970s. */
export function looksLikeSeconds(time: unknown): boolean {
  return typeof time === 'number' && time >= FIRST_SECONDS && time < FIRST_MILLISECONDS
}

/** A whole number of Unix milliseconds, from 1970 on. */
export function timeOption(name: string, given: unknown): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0 && !looksLikeSeconds(given)) {
    return withoutSign(given)
  }
  throw invalidOption(name, given, 'a whole number of Unix milliseconds', timeHint(given))
}

/** The error for an invalid time; seconds and a Date are common mistakes. */
export function invalidTime(name: string, given: unknown): CountersignError {
  return invalidOption(name, given, 'a time in Unix milliseconds', timeHint(given))
}

export function timeHint(given: unknown): string {
  if (looksLikeSeconds(given)) return 'Is it in seconds? Multiply by 1000.'
  return given instanceof Date ? 'Pass its getTime().' : ''
}
