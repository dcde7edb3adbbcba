import { utf8Length } from '../encoding/utf8.ts'
import type { StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { appsOf, remaining } from './authenticators.ts'
import { LISTED_CHALLENGES } from './challenges.ts'
import { EVENT_TYPES } from './events.ts'
import { LIMITS, MAX_RECORD_BYTES, type StoredAuthenticator, type UserRecord } from './record.ts'
import { KEPT } from './throttle.ts'

/*
 * The longest JSON of each part of a record. Names are 64 bytes of UTF-8, which JSON can double; those of devices are
 * cut as JSON. A sealed value names its key, whose id has at most 32 characters.
 */
const TIME = 9_999_999_999_999
const ID = 'x'.repeat(16)
const KEY_ID = 32
const NAME = '"'.repeat(LIMITS.nameBytes)
const DEVICE_NAME = 'x'.repeat(LIMITS.nameBytes)
/** Digits of a last step, and of times that are null at first. */
const COUNTERS = 48
const SEALED_SECRET = KEY_ID + 140
const SEALED_CODE = KEY_ID + 80
/** An app with the longest secret that this library makes. */
const APP_BYTES = 650
/** 20 codes of this library: hashed ones are longest. */
const OWN_CODES = 1700

/**
 * Whether everything that can still be added fits into the record: sign-ins, failures, trusted devices, another setup,
 * longer names, codes of staff, new recovery codes, a key with a longer id. Checked before anything permanent is added,
 * so that no sign-in ever fails for size.
 *
 * @param more bytes to be added
 */
export function hasRoom(record: UserRecord, more = 0): boolean {
  const { authenticators, recoveryCodes } = record
  const codes = Math.max(bytesOf(recoveryCodes && usedUp(recoveryCodes)) + KEY_ID, OWN_CODES)
  const apps = authenticators.reduce((sum, one) => sum + bytesOf({ ...one, name: NAME }) + KEY_ID + COUNTERS, 0)
  return bytesOf(fullest()) + codes + apps + more < MAX_RECORD_BYTES
}

/**
 * No place for another authenticator of this type, even without these. A passkey's size is known when it is confirmed.
 */
export function isFull(record: UserRecord, type: StoredAuthenticator['type'], leaving: readonly string[]): boolean {
  const authenticators = remaining(record, leaving)
  if (authenticators.length >= LIMITS.authenticators) return true
  if (type === 'totp' && appsOf({ authenticators }).length >= LIMITS.apps) return true
  return !hasRoom({ ...record, authenticators }, type === 'totp' ? APP_BYTES : 0)
}

function bytesOf(value: unknown): number {
  return utf8Length(JSON.stringify(value))
}

function many<Item>(count: number, item: Item): Item[] {
  return Array.from({ length: count }, () => item)
}

/** A used imported hash is removed, which makes room for the time of its use. */
function usedUp(codes: StoredRecoveryCodes): StoredRecoveryCodes {
  const usedAtMs = codes.kept === 'imported' ? codes.usedAtMs : codes.usedAtMs.map(() => TIME)
  return { ...codes, usedAtMs, savedAtMs: TIME }
}

/** Everything but authenticators and recovery codes, with every list full. */
function fullest(): object {
  const attempts = (kept: number) => ({ sinceSuccess: 9_999_999, failedAtMs: many(kept, TIME) })
  const recovery = { sinceSuccess: 9_999_999, lastFailedAtMs: TIME }
  const [longestType = ''] = Object.keys(EVENT_TYPES).sort((a, b) => b.length - a.length)
  return {
    schema: 1,
    enrollment: ID,
    keptDevice: ID,
    enabledAtMs: TIME,
    userHandle: ID.repeat(6),
    authenticators: [],
    pending: {
      id: ID,
      type: 'passkey',
      name: NAME,
      secret: 'x'.repeat(SEALED_SECRET),
      algorithm: 'SHA512',
      digits: 8,
      periodSeconds: 120,
      expiresAtMs: TIME,
      failures: 9,
      replaces: many(LIMITS.authenticators, ID),
    },
    recoveryCodes: '',
    issuedCodes: many(LIMITS.issuedCodes, {
      sealed: 'x'.repeat(SEALED_CODE),
      createdAtMs: TIME,
      expiresAtMs: TIME,
      usedAtMs: TIME,
    }),
    trustedDevices: many(LIMITS.trustedDevices, { id: ID, name: DEVICE_NAME, createdAtMs: TIME, expiresAtMs: TIME }),
    challenges: {
      epoch: ID,
      sinceMs: TIME,
      used: many(LISTED_CHALLENGES, ID),
      previous: { epoch: ID, used: [] },
    },
    throttle: {
      codes: { known: attempts(KEPT.known), strangers: attempts(KEPT.strangers) },
      recoveryCodes: { known: recovery, strangers: recovery },
      passwords: attempts(KEPT.passwords),
      codesInARow: { known: 100, strangers: 100 },
      reliefAtMs: TIME,
    },
    usedAgainToldAtMs: TIME,
    changes: many(LIMITS.changes, { type: longestType, atMs: TIME }),
  }
}
