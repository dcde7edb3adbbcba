import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LISTED_CHALLENGES } from '../../src/engine/challenges.ts'
import {
  challengesOf,
  emptyRecord,
  fitted,
  isEnabled,
  LIMITS,
  MAX_RECORD_BYTES,
  type StoredApp,
  type StoredPasskey,
  type UserRecord,
} from '../../src/engine/record.ts'
import { KEPT } from '../../src/engine/throttle.ts'

const TIME = 9_999_999_999_999
const many = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item)
const sizeOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length

// Each part as large as a record can hold: a control character takes six bytes as JSON.
const NAME = '\u0001'.repeat(LIMITS.nameBytes)
const ID = 'x'.repeat(16)
const app: StoredApp = {
  id: ID,
  type: 'totp',
  name: NAME,
  secret: 'x'.repeat(2048),
  algorithm: 'SHA512',
  digits: 8,
  periodSeconds: 120,
  weak: false,
  createdAtMs: TIME,
  lastUsedAtMs: TIME,
  lastStep: TIME,
}
const passkey: StoredPasskey = {
  id: ID,
  type: 'passkey',
  name: NAME,
  credentialId: 'x'.repeat(1364),
  rpId: 'x'.repeat(253),
  transports: ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'],
  sealed: 'x'.repeat(2560),
  counter: 4_294_967_295,
  backupEligible: false,
  backedUp: false,
  createdAtMs: TIME,
  lastUsedAtMs: TIME,
  counterToldAtMs: TIME,
}
const pending: UserRecord['pending'] = {
  type: 'totp',
  id: ID,
  name: NAME,
  expiresAtMs: TIME,
  failures: 10,
  replaces: many(8, ID),
  secret: 'x'.repeat(2048),
  algorithm: 'SHA512',
  digits: 8,
  periodSeconds: 120,
}
const codes = (kept: 'sealed' | 'hashed' | 'imported'): UserRecord['recoveryCodes'] => ({
  id: ID,
  kept,
  madeHere: true,
  sealed: 'x'.repeat(kept === 'imported' ? 7168 : 2048),
  hashes: kept === 'hashed' ? many(20, 'x'.repeat(43)) : [],
  lengths: [24, 25],
  usedAtMs: many(20, TIME),
  createdAtMs: TIME,
  savedAtMs: TIME,
})
const issued = { sealed: 'x'.repeat(256), createdAtMs: TIME, expiresAtMs: TIME, usedAtMs: TIME }
const device = { id: ID, name: NAME, createdAtMs: TIME, expiresAtMs: TIME }
const attempts = (kept: number) => ({ sinceSuccess: 9_999_999, failedAtMs: many(kept, TIME) })
const recoveryAttempts = { sinceSuccess: 9_999_999, lastFailedAtMs: TIME }
const throttle: UserRecord['throttle'] = {
  codes: { known: attempts(KEPT.known), strangers: attempts(KEPT.strangers) },
  recoveryCodes: { known: recoveryAttempts, strangers: recoveryAttempts },
  passwords: attempts(KEPT.passwords),
  codesInARow: { known: 9_999_999, strangers: 9_999_999 },
  reliefAtMs: TIME,
}
const change: UserRecord['changes'][number] = {
  type: 'recovery-codes.regenerated',
  atMs: TIME,
  also: many(3, 'recovery-codes.regenerated'),
  authenticator: { id: ID, type: 'passkey', name: NAME },
  device: { id: ID, name: NAME },
  untrusted: { id: ID, name: NAME },
}

const full = { ...emptyRecord(), enrollment: ID, keptDevice: ID, enabledAtMs: TIME, userHandle: 'x'.repeat(43) }

/** Often none, so that each part is met almost alone. */
const upTo = (most: number) => fc.oneof(fc.constant(0), fc.nat(most))

/** Records of these parts, in any number up to the limit. */
const records: fc.Arbitrary<UserRecord> = fc
  .record({
    apps: upTo(LIMITS.apps),
    passkeys: upTo(3),
    isPending: fc.boolean(),
    kept: fc.constantFrom(null, 'sealed', 'hashed', 'imported'),
    issued: upTo(LIMITS.issuedCodes),
    devices: upTo(LIMITS.trustedDevices),
    used: upTo(LISTED_CHALLENGES),
    usedBefore: upTo(LISTED_CHALLENGES),
    isThrottled: fc.boolean(),
    changes: upTo(LIMITS.changes),
  })
  .map((counts) => ({
    ...full,
    authenticators: [...many(counts.apps, app), ...many(counts.passkeys, passkey)],
    pending: counts.isPending ? pending : null,
    recoveryCodes: counts.kept && codes(counts.kept),
    issuedCodes: many(counts.issued, issued),
    trustedDevices: many(counts.devices, device),
    challenges: {
      epoch: ID,
      sinceMs: TIME,
      used: many(counts.used, 'x'.repeat(64)),
      previous: counts.usedBefore === 0 ? null : { epoch: ID, used: many(counts.usedBefore, 'x'.repeat(64)) },
    },
    throttle: counts.isThrottled ? throttle : null,
    changes: many(counts.changes, change),
  }))

const bare = (record: UserRecord): UserRecord => ({
  ...record,
  changes: record.changes.map(({ type, atMs }) => ({ type, atMs })),
})
const tooLarge = { code: 'record_too_large' }

function expectFitted(record: UserRecord): void {
  if (sizeOf(record) < MAX_RECORD_BYTES) expect(fitted(record)).toBe(record)
  else if (sizeOf(bare(record)) < MAX_RECORD_BYTES) expect(fitted(record)).toEqual(bare(record))
  else expect(() => fitted(record)).toThrow(expect.objectContaining(tooLarge))
}

describe('a record that is written', () => {
  test('is below 16 KiB, whatever it holds: its last changes lose their details, and nothing else is lost', () => {
    // The same records each time, so that mutation testing has the same result.
    fc.assert(fc.property(records, expectFitted), { numRuns: 2000, seed: 1 })
  })

  test('is measured to the byte', () => {
    const filled = (bytes: number, changes: UserRecord['changes']) => {
      const record = { ...full, changes, authenticators: [app, app, app, app, app], trustedDevices: many(2, device) }
      const missing = bytes - sizeOf({ ...record, userHandle: '' })
      return { ...record, userHandle: 'x'.repeat(missing) }
    }
    const largest = filled(MAX_RECORD_BYTES - 1, [])
    expect(fitted(largest)).toBe(largest)
    const message = 'The record would grow past 16384 bytes. Nothing was written.'
    expect(() => fitted(filled(MAX_RECORD_BYTES, []))).toThrow(expect.objectContaining({ ...tooLarge, message }))

    const detailed = filled(MAX_RECORD_BYTES - 1, [change])
    expect(fitted(detailed)).toBe(detailed)
    const one = filled(MAX_RECORD_BYTES, [change])
    expect(fitted(one)).toEqual(bare(one))
    const more = sizeOf(change) - sizeOf({ type: change.type, atMs: TIME })
    const last = filled(MAX_RECORD_BYTES - 1 + more, [change])
    expect(fitted(last)).toEqual(bare(last))
    expect(() => fitted(filled(MAX_RECORD_BYTES + more, [change]))).toThrow(expect.objectContaining(tooLarge))
  })
})

test('a user without a record has no challenges, and it is off; with one, it is on with an authenticator', () => {
  expect(challengesOf(null)).toEqual({ epoch: null, sinceMs: 0, used: [], previous: null })
  expect(challengesOf(full)).toBe(full.challenges)
  expect([null, emptyRecord(), { ...full, authenticators: [app] }].map(isEnabled)).toEqual([false, false, true])
})
