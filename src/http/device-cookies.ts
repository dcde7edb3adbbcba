import type { DeviceToken } from '../engine/devices.ts'
import type { Settings } from './options.ts'

/** The cookie that says that this browser passed this user's second step, in addition to other users' tokens. */
export function deviceCookies(
  request: Request,
  { cookies, now }: Settings,
  { token, expiresAtMs, others = [] }: DeviceToken,
): string[] {
  return cookies.setDevices(request, [token, ...others], Math.floor((expiresAtMs - now()) / 1000))
}
