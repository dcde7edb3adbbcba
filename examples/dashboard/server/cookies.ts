import { createHash, randomBytes } from 'node:crypto'
import type { Device } from 'countersign'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'

const SIGN_IN_SECONDS = 15 * 60

export type Cookies = ReturnType<typeof createCookies>

/** Between password and code: what ties a challenge to this browser, and whose device token to look at. */
export interface SignInCookie {
  binding: string
  device: string | undefined
}

/**
 * The dashboard's three cookies, none of which a script in the page can read:
 * `session`, while signed in; `sign-in`, between password and code; `device-…`, one for each user who passed the
 * second step in this browser. Under https they carry the prefix __Host-, so that no other host can plant one.
 */
export function createCookies(options: { secure: boolean; sessionSeconds: number; now: () => number }) {
  const { secure, sessionSeconds, now } = options
  const attributes: CookieOptions = { path: '/', httpOnly: true, sameSite: 'Lax', secure }
  const read = (c: Context, name: string) => (secure ? getCookie(c, name, 'host') : getCookie(c, name))
  function write(c: Context, name: string, value: string, maxAge: number): void {
    setCookie(c, name, value, { ...attributes, maxAge, ...(secure ? { prefix: 'host' as const } : {}) })
  }
  function clear(c: Context, name: string): void {
    deleteCookie(c, secure ? `__Host-${name}` : name, attributes)
  }
  const deviceName = (userId: string) =>
    `device-${createHash('sha256').update(userId).digest('base64url').slice(0, 16)}`

  return {
    readSession: (c: Context) => read(c, 'session'),
    writeSession: (c: Context, token: string) => write(c, 'session', token, sessionSeconds),
    clearSession: (c: Context) => clear(c, 'session'),

    readDevice: (c: Context, userId: string) => read(c, deviceName(userId)),
    writeDevice(c: Context, userId: string, device: Device): void {
      write(c, deviceName(userId), device.token, Math.floor((device.expiresAtMs - now()) / 1000))
    },

    /** Gives the binding for the challenge. */
    writeSignIn(c: Context, userId: string): string {
      const binding = `${randomBytes(32).toString('base64url')}.${deviceName(userId)}`
      write(c, 'sign-in', binding, SIGN_IN_SECONDS)
      return binding
    },
    readSignIn(c: Context): SignInCookie | undefined {
      const binding = read(c, 'sign-in')
      const device = binding?.split('.')[1]
      return binding === undefined ? undefined : { binding, device: device && read(c, device) }
    },
    clearSignIn: (c: Context) => clear(c, 'sign-in'),
  }
}
