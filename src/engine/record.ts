import { utf8Length } from '../encoding/utf8.ts'
import { CountersignError } from '../errors.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import type { StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { type Challenges, NO_CHALLENGES } from './challenges.ts'
import { EVENT_TYPES, type SecurityChange, type TwoFactorEvent } from './events.ts'
import type { Throttle } from './throttle.ts'

/** One authenticator app. */
export interface StoredAuthenticator {
  id: string
  type: 'totp'
  name: string
  /** The secret's bytes, sealed for this user. */
  secret: string
  algorithm: OtpAlgorithm
  digits: number
  periodSeconds: number
  /** Its secret is shorter than the 128 bits that RFC 4226 §4 R6 asks: imported. */
  weak: boolean
  createdAtMs: number
  lastUsedAtMs: number | null
  /** The last step of which a code was accepted; no code at or before it is accepted again. -1 while none was. */
  lastStep: number
}

/** A set-up that waits for its first code. */
export interface PendingSetup {
  name: string
  secret: string
  algorithm: OtpAlgorithm
  digits: number
  periodSeconds: number
  expiresAtMs: number
  /** Wrong codes so far; at 10 the set-up is over. */
  failures: number
  /** Authenticators that go in the write that activates this one. */
  replaces: readonly string[]
}

/** A device that is not asked for a code until then. */
export interface StoredTrustedDevice {
  id: string
  name: string
  createdAtMs: number
  expiresAtMs: number
}

/**
 * All two-factor state of one user: plain JSON, below 16 KiB. A store keeps it and gives it back as it was;
 * it has no need to look inside.
 */
export interface TwoFactorRecord {
  schema: 1
  /** Random; made when two-factor authentication goes on. Device tokens of an earlier enrolment are void. Null before. */
  enrolment: string | null
  enabledAtMs: number | null
  authenticators: readonly StoredAuthenticator[]
  pending: PendingSetup | null
  recoveryCodes: StoredRecoveryCodes | null
  trustedDevices: readonly StoredTrustedDevice[]
  challenges: Challenges
  throttle: Throttle
  changes: readonly SecurityChange[]
}

/** What a user can have at most: with everything at its limit a record stays below {@link MAX_RECORD_BYTES}. */
export const LIMITS = {
  authenticators: 5,
  recoveryCodes: 20,
  trustedDevices: 20,
  changes: 10,
  nameBytes: 64,
} as const

export const MAX_RECORD_BYTES = 16_384

/** The record of a user who has nothing yet. */
export function emptyRecord(): TwoFactorRecord {
  return {
    schema: 1,
    enrolment: null,
    enabledAtMs: null,
    authenticators: [],
    pending: null,
    recoveryCodes: null,
    trustedDevices: [],
    challenges: NO_CHALLENGES,
    throttle: null,
    changes: [],
  }
}

/** Of no record: those of a user who has nothing yet. */
export function challengesOf(record: TwoFactorRecord | null): Challenges {
  return record === null ? NO_CHALLENGES : record.challenges
}

/** On means: at least one active authenticator. A record alone may only hold failures or a set-up. */
export function isEnabled(record: TwoFactorRecord | null): record is TwoFactorRecord {
  return record !== null && record.authenticators.length > 0
}

/** The record with what just happened on top of its last security changes. */
export function withChanges(record: TwoFactorRecord, events: readonly TwoFactorEvent[]): TwoFactorRecord {
  const fresh = events.filter(({ type }) => EVENT_TYPES[type].change).map(({ type, atMs }) => ({ type, atMs }))
  return fresh.length === 0 ? record : { ...record, changes: [...fresh, ...record.changes].slice(0, LIMITS.changes) }
}

/** @throws CountersignError `record_too_large`: a fault of this library, since its limits add up to less */
export function checkSize(record: TwoFactorRecord): void {
  const text = JSON.stringify(record)
  // A character is at most three bytes of UTF-8, so a short text needs no counting.
  if (text.length * 3 < MAX_RECORD_BYTES || utf8Length(text) < MAX_RECORD_BYTES) return
  throw new CountersignError(
    'record_too_large',
    `The record would grow past ${MAX_RECORD_BYTES} bytes. Nothing was written.`,
  )
}
