import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Bytes } from '../encoding/utf8.ts'

const SIGN_IN_SECONDS = 900
const SETUP_SECONDS = 600

/**
 * The handler's cookies, none of which a script in a page can read: `…-device-…`, one for each user who passed the second
 * step in this browser; `…-sign-in`, between password and code; and `…-setup`, between an offer and its first code. Under
 * https they carry the prefix `__Host-`, so that no other host can plant one.
 */
export interface Cookies {
  device(request: Request, userId: string): string | undefined
  /** The value of a `Set-Cookie` header. */
  setDevice(request: Request, userId: string, token: string, maxAgeSeconds: number): string
  signIn(request: Request): string | undefined
  setSignIn(request: Request, value: string): string
  endSignIn(request: Request): string
  setup(request: Request): string | undefined
  setSetup(request: Request, token: string): string
  endSetup(request: Request): string
}

export function createCookies(name: string, isSecure: (request: Request) => boolean): Cookies {
  const fullName = (request: Request, suffix: string) => `${isSecure(request) ? '__Host-' : ''}${name}-${suffix}`

  function setCookie(request: Request, suffix: string, value: string, maxAgeSeconds: number): string {
    const secure = isSecure(request) ? '; Secure' : ''
    return `${fullName(request, suffix)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
  }

  return {
    device: (request, userId) => readCookie(request, fullName(request, deviceSuffix(userId))),
    setDevice: (request, userId, token, maxAgeSeconds) =>
      setCookie(request, deviceSuffix(userId), token, maxAgeSeconds),
    signIn: (request) => readCookie(request, fullName(request, 'sign-in')),
    setSignIn: (request, value) => setCookie(request, 'sign-in', value, SIGN_IN_SECONDS),
    endSignIn: (request) => setCookie(request, 'sign-in', '', 0),
    setup: (request) => readCookie(request, fullName(request, 'setup')),
    setSetup: (request, token) => setCookie(request, 'setup', token, SETUP_SECONDS),
    endSetup: (request) => setCookie(request, 'setup', '', 0),
  }
}

/** User ids hold what no cookie's name can. */
function deviceSuffix(userId: string): string {
  return `device-${encodeBase64Url(sha256(utf8Bytes(userId))).slice(0, 16)}`
}

/** RFC 6265 §5.4: pairs apart by semicolons. All values here are base64url. */
function readCookie(request: Request, name: string): string | undefined {
  const header = request.headers.get('cookie')
  if (header === null) return undefined
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
