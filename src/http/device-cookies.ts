import type { DeviceToken } from '../engine/devices.ts'
import type { Settings } from './options.ts'

/** The cookie by which this browser is known from now on to have passed this user's second step, beside those of others. */
export function deviceCookies(
  request: Request,
  { cookies, now }: Settings,
  { token, expiresAtMs, others = [] }: DeviceToken,
): string[] {
  return cookies.setDevices(request, [token, ...others], Math.floor((expiresAtMs - now()) / 1000))
}
