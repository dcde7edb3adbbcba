import { utf8Length } from '../encoding/utf8.ts'
import type { Core } from '../engine/core.ts'
import type { AuthenticatorType } from '../engine/setup-offer.ts'
import type { Subject } from '../engine/transact.ts'
import { invalidOption, isPromise } from '../options/invalid-option.ts'
import { LONE_SURROGATE, NAME_BYTES, readOptionalName } from '../options/text.ts'
import type { StaffOptions } from './options.ts'

/*
 * Checks what the host passes. A wrong argument throws; what a person typed or a client sent (code, password, token,
 * device) is not checked here: it leads to an outcome.
 */

const MAX_USER_ID = 255
/** UTF-8: a QR code holds the issuer twice. */
const MAX_ISSUER_BYTES = 255
const MAX_STAFF_TEXT = 1000

export function userIdArgument(userId: unknown): string {
  if (typeof userId === 'string' && userId !== '' && userId.length <= MAX_USER_ID && !LONE_SURROGATE.test(userId)) {
    return userId
  }
  const isId = ['number', 'bigint', 'object'].includes(typeof userId) && userId !== null && !isPromise(userId)
  const hint = isId ? 'Pass String(user.id).' : ''
  throw invalidOption('userId', userId, `well-formed text of 1 to ${MAX_USER_ID} characters`, hint)
}

/**
 * Refuses a whole challenge, or the promise of one, in place of its token: no client can send those. Any other value
 * that is not a token is an outcome.
 */
export function challengeTokenArgument(token: unknown): void {
  if (typeof token !== 'object' || token === null) return
  const isChallenge = 'passed' in token && typeof token.passed === 'boolean'
  if (!isChallenge && !isPromise(token)) return
  const hint = isChallenge ? 'Pass challenge.token.' : ''
  throw invalidOption('token', token, 'the token of a challenge, which is a string', hint)
}

export function authenticatorTypeArgument({ passkeys }: Core, type: unknown): AuthenticatorType {
  if (type === undefined || type === 'totp') return 'totp'
  if (type !== 'passkey') throw invalidOption('type', type, "'totp' or 'passkey'")
  if (passkeys !== undefined) return type
  const hint = 'For passkeys, pass passkeys: passkeyVerifier(…) to createTwoFactor.'
  throw invalidOption('type', type, "'totp': no passkey verifier is configured", hint)
}

/** The name of an authenticator; '' if none was passed. */
export function nameArgument(name: unknown, field: string): string {
  const read = readOptionalName(name)
  if (read !== null) return read
  throw invalidOption(field, name, `text of at most ${NAME_BYTES} bytes of UTF-8 without control characters`)
}

export function issuerArgument(issuer: unknown): string {
  const isShort = typeof issuer === 'string' && issuer.length <= MAX_ISSUER_BYTES
  if (isShort && utf8Length(issuer) <= MAX_ISSUER_BYTES && issuer.trim() !== '') {
    if (issuer.includes(':'))
      throw invalidOption('issuer', issuer, "without ':', which ends the issuer in an app's list")
    if (!LONE_SURROGATE.test(issuer)) return issuer
  }
  throw invalidOption('issuer', issuer, `text of 1 to ${MAX_ISSUER_BYTES} bytes of UTF-8 without ':'`)
}

/** The user, and where the change is made, as the options say. */
export function subjectOf(
  userId: string,
  { context, device, deviceName }: { context?: unknown; device?: unknown; deviceName?: unknown },
): Subject {
  return { userId, context, device, deviceName }
}

/** The staff member who does it, and why. */
export function staffArguments({ by, note, context }: Partial<StaffOptions>): StaffOptions {
  return { by: staffArgument('by', by), note: staffArgument('note', note), context }
}

export function staffArgument(name: 'by' | 'note', text: unknown): string {
  if (typeof text === 'string' && text !== '' && text.length <= MAX_STAFF_TEXT) return text
  throw invalidOption(name, text, `text of 1 to ${MAX_STAFF_TEXT} characters`)
}
