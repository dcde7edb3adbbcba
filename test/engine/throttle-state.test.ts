import { describe, expect, test } from 'vitest'
import {
  type Attempt,
  failed,
  forgiven,
  gate,
  isNoted,
  relieved,
  settled,
  succeeded,
  type Throttle,
  type ThrottleState,
} from '../../src/engine/throttle.ts'

const DAY = 86_400_000
const NOW = 1_800_000_000_000
const none = { sinceSuccess: 0, failedAtMs: [] }
const noRecovery = { sinceSuccess: 0, lastFailedAtMs: 0 }
const EMPTY: ThrottleState = {
  codes: { known: none, strangers: none },
  recoveryCodes: { known: noRecovery, strangers: noRecovery },
  passwords: none,
  codesInARow: { known: 0, strangers: 0 },
  reliefAtMs: null,
}
const known: Attempt = { kind: 'code', pool: 'known', weight: 1 }
const recovery: Attempt = { kind: 'recovery-code', pool: 'known' }
const open = { state: 'open', untilMs: null }

/** Failures with codes from known devices, at these times, oldest first as written. */
const codesAt = (failedAtMs: number[], sinceSuccess = 0, more: Partial<ThrottleState> = {}): ThrottleState => ({
  ...EMPTY,
  codes: { ...EMPTY.codes, known: { sinceSuccess, failedAtMs } },
  ...more,
})

test('without failures, everything is open, and nothing is changed by a success or a settled clock', () => {
  for (const attempt of [known, recovery, { kind: 'password' } as const]) {
    expect(gate(null, attempt, NOW)).toEqual(open)
    expect(gate(EMPTY, attempt, NOW)).toEqual(open)
    expect(succeeded(null, attempt, NOW)).toBe(null)
  }
  expect(settled(null, NOW)).toBe(null)
  expect(forgiven(null, { pool: 'known', weight: 1, atMs: NOW })).toBe(null)
})

test('recovery codes are open while passwords and codes are not', () => {
  const attempts = { sinceSuccess: 20, failedAtMs: Array.from({ length: 25 }, () => NOW) }
  const state = { ...EMPTY, codes: { known: attempts, strangers: attempts }, passwords: attempts }
  expect(gate(state, { kind: 'password' }, NOW).state).toBe('locked')
  expect(gate(state, recovery, NOW)).toEqual(open)
})

describe('a spent budget', () => {
  test('opens when enough failures are thirty days old, in whatever order a clock wrote them', () => {
    const times = Array.from({ length: 50 }, (_, index) => NOW - ((index * 7) % 50) * 1000)
    expect(gate(codesAt(times), known, NOW)).toEqual({ state: 'locked', untilMs: NOW - 49_000 + 30 * DAY })
    const heavier: Attempt = { kind: 'code', pool: 'known', weight: 3 }
    expect(gate(codesAt(times), heavier, NOW)).toEqual({ state: 'locked', untilMs: NOW - 47_000 + 30 * DAY })
  })

  test('opens no earlier than the wait ends', () => {
    const times = [...Array.from({ length: 49 }, () => NOW - 30 * DAY + 1000), NOW]
    expect(gate(codesAt(times, 50), known, NOW)).toEqual({ state: 'locked', untilMs: NOW + 900_000 })
    expect(gate(codesAt(times, 4), known, NOW)).toEqual({ state: 'locked', untilMs: NOW + 1000 })
  })

  test('counts a failure for thirty days, to the millisecond', () => {
    const times = Array.from({ length: 50 }, () => NOW)
    expect(gate(codesAt(times), known, NOW + 30 * DAY - 1).state).toBe('locked')
    expect(gate(codesAt(times), known, NOW + 30 * DAY)).toEqual(open)
  })
})

describe('the relief of a changed password', () => {
  const times = Array.from({ length: 50 }, () => NOW)

  test('gives five more, for thirty days', () => {
    const state = relieved(codesAt(times), NOW)
    expect(state).toEqual(codesAt(times, 0, { reliefAtMs: NOW }))
    expect(gate(state, known, NOW)).toEqual(open)
    const five = codesAt([...times, ...Array.from({ length: 5 }, () => NOW)], 0, { reliefAtMs: NOW })
    expect(gate(five, known, NOW)).toEqual({ state: 'locked', untilMs: NOW + 30 * DAY })
    const later = times.map((atMs) => atMs + 20 * DAY)
    const after = codesAt(later, 0, { reliefAtMs: NOW })
    expect(gate(after, known, NOW + 30 * DAY - 1).state).toBe('open')
    expect(gate(after, known, NOW + 30 * DAY).state).toBe('locked')
  })

  test('is not renewed by another change within thirty days, and is after them', () => {
    const state = relieved(null, NOW)
    expect(state).toEqual({ ...EMPTY, reliefAtMs: NOW })
    expect(relieved(state, NOW + 30 * DAY - 1)).toEqual(state)
    expect(relieved(state, NOW + 30 * DAY)).toEqual({ ...EMPTY, reliefAtMs: NOW + 30 * DAY })
  })

  test('forgets failures with the old password in either case', () => {
    const passwords = { sinceSuccess: 9, failedAtMs: [NOW] }
    expect(relieved({ ...EMPTY, passwords }, NOW).passwords).toEqual(none)
    expect(relieved({ ...EMPTY, passwords, reliefAtMs: NOW }, NOW).passwords).toEqual(none)
  })

  test('that a clock left in the future ends thirty days from now', () => {
    const state = codesAt(times, 0, { reliefAtMs: NOW + 5 * DAY })
    expect(gate(state, known, NOW)).toEqual(open)
    expect(relieved(state, NOW).reliefAtMs).toBe(NOW)
  })
})

describe('a time in the future', () => {
  const FUTURE = NOW + DAY
  const recoveryAt = (lastFailedAtMs: number) => ({ sinceSuccess: 3, lastFailedAtMs })
  const state = (atMs: number, reliefAtMs: number | null): ThrottleState => ({
    codes: {
      known: { sinceSuccess: 1, failedAtMs: [atMs] },
      strangers: { sinceSuccess: 2, failedAtMs: [NOW - 1, atMs] },
    },
    recoveryCodes: { known: recoveryAt(atMs), strangers: recoveryAt(atMs) },
    passwords: { sinceSuccess: 4, failedAtMs: [atMs] },
    codesInARow: { known: 5, strangers: 6 },
    reliefAtMs,
  })

  test('counts as now, wherever it stands, and nothing else is changed', () => {
    expect(settled(state(FUTURE, null), NOW)).toEqual(state(NOW, null))
    expect(settled(state(FUTURE, FUTURE), NOW)).toEqual(state(NOW, NOW))
    expect(settled(state(FUTURE, NOW - 1), NOW)).toEqual(state(NOW, NOW - 1))
  })

  test('is noticed in each place, and without one the state stays the same object', () => {
    const past = state(NOW, NOW)
    expect(settled(past, NOW)).toBe(past)
    for (const one of [
      { codes: state(FUTURE, null).codes },
      { codes: { ...past.codes, strangers: state(FUTURE, null).codes.strangers } },
      { recoveryCodes: { ...past.recoveryCodes, known: recoveryAt(FUTURE) } },
      { recoveryCodes: { ...past.recoveryCodes, strangers: recoveryAt(FUTURE) } },
      { passwords: state(FUTURE, null).passwords },
      { reliefAtMs: FUTURE },
    ]) {
      expect(settled({ ...past, ...one }, NOW)).toEqual(past)
    }
  })

  test('is settled by a failure and by a success as well', () => {
    const after = failed(state(FUTURE, null), known, NOW)
    expect(after.codes.known).toEqual({ sinceSuccess: 2, failedAtMs: [NOW, NOW] })
    expect(after.passwords.failedAtMs).toEqual([NOW])
    expect(succeeded(state(FUTURE, null), { kind: 'password' }, NOW)?.codes).toEqual(state(NOW, null).codes)
  })

  test('waits no longer than from now', () => {
    const waiting = codesAt([FUTURE], 6)
    expect(gate(waiting, known, NOW)).toEqual({ state: 'throttled', untilMs: NOW + 2000 })
  })
})

describe('failures with recovery codes', () => {
  const failuresOf = (sinceSuccess: number, lastFailedAtMs: number): Throttle => ({
    ...EMPTY,
    recoveryCodes: { ...EMPTY.recoveryCodes, known: { sinceSuccess, lastFailedAtMs } },
  })

  test('are noted twenty times, and then once a day', () => {
    expect(isNoted(failuresOf(19, NOW), recovery, NOW)).toBe(true)
    expect(isNoted(failuresOf(20, NOW), recovery, NOW)).toBe(false)
    expect(isNoted(failuresOf(20, NOW), recovery, NOW + DAY - 1)).toBe(false)
    expect(isNoted(failuresOf(20, NOW), recovery, NOW + DAY)).toBe(true)
    expect(isNoted(failuresOf(20, NOW), { kind: 'recovery-code', pool: 'strangers' }, NOW)).toBe(true)
  })

  test('are noted if the last one is in the future', () => {
    expect(isNoted(failuresOf(20, NOW + 1), recovery, NOW)).toBe(true)
  })
})

test('a forgiven failure leaves the list as often as it counted, and no other does', () => {
  const state = codesAt([NOW - 1, NOW, NOW, NOW], 4)
  const counted = { pool: 'known', weight: 2, atMs: NOW } as const
  expect(forgiven(state, counted)).toEqual(codesAt([NOW - 1, NOW], 4))
  expect(forgiven(state, { ...counted, pool: 'strangers' })).toEqual(state)
})
