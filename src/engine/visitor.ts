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

export function visitorOf(record: UserRecord, context: VisitorContext): Visitor {
  return new Browser(record, context)
}

/** A class, since an object literal with getters takes a microsecond to make. */
class Browser implements Visitor {
  readonly #record: UserRecord
  readonly #context: VisitorContext
  /** Undefined until the token was opened. */
  #claims: DeviceClaims | null | undefined

  constructor(record: UserRecord, context: VisitorContext) {
    this.#record = record
    this.#context = context
  }

  get pool(): Pool {
    return this.#opened() === null ? 'strangers' : 'known'
  }

  get trusted(): StoredTrustedDevice | null {
    if (this.#record.trustedDevices.length === 0) return null
    const { trustDeviceDays, nowMs } = this.#context
    return trustedDevice(this.#record, this.#opened(), trustDeviceDays, nowMs)
  }

  get lastMethod(): TwoFactorMethod | null {
    return this.#opened()?.method ?? null
  }

  #opened(): DeviceClaims | null {
    if (this.#claims === undefined) {
      const { vault, userId, device, nowMs } = this.#context
      this.#claims = findDevice(vault, userId, device, this.#record, nowMs)?.claims ?? null
    }
    return this.#claims
  }
}

/**
 * This visitor's attempt, with a code that could match so many authenticators. Their device token is opened only if it
 * matters.
 */
export class VisitorAttempt {
  readonly kind: 'code' | 'recovery-code'
  readonly #visitor: Visitor
  readonly #authenticators: number

  constructor(kind: 'code' | 'recovery-code', visitor: Visitor, authenticators = 1) {
    this.kind = kind
    this.#visitor = visitor
    this.#authenticators = authenticators
  }

  get pool(): Pool {
    return this.#visitor.pool
  }

  get weight(): number {
    return this.#authenticators > 1 && this.pool === 'strangers' ? this.#authenticators : 1
  }
}
