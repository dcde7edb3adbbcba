import { idOf, type Place, type Vault } from '../vault/vault.ts'
import type { TwoFactorMethod } from './events.ts'
import type { UserRecord } from './record.ts'
import { isWithin, openToken } from './sealed-token.ts'

export const DEVICE_MS: number = 400 * 86_400_000

export interface DeviceClaims {
  /** The enrollment under which this browser passed the second step. */
  enrollment: string
  expiresAtMs: number
  /** Its entry in the record's list of trusted devices; null if it is only known. */
  trustedId: string | null
  /** How the second step was last passed in this browser; null in older tokens, which lack it. */
  method: TwoFactorMethod | null
}

export function sealDevice(vault: Vault, userId: string, claims: DeviceClaims): string {
  const { enrollment, expiresAtMs, trustedId, method } = claims
  return vault.seal(devicePlace(userId), JSON.stringify([enrollment, expiresAtMs, trustedId, method]))
}

/** The most tokens kept of the last users of one browser. */
export const MAX_DEVICES = 5

/** The tokens that a browser presented, up to the limit: one, or those of several users. */
function presentedDevices(device: unknown): readonly unknown[] {
  return Array.isArray(device) ? device.slice(0, MAX_DEVICES) : [device]
}

/** The tokens in a list that are not this user's. */
export function devicesOfOthers(vault: Vault, userId: string, list: readonly unknown[]): string[] {
  const others = presentedDevices(list).filter((token) => openDeviceToken(vault, userId, token) === null)
  return others.filter((token) => typeof token === 'string')
}

/** Device tokens are short: longer ones are not opened. */
const MAX_DEVICE_TOKEN = 512

function openDeviceToken(vault: Vault, userId: string, token: unknown): unknown[] | null {
  if (typeof token !== 'string' || token.length > MAX_DEVICE_TOKEN) return null
  return openToken(vault, devicePlace(userId), token)
}

/** The first presented token that makes this browser known for this user. */
export function findDevice(
  vault: Vault,
  userId: string,
  device: unknown,
  record: Pick<UserRecord, 'enrollment' | 'keptDevice'>,
  nowMs: number,
): { token: unknown; claims: DeviceClaims } | null {
  for (const token of presentedDevices(device)) {
    const claims = openDevice(vault, userId, token, record, nowMs)
    if (claims !== null) return { token, claims }
  }
  return null
}

/**
 * Null for an unrecognized device: no token, a forged or expired one, another user's, or one of an earlier enrollment
 * (except the one that was kept when the others were forgotten).
 */
export function openDevice(
  vault: Vault,
  userId: string,
  token: unknown,
  { enrollment, keptDevice }: Pick<UserRecord, 'enrollment' | 'keptDevice'>,
  nowMs: number,
): DeviceClaims | null {
  if (enrollment === null) return null
  const content = openDeviceToken(vault, userId, token)
  if (content === null) return null
  const [sealedEnrollment, expiresAtMs, trustedId, method = null] = content
  const claims = { enrollment: sealedEnrollment, expiresAtMs, trustedId, method } as DeviceClaims
  const isCurrent = claims.enrollment === enrollment || (keptDevice !== null && deviceIdOf(token) === keptDevice)
  return isCurrent && isWithin(claims.expiresAtMs, DEVICE_MS, nowMs) ? claims : null
}

/** The unique id of a device token. */
export function deviceIdOf(token: unknown): string | null {
  return typeof token === 'string' ? idOf(token) : null
}

function devicePlace(userId: string): Place {
  return { purpose: 'device', userId }
}
