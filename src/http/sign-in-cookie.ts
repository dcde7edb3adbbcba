import { sha256 } from '@noble/hashes/sha2.js'
import { decodeBase64Url, encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Bytes, utf8Text } from '../encoding/utf8.ts'
import { randomBytes } from '../vault/random.ts'
import type { Settings } from './options.ts'
import { missingCookieMessage } from './setup-mistakes.ts'

const RANDOM_BYTES = 16
const MAX_NAME = 255
/** Enough for the longest account name, in its longest spelling. */
const MAX_COOKIE = 1100

/** The value of a new cookie. */
export function makeSignInCookie(accountName: string): string {
  return `${encodeBase64Url(randomBytes(RANDOM_BYTES))}.${encodeBase64Url(utf8Bytes(accountName))}`
}

/** Binds a challenge to a cookie: the hash of the whole cookie, so that nothing in it can be changed. */
export function bindingOf(value: string): string {
  return encodeBase64Url(sha256(utf8Bytes(value)))
}

/** The browser's sign-in cookie. */
export interface SignInCookie {
  binding: string
  /** Trusted only after the binding was checked; '' in a broken cookie, which is bound to no challenge. */
  accountName: string
}

export function readSignInCookie(request: Request, { cookies, warn }: Settings): SignInCookie | null {
  const value = cookies.signIn(request) ?? ''
  if (value !== '') return { binding: bindingOf(value), accountName: readAccountName(value) }
  const { sameSite } = cookies
  warn('sign-in-cookie-missing', missingCookieMessage(request, { isSecure: cookies.isSecure(request), sameSite }))
  return null
}

function readAccountName(value: string): string {
  if (value.length > MAX_COOKIE) return ''
  const bytes = decodeBase64Url(value.split('.')[1] ?? '')
  const name = bytes === null ? '' : utf8Text(bytes).trim()
  return name.length > MAX_NAME ? '' : name
}
