import type { Vault } from '../vault/vault.ts'
import { type DeviceClaims, findDevice } from './device-token.ts'
import { trustedDevice } from './devices.ts'
import type { TwoFactorMethod } from './events.ts'
import type { StoredTrustedDevice, UserRecord } from './record.ts'
import type { Pool } from './throttle.ts'

/**
 * Who is trying, by the device token that the browser presented. Opening it costs as much as all the rest of a sign-in
 * that goes well, where nothing depends on it: so it waits until somebody asks.
 */
export interface Visitor {
  readonly pool: Pool
  /** The entry of the record's list that this device still has. */
  readonly trusted: StoredTrustedDevice | null
  /** How the second step was last passed in this browser; null if that is not known. */
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
