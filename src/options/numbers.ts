import { invalidOption } from './invalid-option.ts'

/** The last time that a Date can hold, in Unix milliseconds. */
export const LAST_MS = 8_640_000_000_000_000

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
