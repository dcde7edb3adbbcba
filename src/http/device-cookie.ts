import type { DeviceToken } from '../engine/devices.ts'
import type { Settings } from './options.ts'

/** The cookie by which this browser is known from now on to have passed this user's second step. */
export function deviceCookie(
  request: Request,
  { cookies, now }: Settings,
  userId: string,
  { token, expiresAtMs }: DeviceToken,
): string {
  return cookies.setDevice(request, userId, token, Math.floor((expiresAtMs - now()) / 1000))
}
