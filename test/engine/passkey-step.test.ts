import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import { DEVICE_MS, sealDevice } from '../../src/engine/device-token.ts'
import type { CheckedAssertion } from '../../src/engine/passkey-check.ts'
import { takePasskey, wrongPasskey } from '../../src/engine/passkey-step.ts'
import { emptyRecord, type StoredPasskey, type UserRecord } from '../../src/engine/record.ts'
import { TELL_EVERY_MS } from '../../src/engine/refusal.ts'
import { failed } from '../../src/engine/throttle.ts'
import { createVault } from '../../src/vault/vault.ts'
import { storedPasskey } from '../passkeys/world.ts'
import { untyped } from '../world.ts'

const NOW = 1_800_000_000_000
const vault = createVault(keyRing(generateKey('k1')), (bytes) => new Uint8Array(bytes))

const other = untyped<StoredPasskey>({ id: 'app', type: 'totp' })
const stored = storedPasskey({ id: 'key', counter: 5 })

/** What a verified response leads to, with this passkey in the record. */
function taken(passkey: Partial<StoredPasskey>, checked: object, nowMs = NOW) {
  const record: UserRecord = { ...emptyRecord(), authenticators: [other, { ...stored, ...passkey }] }
  const assertion = {
    ok: true,
    authenticatorId: 'key',
    credentialId: 'AAAA',
    counter: 6,
    backupEligible: passkey.backupEligible ?? false,
    backedUp: false,
    ...checked,
  } as CheckedAssertion
  const step = untyped<Parameters<typeof takePasskey>[2]>({ userId: 'ann', device: undefined })
  return takePasskey(record, assertion, step, untyped({ vault, trustDeviceDays: 30, nowMs }))
}

const wrong = (cause: string, authenticatorId?: string) => ({
  ok: false,
  reason: 'wrong-passkey',
  retryAfterSeconds: null,
  events: [{ type: 'passkey.wrong', method: 'passkey', cause, ...(authenticatorId && { authenticatorId }) }],
})

test('a verified response passes, and says when the passkey was used, with which counter', () => {
  const result = taken({}, { backedUp: true })
  expect(result).toMatchObject({ ok: true, method: 'passkey', backedUp: true, trusted: null, events: [] })
  const used = { ...stored, counter: 6, backedUp: true, lastUsedAtMs: NOW }
  expect(result.record?.authenticators).toEqual([other, used])
})

test('it ends the waits of its device’s pool, and what counts in a row of both', () => {
  let throttle: UserRecord['throttle'] = null
  for (const pool of ['strangers', 'known'] as const)
    throttle = failed(throttle, { kind: 'code', pool, weight: 1 }, NOW)
  const record = { ...emptyRecord(), enrollment: 'now', authenticators: [stored], throttle }
  const assertion = { ok: true, authenticatorId: 'key', credentialId: 'AAAA', counter: 6 } as CheckedAssertion
  const checked = { ...assertion, backupEligible: false, backedUp: false } as CheckedAssertion
  const claims = { enrollment: 'now', expiresAtMs: NOW + DEVICE_MS, trustedId: null, method: null }
  for (const [device, known, strangers] of [
    [undefined, 1, 0],
    [sealDevice(vault, 'ann', claims), 0, 1],
  ] as const) {
    const step = untyped<Parameters<typeof takePasskey>[2]>({ userId: 'ann', device })
    const passed = takePasskey(record, checked, step, untyped({ vault, trustDeviceDays: 30, nowMs: NOW }))
    expect(passed.record?.throttle).toMatchObject({
      codes: { strangers: { sinceSuccess: strangers }, known: { sinceSuccess: known } },
      codesInARow: { known: 0, strangers: 0 },
    })
  }
})

describe('a response is wrong', () => {
  test('for the cause that the verifier named', () => {
    expect(taken({}, { ok: false, cause: 'origin' })).toEqual(wrong('origin', 'key'))
    expect(taken({}, { ok: false, cause: 'malformed', authenticatorId: undefined })).toEqual(wrong('malformed'))
    expect(wrongPasskey('signature')).toEqual(wrong('signature'))
  })

  test('if the passkey was removed or replaced meanwhile', () => {
    expect(taken({ id: 'another' }, {})).toEqual(wrong('unknown-credential', 'key'))
    expect(taken({ credentialId: 'BBBB' }, {})).toEqual(wrong('unknown-credential', 'key'))
    expect(taken({}, { authenticatorId: 'app', credentialId: undefined })).toEqual(wrong('unknown-credential', 'app'))
  })

  test('if it can be synchronized and could not when it was created, or the other way round', () => {
    expect(taken({ backupEligible: false }, { backupEligible: true })).toEqual(wrong('malformed', 'key'))
    expect(taken({ backupEligible: true }, { backupEligible: false })).toEqual(wrong('malformed', 'key'))
  })
})

describe('a counter', () => {
  const passes = (before: number, counter: number, backupEligible = false) =>
    taken({ counter: before, backupEligible }, { counter }).ok

  test('must grow, unless it is always 0 or the passkey can be synchronized', () => {
    expect([passes(5, 6), passes(0, 1), passes(0, 0)]).toEqual([true, true, true])
    expect([passes(5, 5), passes(5, 4), passes(5, 0), passes(1, 0)]).toEqual([false, false, false, false])
    expect([passes(5, 5, true), passes(5, 0, true)]).toEqual([true, true])
  })

  const told = {
    ...wrong('counter', 'key'),
    events: [{ ...wrong('counter', 'key').events[0], notify: true }],
    record: { ...emptyRecord(), authenticators: [other, { ...stored, counterToldAtMs: NOW }] },
  }

  test('that went back is told to the user, at most once an hour', () => {
    const back = (counterToldAtMs: number | null) => taken({ counterToldAtMs }, { counter: 5 })
    expect(back(null)).toEqual(told)
    expect(back(NOW - TELL_EVERY_MS)).toEqual(told)
    const quiet = { ok: false, reason: 'wrong-passkey', retryAfterSeconds: null, events: [] }
    for (const beforeMs of [0, 1, TELL_EVERY_MS - 1]) expect(back(NOW - beforeMs)).toEqual(quiet)
  })

  test('is told again if a clock left the last time in the future', () => {
    expect(taken({ counterToldAtMs: NOW + 1 }, { counter: 5 })).toEqual(told)
  })
})
