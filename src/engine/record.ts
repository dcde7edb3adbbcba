import { utf8Length } from '../encoding/utf8.ts'
import { CountersignError } from '../errors.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import type { StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { type Challenges, NO_CHALLENGES } from './challenges.ts'
import type { SecurityChange } from './events.ts'
import type { IssuedCode } from './issued-codes.ts'
import type { PasskeyTransport } from './passkey.ts'
import type { Throttle } from './throttle.ts'

/** One authenticator app. */
export interface StoredApp {
  id: string
  type: 'totp'
  name: string
  /** The secret's bytes, sealed for this user. */
  secret: string
  algorithm: OtpAlgorithm
  digits: number
  periodSeconds: number
  /** Imported with a secret shorter than the 128 bits that RFC 4226 §4 R6 requires. */
  weak: boolean
  createdAtMs: number
  lastUsedAtMs: number | null
  /** The last step whose code was accepted; no code at or before it is accepted again. -1 if none was. */
  lastStep: number
}

/** One passkey or security key. */
export interface StoredPasskey {
  id: string
  type: 'passkey'
  name: string
  /** Base64url. Not sealed, since browsers receive it. */
  credentialId: string
  /** The domain it belongs to. */
  rpId: string
  transports: readonly PasskeyTransport[]
  /** The credential id and the public key, sealed for this user. */
  sealed: string
  /** The signature counter of its last use; 0 for passkeys that do not count. */
  counter: number
  /** It may be synchronized to other devices. Never changes. */
  backupEligible: boolean
  /** It was synchronized when it was last used. */
  backedUp: boolean
  createdAtMs: number
  lastUsedAtMs: number | null
  /** When the user was last told that its counter went back; null: never. */
  counterToldAtMs: number | null
}

/** An authenticator of either type. */
export type StoredAuthenticator = StoredApp | StoredPasskey

interface PendingFields {
  /** Random. The setup's token contains it, and the authenticator keeps it. */
  id: string
  name: string
  expiresAtMs: number
  /** Wrong codes so far; at 10 the setup ends. */
  failures: number
  /** Authenticators that are removed in the write that activates this one. */
  replaces: readonly string[]
}

/** A setup of an app, pending until its first code. */
export interface PendingApp extends PendingFields {
  type: 'totp'
  secret: string
  algorithm: OtpAlgorithm
  digits: number
  periodSeconds: number
}

/** A setup of a passkey, pending until its registration. */
export interface PendingPasskey extends PendingFields {
  type: 'passkey'
}

export type PendingSetup = PendingApp | PendingPasskey

/** A device that is not asked for a code until then. */
export interface StoredTrustedDevice {
  id: string
  name: string
  createdAtMs: number
  expiresAtMs: number
}

/** All two-factor state of one user, as the engine reads and writes it. */
export interface UserRecord {
  schema: 1
  /**
   * Random; created when two-factor authentication is turned on, and again when all devices are forgotten. Device
   * tokens of an earlier enrollment are void. Null before.
   */
  enrollment: string | null
  /** The id of the device token that stayed valid when the others were forgotten; null: none. */
  keptDevice: string | null
  enabledAtMs: number | null
  /** The user's handle for passkeys: 32 random bytes as base64url. Null until the first passkey is offered. */
  userHandle: string | null
  authenticators: readonly StoredAuthenticator[]
  pending: PendingSetup | null
  recoveryCodes: StoredRecoveryCodes | null
  /** Codes that staff issued in addition. */
  issuedCodes: readonly IssuedCode[]
  trustedDevices: readonly StoredTrustedDevice[]
  challenges: Challenges
  throttle: Throttle
  /** When the user was last told that a used code was entered again; null: never. */
  usedAgainToldAtMs: number | null
  changes: readonly SecurityChange[]
}

/** The most a user can have: with everything at its limit, a record stays below 16 KiB. */
export const LIMITS = {
  authenticators: 8,
  apps: 5,
  recoveryCodes: 20,
  issuedCodes: 2,
  trustedDevices: 20,
  changes: 10,
  nameBytes: 64,
} as const

export const MAX_RECORD_BYTES = 16_384

/** The record of a user without any state. */
export function emptyRecord(): UserRecord {
  return {
    schema: 1,
    enrollment: null,
    keptDevice: null,
    enabledAtMs: null,
    userHandle: null,
    authenticators: [],
    pending: null,
    recoveryCodes: null,
    issuedCodes: [],
    trustedDevices: [],
    challenges: NO_CHALLENGES,
    throttle: null,
    usedAgainToldAtMs: null,
    changes: [],
  }
}

/** The challenges of a record; without one, none. */
export function challengesOf(record: UserRecord | null): Challenges {
  return record === null ? NO_CHALLENGES : record.challenges
}

/** On means: at least one active authenticator. A record may contain only failures or a setup. */
export function isEnabled(record: UserRecord | null): record is UserRecord {
  return record !== null && record.authenticators.length > 0
}

/**
 * The record as it is written. If it would be too large, the last changes keep only their types and times: nothing
 * fails because of them.
 *
 * @throws CountersignError `record_too_large`: a fault of this library, since its limits add up to less
 */
export function fitted(record: UserRecord): UserRecord {
  if (isSurelySmall(record) || bytesOf(record) < MAX_RECORD_BYTES) return record
  const bare = { ...record, changes: record.changes.map(({ type, atMs }) => ({ type, atMs })) }
  if (bytesOf(bare) < MAX_RECORD_BYTES) return bare
  throw new CountersignError(
    'record_too_large',
    `The record would grow past ${MAX_RECORD_BYTES} bytes. Nothing was written.`,
  )
}

function bytesOf(record: UserRecord): number {
  return utf8Length(JSON.stringify(record))
}

/**
 * Below the limit whatever its texts are, so most records need no measuring. The longest JSON of each part, rounded up.
 */
function isSurelySmall({
  authenticators,
  pending,
  recoveryCodes,
  issuedCodes,
  trustedDevices,
  challenges,
  throttle,
  changes,
}: UserRecord): boolean {
  const usedChallenges = challenges.used.length + (challenges.previous?.used.length ?? 0)
  const others = 1600 + (recoveryCodes?.kept === 'imported' ? 9000 : 3600) // names of fields and changes; recovery codes
  const secrets = authenticators.reduce(
    (sum, one) => sum + (one.type === 'totp' ? 2800 : 5000),
    pending === null ? 0 : 2800,
  )
  const codes = issuedCodes.length * 500
  const lists = codes + trustedDevices.length * 400 + usedChallenges * 70 + (throttle === null ? 0 : 2400)
  return others + secrets + lists + changes.reduce((sum, one) => sum + detailsOf(one), 0) < MAX_RECORD_BYTES
}

/** A character takes at most six bytes as JSON, if escaped. */
function detailsOf({ also = [], authenticator, device, untrusted }: SecurityChange): number {
  return 10 + also.length * 32 + nameBytes(authenticator) + nameBytes(device) + nameBytes(untrusted)
}

function nameBytes(named: { name: string } | undefined): number {
  return named === undefined ? 0 : 80 + named.name.length * 6
}
