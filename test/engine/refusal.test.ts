import { describe, expect, test } from 'vitest'
import { emptyRecord, type UserRecord } from '../../src/engine/record.ts'
import {
  failure,
  notAnAttempt,
  refusal,
  refused,
  refusedBy,
  secondsUntil,
  shut,
  TELL_EVERY_MS,
  usedAgain,
} from '../../src/engine/refusal.ts'
import { type Attempt, failed, gate, type Throttle } from '../../src/engine/throttle.ts'

const NOW = 1_800_000_000_000
const known: Attempt = { kind: 'code', pool: 'known', weight: 1 }
const recovery: Attempt = { kind: 'recovery-code', pool: 'known' }
const record = (throttle: Throttle = null): UserRecord => ({ ...emptyRecord(), throttle })

/** The throttle after so many failures at that time. */
function failedBy(failures: number, attempt: Attempt, atMs = NOW): Throttle {
  let throttle: Throttle = null
  for (let count = 0; count < failures; count += 1) throttle = failed(throttle, attempt, atMs)
  return throttle
}

describe('an attempt that the throttle refuses', () => {
  test('writes nothing, and says when it would be let', () => {
    const throttled = record(failedBy(6, known))
    expect(shut(throttled, gate(throttled.throttle, known, NOW), NOW)).toEqual({
      ok: false,
      reason: 'throttled',
      retryAfterSeconds: 2,
      events: [],
    })
  })

  test('writes the corrected times if a clock left them in the future', () => {
    const ahead = record(failedBy(6, known, NOW + 1000))
    const result = shut(ahead, gate(ahead.throttle, known, NOW), NOW)
    expect(result).toMatchObject({ reason: 'throttled', events: [] })
    expect(result.record).toEqual(record(failedBy(6, known, NOW)))
  })

  test('names a lock as such, without a time if no time helps', () => {
    expect(shut(record(), { state: 'locked', untilMs: null }, NOW)).toMatchObject({
      reason: 'locked',
      retryAfterSeconds: null,
    })
    expect(shut(record(), { state: 'locked', untilMs: NOW + 1500 }, NOW)).toMatchObject({ retryAfterSeconds: 2 })
  })
})

describe('a wrong attempt', () => {
  const details = { method: 'totp' as const }

  test('is written and reported, and says how long the next one waits', () => {
    expect(failure(record(), known, 'wrong-code', details, NOW)).toEqual({
      ok: false,
      reason: 'wrong-code',
      retryAfterSeconds: null,
      record: record(failedBy(1, known)),
      events: [{ type: 'code.wrong', method: 'totp' }],
    })
    const fifth = failure(record(failedBy(4, known)), known, 'wrong-code', {}, NOW)
    expect([fifth.retryAfterSeconds, fifth.events]).toEqual([1, [{ type: 'code.wrong' }]])
  })

  test('with a password has an event of its own', () => {
    const { events } = failure(record(), { kind: 'password' }, 'wrong-password', {}, NOW)
    expect(events).toEqual([{ type: 'password.wrong' }])
  })

  test('that locks is followed by an event that says so', () => {
    const { events, retryAfterSeconds } = failure(record(failedBy(49, known)), known, 'wrong-code', details, NOW)
    expect(events).toEqual([
      { type: 'code.wrong', method: 'totp' },
      { type: 'attempts.locked', method: 'totp' },
    ])
    expect(retryAfterSeconds).toBe(30 * 86_400)
  })

  test('with a recovery code is neither written nor reported after twenty', () => {
    expect(failure(record(failedBy(19, recovery)), recovery, 'wrong-code', {}, NOW).events).toHaveLength(1)
    expect(failure(record(failedBy(20, recovery)), recovery, 'wrong-code', {}, NOW)).toEqual(refused('wrong-code'))
  })
})

describe('a used code that is entered again', () => {
  const of = (usedAgainToldAtMs: number | null) =>
    usedAgain({ ...record(), usedAgainToldAtMs }, { method: 'totp' }, 30, NOW)
  const told = {
    ok: false,
    reason: 'code-used',
    retryAfterSeconds: 30,
    record: { ...record(), usedAgainToldAtMs: NOW },
    events: [{ type: 'code.used-again', method: 'totp' }],
  }

  test('is told the first time, and again after an hour', () => {
    expect(of(null)).toEqual(told)
    expect(of(NOW - TELL_EVERY_MS)).toEqual(told)
  })

  test('is not told within the hour, and writes nothing', () => {
    const quiet = { ok: false, reason: 'code-used', retryAfterSeconds: 30 }
    const events = [{ type: 'code.used-again', method: 'totp', notify: false }]
    for (const beforeMs of [0, 1, TELL_EVERY_MS - 1]) expect(of(NOW - beforeMs)).toEqual({ ...quiet, events })
  })

  test('is told if a clock left the last time in the future', () => {
    expect(of(NOW + 1)).toEqual(told)
  })
})

test('what the caller gets is the refusal alone, what is written goes beside it', () => {
  const check = { setId: 'codes', typed: 'x', candidates: [], counted: null }
  const events = [{ type: 'code.wrong' as const }]
  const given = { ...refusal('wrong-code', 5), record: record(), events, check }
  expect(refusedBy(given)).toEqual({ result: refusal('wrong-code', 5), record: record(), events, check })
  expect(Object.keys(refusedBy(refused('wrong-code')))).toEqual(['result', 'events'])
  expect(notAnAttempt()).toEqual(refused('wrong-code'))
})

test('a time is whole seconds away, at least one', () => {
  expect([1, 1000, 1001, 0, -5000].map((ms) => secondsUntil(NOW + ms, NOW))).toEqual([1, 1, 2, 1, 1])
  expect(secondsUntil(null, NOW)).toBe(null)
})
