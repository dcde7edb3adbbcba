import { hookInvalid } from '../options/hooks.ts'
import { describeType, isPromise } from '../options/invalid-option.ts'
import { looksLikeSeconds, timeHint } from '../options/numbers.ts'
import { accountNameArgument } from '../two-factor/account-name.ts'
import type { HandlerOptions, Person, SignedInUser } from './options.ts'

/*
 * Checks what the host's hooks return: a wrong value is the host's fault (`hook_invalid`), and the message names the
 * hook and the type that it returned.
 */

const USER = '{ userId, accountName }, or null if nobody is signed in'

/** `undefined` also means that nobody is signed in: lookups return it if they find nothing. */
export function checkedAuthenticate(authenticate: HandlerOptions['authenticate']) {
  return async (request: Request): Promise<Person | null> => {
    const user: SignedInUser | null | undefined = await authenticate(request)
    if (user === null || user === undefined) return null
    if (typeof user !== 'object' || Array.isArray(user)) throw hookInvalid('authenticate', user, USER)
    checkField(user, 'userId', 'Pass String(user.id).')
    const { accountName } = user
    if (accountName !== undefined && accountName !== null) {
      checkField(user, 'accountName', 'It is what the authenticator app shows: the login or email address.')
    }
    return { ...user, accountName: accountNameArgument(accountName, user.userId) }
  }
}

function checkField(user: SignedInUser, field: 'userId' | 'accountName', hint: string): void {
  const value: unknown = user[field]
  if (typeof value === 'string') return
  throw hookInvalid('authenticate', user, `${USER}; ${field} must be a string, not ${describeType(value)}`, hint)
}

/** When the user signed in, as the host says. Checked only if it is the proof. */
export function signInTime(signedInAtMs: unknown): number {
  if (typeof signedInAtMs === 'number' && signedInAtMs >= 0 && signedInAtMs < Number.POSITIVE_INFINITY) {
    if (!looksLikeSeconds(signedInAtMs)) return signedInAtMs
  }
  throw hookInvalid(
    'authenticate',
    signedInAtMs,
    'a signedInAtMs in Unix milliseconds, or none',
    timeHint(signedInAtMs),
  )
}

/** The name is not awaited, so a promise is refused too. */
export function checkedDeviceName(deviceName: (request: Request) => string) {
  return (request: Request): string => {
    const name: unknown = deviceName(request)
    if (typeof name === 'string') return name
    throw hookInvalid('deviceName', name, 'a string')
  }
}

/** Anything but a promise, which nobody would await. */
export function checkedContext(context: (request: Request) => unknown) {
  return (request: Request): unknown => {
    const value = context(request)
    if (!isPromise(value)) return value
    throw hookInvalid('context', value, 'a value for the events, not a promise', 'It is not awaited.')
  }
}
