import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Bytes } from '../encoding/utf8.ts'
import { loopbackHost } from './loopback.ts'

const SIGN_IN_SECONDS = 900
const SETUP_SECONDS = 600

export const SAME_SITE = ['lax', 'strict', 'none'] as const
export type SameSite = (typeof SAME_SITE)[number]

/**
 * The handler's cookies, none of which a script in a page can read: `…-device-…`, one for each user who passed the second
 * step in this browser; `…-sign-in`, between password and code; and `…-setup`, between an offer and its first code. Under
 * https they carry the prefix `__Host-`, so that no other host can plant one.
 */
export interface Cookies {
  readonly sameSite: SameSite
  isSecure(request: Request): boolean
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

export interface CookieOptions {
  prefix: string
  /** What the host says; else each request decides. */
  secure: boolean | undefined
  sameSite: SameSite
}

export function createCookies({ prefix, secure, sameSite }: CookieOptions): Cookies {
  // Browsers take no SameSite=None without Secure.
  const isSecure = (request: Request) => secure ?? (sameSite === 'none' || !isLocal(request))
  const fullName = (request: Request, suffix: string) => `${isSecure(request) ? '__Host-' : ''}${prefix}-${suffix}`
  const shared = `HttpOnly; SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`

  function setCookie(request: Request, suffix: string, value: string, maxAgeSeconds: number): string {
    const end = isSecure(request) ? '; Secure' : ''
    return `${fullName(request, suffix)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; ${shared}${end}`
  }

  return {
    sameSite,
    isSecure,
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

/**
 * A page on http on this machine, served by this machine: development. The page's origin counts and not only the address
 * that the request arrived at, which behind a proxy is often http on this machine too. Headers such as X-Forwarded-Proto
 * are not looked at: anybody can send them.
 */
function isLocal({ url, headers }: Request): boolean {
  const host = loopbackHost(headers.get('origin'))
  return host !== null && host === loopbackHost(url)
}

/** User ids hold what no cookie's name can. */
function deviceSuffix(userId: string): string {
  return `device-${encodeBase64Url(sha256(utf8Bytes(userId))).slice(0, 16)}`
}

/**
 * RFC 6265 §5.4: pairs apart by semicolons. All values here are base64url. A GET has no Origin, by which the name of the
 * cookie is known, and nothing that is only shown depends on a cookie.
 */
function readCookie(request: Request, name: string): string | undefined {
  const header = request.method === 'POST' ? request.headers.get('cookie') : null
  if (header === null) return undefined
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
