import { idOf, type Place, type Vault } from '../vault/vault.ts'
import type { TwoFactorMethod } from './events.ts'
import type { UserRecord } from './record.ts'
import { isWithin, openToken } from './sealed-token.ts'

export const DEVICE_MS: number = 400 * 86_400_000

export interface DeviceClaims {
  /** The enrollment under which this browser passed the second step. */
  enrollment: string
  expiresAtMs: number
  /** Its entry in the record's list of trusted devices; null if it is just known. */
  trustedId: string | null
  /** How the second step was last passed in this browser; null in tokens from before this was noted. */
  method: TwoFactorMethod | null
}

export function sealDevice(vault: Vault, userId: string, claims: DeviceClaims): string {
  const { enrollment, expiresAtMs, trustedId, method } = claims
  return vault.seal(devicePlace(userId), JSON.stringify([enrollment, expiresAtMs, trustedId, method]))
}

/** Of the users who passed the second step in one browser last. */
export const MAX_DEVICES = 5

/** What a browser presented: one token, or those of several users, of which so many are looked at. */
function presentedDevices(device: unknown): readonly unknown[] {
  return Array.isArray(device) ? device.slice(0, MAX_DEVICES) : [device]
}

/** Of a list of tokens, those that are not this user's. */
export function devicesOfOthers(vault: Vault, userId: string, list: readonly unknown[]): string[] {
  const others = presentedDevices(list).filter((token) => openDeviceToken(vault, userId, token) === null)
  return others.filter((token) => typeof token === 'string')
}

/** A device token is short: what is longer is not opened. */
const MAX_DEVICE_TOKEN = 512

function openDeviceToken(vault: Vault, userId: string, token: unknown): unknown[] | null {
  if (typeof token !== 'string' || token.length > MAX_DEVICE_TOKEN) return null
  return openToken(vault, devicePlace(userId), token)
}

/** The first of the presented tokens that makes this browser known to the user. */
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
 * Null for a stranger: no token, a forged or expired one, another user's, one of an earlier enrollment (but for the one
 * that stayed good when the others were forgotten).
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

/** What tells a device token from all others. */
export function deviceIdOf(token: unknown): string | null {
  return typeof token === 'string' ? idOf(token) : null
}

function devicePlace(userId: string): Place {
  return { purpose: 'device', userId }
}
