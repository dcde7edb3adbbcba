import { checkOptions } from '../options/groups.ts'
import { integerOption, requiredInteger } from '../options/numbers.ts'
import { algorithmOption, type OtpAlgorithm } from './algorithm.ts'
import { codeOf, findCounter } from './keyed.ts'
import { secretOption } from './secret.ts'
import { readCode } from './typed-code.ts'

export const DEFAULT_DIGITS = 6

/** What a code depends on besides the counter or the time. */
export interface OtpOptions {
  /** Bytes (1 to 128) or base32 text. */
  secret: Uint8Array | string
  /** 6 to 8; default 6. */
  digits?: number | undefined
  /** Default 'SHA1'. */
  algorithm?: OtpAlgorithm | undefined
}

/** For `generateHotp`. */
export interface GenerateHotpOptions extends OtpOptions {
  /** 0 to 2^53 − 1. */
  counter: number
}

/** For `verifyHotp`. */
export interface VerifyHotpOptions extends OtpOptions {
  /** What the person typed. Can be of any type; spaces and dashes are ignored. */
  code: unknown
  /** The first counter that is accepted: one more than the last one used. 0 to 2^53 − 1. */
  counter: number
  /** How many counters after that one are accepted too (RFC 4226 §7.4): 0 to 100; default 0. */
  lookAhead?: number | undefined
}

/** Whether the code was correct, and for which counter. */
export type VerifyHotpResult =
  /** `counter` is the one that matched, `delta` how far ahead it was: store `counter + 1` as the next one. */
  { ok: true; counter: number; delta: number } | { ok: false }

/**
 * Returns the code for a counter (RFC 4226 §5.3).
 *
 * @returns 6 to 8 ASCII digits, with leading zeros
 * @throws CountersignError `invalid_option`, `invalid_base32`; `runtime_unsupported` for base32 text without `Buffer`
 * @example
 * generateHotp({ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', counter: 1 }) // '287082'
 */
export function generateHotp(options: GenerateHotpOptions): string {
  checkOptions(options)
  const digits = digitsOption(options.digits)
  const algorithm = algorithmOption(options.algorithm)
  const counter = counterOption(options.counter)
  return codeOf(secretOption(options.secret), algorithm, digits, counter)
}

/**
 * Checks a code against the counter and the next `lookAhead` counters, in constant time and nearest first. You must
 * make sure that a counter is never accepted again: store `counter + 1` of the result before you sign the user in.
 *
 * @throws CountersignError as {@link generateHotp} does; never for any `code`
 * @example
 * const result = verifyHotp({ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', code: '359152', counter: 1, lookAhead: 5 })
 * // { ok: true, counter: 2, delta: 1 }
 */
export function verifyHotp(options: VerifyHotpOptions): VerifyHotpResult {
  checkOptions(options)
  const digits = digitsOption(options.digits)
  const algorithm = algorithmOption(options.algorithm)
  const counter = counterOption(options.counter)
  const lookAhead = integerOption('lookAhead', options.lookAhead, 0, 0, 100)
  const secret = secretOption(options.secret)
  const wanted = readCode(options.code, digits)
  if (wanted === null) return { ok: false }

  const counters: number[] = []
  const last = Math.min(counter + lookAhead, Number.MAX_SAFE_INTEGER)
  for (let candidate = counter; counters.length <= last - counter; candidate++) counters.push(candidate)
  const found = findCounter(secret, algorithm, digits, wanted, counters)
  return found === null ? { ok: false } : { ok: true, counter: found, delta: found - counter }
}

export function digitsOption(given: number | undefined): number {
  return integerOption('digits', given, DEFAULT_DIGITS, 6, 8)
}

export function counterOption(given: number): number {
  return requiredInteger('counter', given, 0, Number.MAX_SAFE_INTEGER)
}
