import { describe, expect, test } from 'vitest'
import {
  emptyRecord,
  LIMITS,
  MAX_RECORD_BYTES,
  type StoredAuthenticator,
  type UserRecord,
} from '../../src/engine/record.ts'
import { hasRoom, isFull } from '../../src/engine/room.ts'
import { untyped } from '../world.ts'

const sizeOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length

/** How many bytes more would still be let in. */
function roomIn(record: UserRecord): number {
  let room = -MAX_RECORD_BYTES
  for (let step = 2 ** 14; step >= 1; step /= 2) if (hasRoom(record, room + step)) room += step
  return room
}

const app: StoredAuthenticator = {
  id: 'x'.repeat(12),
  type: 'totp',
  name: '',
  secret: 'x'.repeat(100),
  algorithm: 'SHA1',
  digits: 6,
  periodSeconds: 30,
  weak: false,
  createdAtMs: 1_800_000_000_000,
  lastUsedAtMs: null,
  lastStep: -1,
}
const withApps = (count: number) => ({ ...emptyRecord(), authenticators: Array.from({ length: count }, () => app) })
const codes = (given: object) => untyped<UserRecord['recoveryCodes']>({ id: 'x', sealed: 'x'.repeat(400), ...given })

/** What everything but authenticators and recovery codes takes at most: a change of it is a change of a limit. */
const OTHERS = 8_300

describe('the room in a record', () => {
  test('is what the limits of everything else leave', () => {
    expect(roomIn(emptyRecord())).toBe(MAX_RECORD_BYTES - 1 - OTHERS - 1700)
  })

  test('does not depend on what of that is there already', () => {
    const devices = Array.from({ length: 20 }, () => ({ id: 'x', name: 'x', createdAtMs: 1, expiresAtMs: 1 }))
    expect(roomIn({ ...emptyRecord(), trustedDevices: devices })).toBe(roomIn(emptyRecord()))
  })

  test('is less by each authenticator, with its longest name, a longer key id and longer counters', () => {
    const perApp = sizeOf({ ...app, name: '"'.repeat(LIMITS.nameBytes) }) + 32 + 48
    expect(roomIn(emptyRecord()) - roomIn(withApps(1))).toBe(perApp)
    expect(roomIn(withApps(1)) - roomIn(withApps(3))).toBe(2 * perApp)
  })

  test('is less by recovery codes that take more than those of this library, all used and saved', () => {
    const base = MAX_RECORD_BYTES - 1 - OTHERS
    const unused = codes({ kept: 'sealed', sealed: 'x'.repeat(3000), usedAtMs: [null, null], savedAtMs: null })
    const TIME = 9_999_999_999_999
    expect(roomIn({ ...emptyRecord(), recoveryCodes: unused })).toBe(
      base - sizeOf({ ...unused, usedAtMs: [TIME, TIME], savedAtMs: TIME }) - 32,
    )
    const hashes = codes({ kept: 'imported', sealed: 'x'.repeat(3000), usedAtMs: [null, null], savedAtMs: null })
    expect(roomIn({ ...emptyRecord(), recoveryCodes: hashes })).toBe(base - sizeOf({ ...hashes, savedAtMs: TIME }) - 32)
    const few = codes({ kept: 'sealed', usedAtMs: [null], savedAtMs: null })
    expect(roomIn({ ...emptyRecord(), recoveryCodes: few })).toBe(base - 1700)
  })
})

describe('another authenticator', () => {
  test('is refused at five apps, or eight of any kind, counted without those that leave', () => {
    expect([4, 5].map((count) => isFull(withApps(count), 'totp', []))).toEqual([false, true])
    const leaving = { ...withApps(4), authenticators: [...withApps(4).authenticators, { ...app, id: 'leaving' }] }
    expect([isFull(leaving, 'totp', []), isFull(leaving, 'totp', ['leaving'])]).toEqual([true, false])
    const tiny = untyped<StoredAuthenticator>({ id: 'x', type: 'passkey' })
    const passkeys = (count: number) => ({
      ...emptyRecord(),
      authenticators: Array.from({ length: count }, () => tiny),
    })
    expect([7, 8].map((count) => isFull(passkeys(count), 'passkey', []))).toEqual([false, true])
    expect(isFull(passkeys(5), 'totp', [])).toBe(false)
  })

  test('is refused without room for it: 650 bytes for an app, and none yet for a passkey', () => {
    const filledTo = (room: number) => {
      const record = { ...emptyRecord(), authenticators: [app] }
      const missing = roomIn(record) - room
      return { ...record, authenticators: [{ ...app, secret: 'x'.repeat(100 + missing) }] }
    }
    expect([650, 649].map((room) => isFull(filledTo(room), 'totp', []))).toEqual([false, true])
    expect([0, -1].map((room) => isFull(filledTo(room), 'passkey', []))).toEqual([false, true])
  })
})
