import type { Vault } from '../vault/vault.ts'
import { type DeviceClaims, findDevice } from './device-token.ts'
import { trustedDevice } from './devices.ts'
import type { TwoFactorMethod } from './events.ts'
import type { StoredTrustedDevice, UserRecord } from './record.ts'
import type { Pool } from './throttle.ts'

/**
 * Who is trying, by the device token that the browser presented. Opening it costs as much as the rest of a successful
 * sign-in, which may not need it, so it is opened on demand.
 */
export interface Visitor {
  readonly pool: Pool
  /** This device's entry in the record's list, if it is still there. */
  readonly trusted: StoredTrustedDevice | null
  /** How the second step was last passed in this browser; null if unknown. */
  readonly lastMethod: TwoFactorMethod | null
}

interface VisitorContext {
  userId: string
  device: unknown
  nowMs: number
  vault: Vault
  trustDeviceDays: number | null
}

export function visitorOf(
  record: UserRecord,
  { userId, device, nowMs, vault, trustDeviceDays }: VisitorContext,
): Visitor {
  let opened: { claims: DeviceClaims | null } | null = null
  const claims = () => {
    opened ??= { claims: findDevice(vault, userId, device, record, nowMs)?.claims ?? null }
    return opened.claims
  }
  return {
    get pool() {
      return claims() === null ? 'strangers' : 'known'
    },
    get trusted() {
      return record.trustedDevices.length === 0 ? null : trustedDevice(record, claims(), trustDeviceDays, nowMs)
    },
    get lastMethod() {
      return claims()?.method ?? null
    },
  }
}
