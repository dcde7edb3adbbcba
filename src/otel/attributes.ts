import { CountersignError, type CountersignErrorCode } from '../errors.ts'
import type { TwoFactor } from '../two-factor/api.ts'

type ResultOf<Call> = Call extends (...given: never[]) => Promise<infer Result> ? Result : never
type Result = ResultOf<TwoFactor[keyof TwoFactor]> | ResultOf<TwoFactor['admin'][keyof TwoFactor['admin']]>
type WordOf<Any> = Any extends { reason: infer Word extends string }
  ? Word
  : Any extends { because: infer Word extends string }
    ? Word
    : Any extends { action: infer Word extends string }
      ? Word
      : never

/** Every outcome that an operation has, by its type: a new one that is missing here does not compile. */
const OUTCOMES: Record<WordOf<Result>, true> = {
  'already-registered': true,
  'challenge-expired': true,
  'challenge-used': true,
  'code-used': true,
  'invalid-name': true,
  'last-authenticator': true,
  'limit-reached': true,
  locked: true,
  'not-enabled': true,
  'not-found': true,
  'not-viewable': true,
  'proof-required': true,
  setup: true,
  'setup-expired': true,
  'setup-superseded': true,
  throttled: true,
  'trusted-device': true,
  'two-factor-required': true,
  verify: true,
  'wrong-code': true,
  'wrong-passkey': true,
  'wrong-password': true,
}

const ERROR_TYPES: Record<CountersignErrorCode, true> = {
  hook_invalid: true,
  invalid_base32: true,
  invalid_option: true,
  invalid_uri: true,
  key_unknown: true,
  keys_invalid: true,
  record_invalid: true,
  record_missing: true,
  record_too_large: true,
  runtime_unsupported: true,
  store_conflict: true,
  store_invalid: true,
}

/** Why it was refused; for `challenge`, why it passed or what it requires; otherwise `ok`. */
export function outcomeOf(result: unknown): string {
  if (typeof result !== 'object' || result === null) return 'ok'
  if ('reason' in result) return wordIn(OUTCOMES, result.reason)
  if ('because' in result) return wordIn(OUTCOMES, result.because)
  return 'action' in result ? wordIn(OUTCOMES, result.action) : 'ok'
}

/** The code of one of this library's errors. Messages and other errors' codes never become attributes. */
export function errorTypeOf(error: unknown): string {
  return error instanceof CountersignError ? wordIn(ERROR_TYPES, error.code) : 'other'
}

function wordIn(list: object, word: unknown): string {
  return typeof word === 'string' && Object.hasOwn(list, word) ? word : 'other'
}
