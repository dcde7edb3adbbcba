import { MAX_DEVICES } from '../engine/device-token.ts'
import { loopbackHost } from './loopback.ts'

const SIGN_IN_SECONDS = 900
const SETUP_SECONDS = 600

export const SAME_SITE = ['lax', 'strict', 'none'] as const
export type SameSite = (typeof SAME_SITE)[number]

/**
 * The handler's cookies, which no script in a page can read: `…-device` holds the tokens of the last five users who
 * passed the second step in this browser, `…-sign-in` lasts from the password to the code, and `…-setup` from an offer
 * to its first code. Over https their names start with `__Host-`, so that no other host can plant one.
 */
export interface Cookies {
  readonly sameSite: SameSite
  isSecure(request: Request): boolean
  /** The device tokens of the last users who passed the second step in this browser. */
  devices(request: Request): string[]
  /** The values of the `Set-Cookie` headers. */
  setDevices(request: Request, tokens: readonly string[], maxAgeSeconds: number): string[]
  signIn(request: Request): string | undefined
  setSignIn(request: Request, value: string): string
  endSignIn(request: Request): string
  setup(request: Request): string | undefined
  setSetup(request: Request, token: string): string
  endSetup(request: Request): string
}

export interface CookieOptions {
  prefix: string
  /** As the host says; otherwise it depends on the request. */
  secure: boolean | undefined
  sameSite: SameSite
}

export function createCookies({ prefix, secure, sameSite }: CookieOptions): Cookies {
  // Browsers refuse SameSite=None without Secure.
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
    devices: (request) => readDevices(readCookie(request, fullName(request, 'device')) ?? ''),
    setDevices: (request, tokens, maxAgeSeconds) => [
      setCookie(request, 'device', joinDevices(tokens), maxAgeSeconds),
      ...cookieNames(request, `${fullName(request, 'device')}-`).map((name) => {
        return setCookie(request, name.slice(fullName(request, '').length), '', 0)
      }),
    ],
    signIn: (request) => readCookie(request, fullName(request, 'sign-in')),
    setSignIn: (request, value) => setCookie(request, 'sign-in', value, SIGN_IN_SECONDS),
    endSignIn: (request) => setCookie(request, 'sign-in', '', 0),
    setup: (request) => readCookie(request, fullName(request, 'setup')),
    setSetup: (request, token) => setCookie(request, 'setup', token, SETUP_SECONDS),
    endSetup: (request) => setCookie(request, 'setup', '', 0),
  }
}

/**
 * Development: a page on http on this machine, served by this machine. The page's origin counts too, because behind a
 * proxy the request's own address is often http on this machine. Headers such as X-Forwarded-Proto are ignored: anybody
 * can send them.
 */
function isLocal({ url, headers }: Request): boolean {
  const host = loopbackHost(headers.get('origin'))
  return host !== null && host === loopbackHost(url)
}

/**
 * RFC 6265 §5.4: pairs separated by semicolons. All values here are base64url. A GET has no Origin to tell the cookie's
 * name from, and no answer to a GET depends on a cookie.
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

/** A token is `keyId.base64url`. */
const DEVICE = /^[\w-]{1,32}\.[\w-]{1,400}$/
const SEPARATOR = '~'
/** So that a browser shared by many people can always send all of its cookies. */
const MAX_DEVICES_COOKIE = 1900

function readDevices(value: string): string[] {
  if (value.length > MAX_DEVICES_COOKIE) return []
  return value
    .split(SEPARATOR)
    .filter((token) => DEVICE.test(token))
    .slice(0, MAX_DEVICES)
}

/** As many of the first ones as fit. */
function joinDevices(tokens: readonly string[]): string {
  let joined = ''
  for (const token of tokens.slice(0, MAX_DEVICES)) {
    const next = joined === '' ? token : joined + SEPARATOR + token
    if (next.length > MAX_DEVICES_COOKIE) break
    joined = next
  }
  return joined
}

const MOST_OLD_COOKIES = 20

/** Cookies that earlier versions set, one per user; a few at a time. */
function cookieNames(request: Request, start: string): string[] {
  const names = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.split('=', 1)[0]?.trim() ?? '')
  return names.filter((name) => name.startsWith(start) && /^[\w-]{1,100}$/.test(name)).slice(0, MOST_OLD_COOKIES)
}
