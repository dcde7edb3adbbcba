import { checkOptions } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { integerOption, requiredInteger, withoutSign } from '../options/numbers.ts'
import { algorithmOption, type OtpAlgorithm } from './algorithm.ts'
import { digitsOption, type OtpOptions } from './hotp.ts'
import { codeOf, findCounter } from './keyed.ts'
import { secretOption } from './secret.ts'
import { numberOfDigits, readCode } from './typed-code.ts'

export const DEFAULT_PERIOD_SECONDS = 30

/** For `generateTotp`. */
export interface GenerateTotpOptions extends OtpOptions {
  /** Unix time in milliseconds; default `Date.now()`. */
  timeMs?: number | undefined
  /** 1 to 120; default 30. */
  periodSeconds?: number | undefined
}

/** For `verifyTotp`. */
export interface VerifyTotpOptions extends GenerateTotpOptions {
  /** What the person typed. Can be of any type; spaces and dashes are ignored. */
  code: unknown
  /** How many steps before and after the current one are accepted (RFC 6238 §5.2): 0 to 10; default 1. */
  window?: number | undefined
  /**
   * The last accepted step, or 0 if there was none: this step and earlier ones are refused. If the code is correct for
   * two steps, the later one is returned, so that the same digits are not accepted again. Without `afterStep`, no code
   * is refused as used.
   */
  afterStep?: number | undefined
}

/** Whether the code was correct, and for which step. */
export type VerifyTotpResult =
  /** `step` is the one that matched: store it as the next `afterStep`. `delta`: its distance from the current step. */
  { ok: true; step: number; delta: number } | { ok: false }

/**
 * Returns the code at a point in time (RFC 6238 §4.2).
 *
 * @returns 6 to 8 ASCII digits, with leading zeros
 * @throws CountersignError `invalid_option`, `invalid_base32`; `runtime_unsupported` for base32 text without `Buffer`
 * @example
 * generateTotp({ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', timeMs: 59_000, digits: 8 }) // '94287082'
 */
export function generateTotp(options: GenerateTotpOptions): string {
  checkOptions(options)
  const digits = digitsOption(options.digits)
  const algorithm = algorithmOption(options.algorithm)
  const step = stepOption(options)
  return codeOf(secretOption(options.secret), algorithm, digits, step)
}

/**
 * Checks a code against the current step and those within `window` of it, in constant time. The current step is tried
 * first, then the nearest ones, earlier before later. Accept a code at most once (RFC 6238 §5.2): store `step` and pass
 * it as `afterStep` the next time.
 *
 * @throws CountersignError as {@link generateTotp} does; never for any `code`
 * @example
 * const result = verifyTotp({ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', code: '287 082', timeMs: 61_000 })
 * // { ok: true, step: 1, delta: -1 }
 */
export function verifyTotp(options: VerifyTotpOptions): VerifyTotpResult {
  checkOptions(options)
  const digits = digitsOption(options.digits)
  const algorithm = algorithmOption(options.algorithm)
  const step = stepOption(options)
  const window = integerOption('window', options.window, 1, 0, 10)
  const afterStep =
    options.afterStep === undefined ? null : requiredInteger('afterStep', options.afterStep, 0, Number.MAX_SAFE_INTEGER)
  const secret = secretOption(options.secret)
  const wanted = readCode(options.code, digits)
  if (wanted === null) return { ok: false }

  const steps = afterStep === null ? nearestFirst(step, window) : latestFirst(step, window, afterStep)
  const found = findCounter(secret, algorithm, digits, wanted, steps)
  return found === null ? { ok: false } : { ok: true, step: found, delta: found - step }
}

/**
 * For the engine, which has checked its arguments: the step within the window that has this (normalized) code; null if
 * none. The latest one if two have the same digits: otherwise they would be accepted again.
 */
export function findTotpStep(
  secret: Uint8Array,
  code: string,
  step: number,
  window: number,
  digits: number,
  algorithm: OtpAlgorithm,
): number | null {
  const wanted = numberOfDigits(code, digits)
  if (wanted === null) return null
  return findCounter(secret, algorithm, digits, wanted, latestFirst(step, window, -1))
}

/** The steps of the window after `afterStep`. */
function latestFirst(step: number, window: number, afterStep: number): number[] {
  const steps: number[] = []
  const last = Math.min(step + window, Number.MAX_SAFE_INTEGER)
  const first = Math.max(step - window, afterStep + 1, 0)
  for (let each = last; each >= first; each--) steps.push(each)
  return steps
}

/** The current step, then −1, +1, −2 …: most codes are for the current one. */
function nearestFirst(step: number, window: number): number[] {
  const steps = [step]
  for (let distance = 1; distance <= window; distance++) {
    if (step >= distance) steps.push(step - distance)
    if (step + distance <= Number.MAX_SAFE_INTEGER) steps.push(step + distance)
  }
  return steps
}

/** NIST SP 800-63B-4 §3.1.4.1: the nonce changes at least every two minutes. */
export function periodOption(given: number | undefined): number {
  return integerOption('periodSeconds', given, DEFAULT_PERIOD_SECONDS, 1, 120)
}

/** RFC 6238 §4.2: whole periods since the epoch. */
function stepOption(options: GenerateTotpOptions): number {
  const periodSeconds = periodOption(options.periodSeconds)
  const { timeMs = Date.now() } = options
  if (!Number.isFinite(timeMs) || timeMs < 0) {
    throw invalidOption('timeMs', timeMs, 'a finite number of milliseconds, 0 or more')
  }
  const step = withoutSign(Math.floor(timeMs / (periodSeconds * 1000)))
  if (step > Number.MAX_SAFE_INTEGER) {
    throw invalidOption('timeMs', timeMs, `within 2^53 − 1 periods of ${periodSeconds} seconds`)
  }
  return step
}
