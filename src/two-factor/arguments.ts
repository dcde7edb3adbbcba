import { utf8Length } from '../encoding/utf8.ts'
import { LIMITS } from '../engine/record.ts'
import { invalidOption } from '../otp/options.ts'

/*
 * What the host passes, checked at the door. A wrong argument of the host's throws; what a person typed or a client sent
 * (code, password, token, device) is not looked at here, since any of it has an outcome.
 */

const MAX_USER_ID = 255
const MAX_ACCOUNT_NAME = 255
const MAX_STAFF_TEXT = 1000
const LONE_SURROGATE = /\p{Surrogate}/u
const CONTROL = /\p{Cc}/u

/** The options, or none where something else was passed: a hostile body then opens nothing. */
export function optionsArgument<Options extends object>(options: Options | undefined): Partial<Options> {
  return typeof options === 'object' && options !== null ? options : {}
}

/** A group of options at construction, where anything but an object is a mistake. */
export function groupOption<Options extends object>(name: string, options: Options | undefined): Partial<Options> {
  if (options === undefined) return {}
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options
  throw invalidOption(name, options, 'an object')
}

// biome-ignore lint/complexity/noBannedTypes: only that it can be called is checked here
export function hookOption<Hook extends Function>(name: string, hook: Hook | undefined): Hook | undefined {
  if (hook === undefined || typeof hook === 'function') return hook
  throw invalidOption(name, hook, 'a function')
}

/** A clock that is looked at each time it is asked: a wrong one is found then. */
export function clockOption(now: (() => number) | undefined): () => number {
  const clock = hookOption('now', now) ?? (() => Date.now())
  return () => {
    const nowMs = clock()
    if (Number.isFinite(nowMs) && nowMs >= 0 && nowMs <= Number.MAX_SAFE_INTEGER) return Math.floor(nowMs)
    throw invalidOption('now()', nowMs, 'a time in Unix milliseconds')
  }
}

export function userIdArgument(userId: unknown): string {
  if (typeof userId === 'string' && userId !== '' && userId.length <= MAX_USER_ID && !LONE_SURROGATE.test(userId)) {
    return userId
  }
  throw invalidOption('userId', userId, `well-formed text of 1 to ${MAX_USER_ID} characters`)
}

/** The name of an authenticator, or '' where none was given. */
export function nameArgument(name: unknown): string {
  if (name === undefined) return ''
  if (typeof name === 'string' && name.length <= LIMITS.nameBytes && utf8Length(name) <= LIMITS.nameBytes) {
    if (!CONTROL.test(name) && !LONE_SURROGATE.test(name)) return name
  }
  throw invalidOption('name', name, `text of at most ${LIMITS.nameBytes} bytes of UTF-8 without control characters`)
}

/** User data, so what a URI's label cannot carry is replaced: ':' by '-'. */
export function accountNameArgument(accountName: unknown): string {
  if (typeof accountName === 'string' && accountName.length <= MAX_ACCOUNT_NAME) {
    const replaced = accountName.trim().replaceAll(':', '-')
    if (replaced !== '' && !LONE_SURROGATE.test(replaced)) return replaced
  }
  throw invalidOption('accountName', accountName, `text of 1 to ${MAX_ACCOUNT_NAME} characters`)
}

export function issuerArgument(issuer: unknown): string {
  if (typeof issuer === 'string' && issuer.trim() !== '' && issuer.length <= MAX_ACCOUNT_NAME) {
    if (!issuer.includes(':') && !LONE_SURROGATE.test(issuer)) return issuer
  }
  throw invalidOption('issuer', issuer, `text of 1 to ${MAX_ACCOUNT_NAME} characters without ':'`)
}

/** Who of the host's staff, or why. */
export function staffArgument(name: 'by' | 'note', text: unknown): string {
  if (typeof text === 'string' && text !== '' && text.length <= MAX_STAFF_TEXT) return text
  throw invalidOption(name, text, `text of 1 to ${MAX_STAFF_TEXT} characters`)
}
