import { encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Length } from '../encoding/utf8.ts'
import type { Random } from '../vault/random.ts'
import type { Vault } from '../vault/vault.ts'
import { DEVICE_MS, type DeviceClaims, deviceIdOf, devicesOfOthers, findDevice, sealDevice } from './device-token.ts'
import type { EventDetails, TwoFactorMethod } from './events.ts'
import { LIMITS, type StoredTrustedDevice, type UserRecord } from './record.ts'
import { isWithin } from './sealed-token.ts'

const DAY_MS = 86_400_000
export const ID_BYTES = 9

/** A device token for the browser that just passed the second step: put it in an HttpOnly cookie. */
export interface DeviceToken {
  token: string
  expiresAtMs: number
  /** This device skips the code for a while. */
  trusted: boolean
  /** If a list of tokens was presented: those of other users, to be kept after this one. */
  others?: string[]
}

/** This device's entry in the record, if it is still there, or null. */
export function trustedDevice(
  record: UserRecord,
  claims: DeviceClaims | null,
  days: number | null,
  nowMs: number,
): StoredTrustedDevice | null {
  const device = record.trustedDevices.find(({ id }) => id === claims?.trustedId)
  return device !== undefined && isTrusted(device, days, nowMs) ? device : null
}

/** Whether this trust is still valid; if `days` is lower than before, it ends sooner. */
export function isTrusted(device: StoredTrustedDevice, days: number | null, nowMs: number): boolean {
  return days !== null && isWithin(trustEndsMs(device, days), days * DAY_MS, nowMs)
}

/** When the trust in a device ends, if devices are trusted for that many days. */
export function trustEndsMs({ createdAtMs, expiresAtMs }: StoredTrustedDevice, days: number): number {
  return Math.min(expiresAtMs, createdAtMs + days * DAY_MS)
}

/** Who passed the second step, how, and what happens to their browser. */
export interface PassedStep {
  userId: string
  method: TwoFactorMethod
  /** The trusted device that the browser already was, if any. */
  trusted: StoredTrustedDevice | null
  /** Trust this browser from now on. */
  trust: boolean
  name: unknown
  /** The device token, or list of tokens, that the browser presented. */
  presented: unknown
  nowMs: number
}

/**
 * A fresh token for the browser that passed the second step, so that none can be planted. New trust creates a new entry
 * and removes the one that this browser presented, if any. Existing trust continues.
 */
export function issueDevice(
  record: UserRecord,
  passed: PassedStep,
  { vault, random, trustDeviceDays }: { vault: Vault; random: Random; trustDeviceDays: number | null },
): { record: UserRecord; device: DeviceToken; events: EventDetails[] } {
  const { userId, method, trusted: before, nowMs } = passed
  const expiresAtMs = nowMs + DEVICE_MS
  const list = Array.isArray(passed.presented) ? passed.presented : null
  const seal = (trustedId: string | null): DeviceToken => ({
    token: sealDevice(vault, userId, { enrollment: record.enrollment ?? '', expiresAtMs, trustedId, method }),
    expiresAtMs,
    trusted: trustedId !== null,
    ...(list === null ? {} : { others: devicesOfOthers(vault, userId, list) }),
  })
  if (!passed.trust || trustDeviceDays === null)
    return { record, device: seal(before === null ? null : before.id), events: [] }

  const entry: StoredTrustedDevice = {
    id: encodeBase64Url(random(ID_BYTES)),
    name: readDeviceName(passed.name),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + trustDeviceDays * DAY_MS,
  }
  const others = record.trustedDevices.filter(({ id, expiresAtMs }) => id !== before?.id && nowMs < expiresAtMs)
  const kept = others.slice(-(LIMITS.trustedDevices - 1))
  const crowdedOut = others.slice(0, others.length - kept.length)
  return {
    record: { ...record, trustedDevices: [...kept, entry] },
    device: seal(entry.id),
    events: [...crowdedOut.map(untrusted), { type: 'device.trusted', deviceId: entry.id }],
  }
}

/** The record without any trusted device. */
export function withoutTrust(record: UserRecord): { record: UserRecord; events: EventDetails[] } {
  return { record: { ...record, trustedDevices: [] }, events: record.trustedDevices.map(untrusted) }
}

/**
 * The record without any known or trusted device, except that the requesting one, if known, stays known: a stolen
 * device token becomes worthless.
 */
export function withoutDevices(
  record: UserRecord,
  { userId, device, nowMs }: { userId: string; device: unknown; nowMs: number },
  { vault, random }: { vault: Vault; random: Random },
): { record: UserRecord; events: EventDetails[] } {
  const { record: untrusting, events } = withoutTrust(record)
  const keptDevice = deviceIdOf(findDevice(vault, userId, device, record, nowMs)?.token)
  return { record: { ...untrusting, enrollment: encodeBase64Url(random(ID_BYTES)), keptDevice }, events }
}

export function untrusted({ id }: StoredTrustedDevice): EventDetails {
  return { type: 'device.untrusted', deviceId: id }
}

/** Often the browser's own claim, so it is cut rather than refused. */
export function readDeviceName(name: unknown): string {
  if (typeof name !== 'string') return ''
  const printable = name.slice(0, 256).replace(/\p{C}/gu, '').trim()
  let cut = ''
  for (const character of printable) {
    // As JSON, where a quote takes two bytes: a sign-in adds it to the record, which must not become too large.
    if (utf8Length(JSON.stringify(cut + character)) - 2 > LIMITS.nameBytes) break
    cut += character
  }
  return cut
}
