/**
 * How many guesses are checked, and when. Pure: state and time in, answer or next state out; docs/throttling.md
 * explains each number.
 *
 * Two pools, so that an attacker cannot make the owner wait: devices that passed the second step before, and
 * unrecognized devices (`strangers`). Failures are lists capped by count, never pruned by age. A time in the future
 * counts as now: a clock that jumps ahead and back neither locks for long nor clears failures.
 */
export type Pool = 'known' | 'strangers'

/** Attempts with waits and a budget: authenticator codes of one pool, or passwords. */
export interface Attempts {
  /** Failures since the last success. */
  sinceSuccess: number
  /** When the last failures were, oldest first; one that counts several times is repeated. */
  failedAtMs: readonly number[]
}

/**
 * Failures with recovery codes that this library made, of one pool: never refused, only counted in order to write and
 * report less.
 */
export interface RecoveryAttempts {
  sinceSuccess: number
  /** The last one that was written and reported. */
  lastFailedAtMs: number
}

/** What a record remembers of failures; null if nothing. */
export type Throttle = ThrottleState | null

/** The failures that a record remembers. Times are Unix milliseconds. */
export interface ThrottleState {
  codes: Readonly<Record<Pool, Attempts>>
  recoveryCodes: Readonly<Record<Pool, RecoveryAttempts>>
  passwords: Attempts
  /** Failures of each pool since anybody passed the second step. */
  codesInARow: Readonly<Record<Pool, number>>
  /** When a changed password last gave both pools their relief; null: never. */
  reliefAtMs: number | null
}

/** A failure with a code, as it was written. */
export interface CountedFailure {
  pool: Pool
  weight: number
  atMs: number
}

/** Whether an attempt would be checked now, and if not, when. */
export type AttemptLimit =
  | { state: 'open'; untilMs: null }
  | { state: 'throttled'; untilMs: number }
  /** `untilMs` null: until a step is passed, with the other kind of device or with a recovery code. */
  | { state: 'locked'; untilMs: number | null }

export interface CodeAttempt {
  kind: 'code'
  pool: Pool
  weight: number
}

/**
 * What a person may try. `weight`: a wrong code from an unrecognized device counts once per authenticator it could have
 * matched.
 */
export type Attempt = CodeAttempt | { kind: 'recovery-code'; pool: Pool } | { kind: 'password' }

const DAY_MS = 86_400_000
const BUDGET_WINDOW_MS = 30 * DAY_MS

const FREE_FAILURES = 5
const LONGEST_WAIT_SECONDS = 900
/** Failures in any 30 days. */
const BUDGET = { known: 50, strangers: 20, passwords: 25 } as const
/** Failures that each pool has beyond its budget after a changed password, once in 30 days. */
const RELIEF = 5
/** NIST SP 800-63B-4 §3.2.2. */
const CODES_IN_A_ROW = 100
/** Failures with a recovery code since a success that are each written and reported; after that, one per day. */
const RECOVERY_FAILURES_TOLD = 20
const RECOVERY_TELL_MS = DAY_MS

/** The most times in a list of failures: never fewer than its budget can count. */
export const KEPT: Readonly<Record<Pool | 'passwords', number>> = {
  known: BUDGET.known + RELIEF,
  strangers: BUDGET.strangers + RELIEF,
  passwords: BUDGET.passwords,
}

// Frozen, since hosts and stores receive them, and a change would affect everybody.
const OPEN: AttemptLimit = Object.freeze({ state: 'open', untilMs: null })
const NO_ATTEMPTS: Attempts = Object.freeze({ sinceSuccess: 0, failedAtMs: Object.freeze([]) })
const NO_RECOVERY_ATTEMPTS: RecoveryAttempts = Object.freeze({ sinceSuccess: 0, lastFailedAtMs: 0 })

const NONE_IN_A_ROW: ThrottleState['codesInARow'] = Object.freeze({ known: 0, strangers: 0 })

const NO_FAILURES: ThrottleState = {
  codes: { known: NO_ATTEMPTS, strangers: NO_ATTEMPTS },
  recoveryCodes: { known: NO_RECOVERY_ATTEMPTS, strangers: NO_RECOVERY_ATTEMPTS },
  passwords: NO_ATTEMPTS,
  codesInARow: NONE_IN_A_ROW,
  reliefAtMs: null,
}

/** Whether this attempt would be checked now. Call it before checking. */
export function gate(state: Throttle, attempt: Attempt, nowMs: number): AttemptLimit {
  if (state === null) return OPEN
  switch (attempt.kind) {
    case 'code': {
      const { pool, weight } = attempt
      if (state.codesInARow[pool] >= CODES_IN_A_ROW) return { state: 'locked', untilMs: null }
      const attempts = state.codes[pool]
      const reliefEndsMs = reliefEnd(state, nowMs)
      const withRelief = attemptsGate(attempts, BUDGET[pool] + RELIEF, weight, nowMs)
      return (withRelief.untilMs ?? nowMs) < reliefEndsMs
        ? withRelief
        : attemptsGate(attempts, BUDGET[pool], weight, nowMs)
    }
    case 'recovery-code':
      // 80 bits cannot be guessed, so other people's guesses never keep the owner out.
      return OPEN
    case 'password':
      return attemptsGate(state.passwords, BUDGET.passwords, 1, nowMs)
  }
}

/** Whether a failure is written and reported. Always, except for recovery codes: after 20 since a success, one per day. */
export function isNoted(state: Throttle, attempt: Attempt, nowMs: number): boolean {
  if (state === null || attempt.kind !== 'recovery-code') return true
  const { sinceSuccess, lastFailedAtMs } = state.recoveryCodes[attempt.pool]
  return sinceSuccess < RECOVERY_FAILURES_TOLD || nowMs - lastFailedAtMs >= RECOVERY_TELL_MS || nowMs < lastFailedAtMs
}

/** The state after a wrong attempt. */
export function failed(state: Throttle, attempt: Attempt, nowMs: number): ThrottleState {
  const before = settled(state ?? NO_FAILURES, nowMs)
  switch (attempt.kind) {
    case 'code': {
      const { pool, weight } = attempt
      const attempts = addFailure(before.codes[pool], weight, KEPT[pool], nowMs)
      return {
        ...before,
        codes: { ...before.codes, [pool]: attempts },
        codesInARow: { ...before.codesInARow, [pool]: before.codesInARow[pool] + 1 },
      }
    }
    case 'recovery-code': {
      const sinceSuccess = before.recoveryCodes[attempt.pool].sinceSuccess + 1
      return {
        ...before,
        recoveryCodes: { ...before.recoveryCodes, [attempt.pool]: { sinceSuccess, lastFailedAtMs: nowMs } },
      }
    }
    case 'password':
      return { ...before, passwords: addFailure(before.passwords, 1, KEPT.passwords, nowMs) }
  }
}

/**
 * The state after a correct attempt: waits end, budgets stay spent. A passed step resets the failures in a row of both
 * pools, whoever passed it.
 */
export function succeeded(state: Throttle, attempt: Attempt, nowMs: number): Throttle {
  if (state === null) return null
  const before = settled(state, nowMs)
  if (attempt.kind === 'password') return { ...before, passwords: { ...before.passwords, sinceSuccess: 0 } }
  const { pool } = attempt
  return {
    ...before,
    codes: { ...before.codes, [pool]: { ...before.codes[pool], sinceSuccess: 0 } },
    recoveryCodes: { ...before.recoveryCodes, [pool]: NO_RECOVERY_ATTEMPTS },
    codesInARow: NONE_IN_A_ROW,
  }
}

/** The state without a failure that was written before the code turned out to be correct. */
export function forgiven(state: Throttle, { pool, weight, atMs }: CountedFailure): Throttle {
  if (state === null) return null
  const { sinceSuccess, failedAtMs } = state.codes[pool]
  let left = weight
  const kept = failedAtMs.filter((failedMs) => failedMs !== atMs || --left < 0)
  return { ...state, codes: { ...state.codes, [pool]: { sinceSuccess, failedAtMs: kept } } }
}

/**
 * After a changed password: failures with the old one are forgotten, and each pool gets five more codes, once in 30
 * days. An attacker may have lost the password or session that they guessed with.
 */
export function relieved(state: Throttle, nowMs: number): ThrottleState {
  const before = { ...settled(state ?? NO_FAILURES, nowMs), passwords: NO_ATTEMPTS }
  return nowMs < reliefEnd(before, nowMs) ? before : { ...before, reliefAtMs: nowMs }
}

/** The same state with no time in the future; the same object if there was none. */
export function settled<State extends Throttle>(state: State, nowMs: number): State | ThrottleState {
  if (state === null) return state
  if (latest(state) <= nowMs) return state
  const past = (atMs: number) => Math.min(atMs, nowMs)
  const attempts = (of: Attempts): Attempts => ({ ...of, failedAtMs: of.failedAtMs.map(past) })
  const recovery = (of: RecoveryAttempts): RecoveryAttempts => ({ ...of, lastFailedAtMs: past(of.lastFailedAtMs) })
  return {
    codes: { known: attempts(state.codes.known), strangers: attempts(state.codes.strangers) },
    recoveryCodes: { known: recovery(state.recoveryCodes.known), strangers: recovery(state.recoveryCodes.strangers) },
    passwords: attempts(state.passwords),
    codesInARow: state.codesInARow,
    reliefAtMs: state.reliefAtMs === null ? null : past(state.reliefAtMs),
  }
}

function attemptsGate(
  { sinceSuccess, failedAtMs }: Attempts,
  budget: number,
  weight: number,
  nowMs: number,
): AttemptLimit {
  const lastMs = failedAtMs.at(-1)
  if (lastMs === undefined) return OPEN
  const waitUntilMs = Math.min(lastMs, nowMs) + waitAfter(sinceSuccess) * 1000
  const opensMs = failedAtMs.map((atMs) => Math.min(atMs, nowMs) + BUDGET_WINDOW_MS).filter((atMs) => atMs > nowMs)
  const excess = opensMs.length + weight - budget
  if (excess > 0) {
    const budgetUntilMs = opensMs.sort((a, b) => a - b)[excess - 1] ?? nowMs
    return { state: 'locked', untilMs: Math.max(budgetUntilMs, waitUntilMs) }
  }
  return nowMs < waitUntilMs ? { state: 'throttled', untilMs: waitUntilMs } : OPEN
}

/** Five failures are free; then 1 s, doubling to 15 min. */
function waitAfter(sinceSuccess: number): number {
  if (sinceSuccess < FREE_FAILURES) return 0
  return Math.min(2 ** (sinceSuccess - FREE_FAILURES), LONGEST_WAIT_SECONDS)
}

function addFailure({ sinceSuccess, failedAtMs }: Attempts, weight: number, kept: number, nowMs: number): Attempts {
  const times = [...failedAtMs, ...Array.from({ length: weight }, () => nowMs)]
  return { sinceSuccess: sinceSuccess + 1, failedAtMs: times.slice(-kept) }
}

/** When the last relief ends; a past time if there was none. */
function reliefEnd({ reliefAtMs }: ThrottleState, nowMs: number): number {
  return reliefAtMs === null ? nowMs : Math.min(reliefAtMs, nowMs) + BUDGET_WINDOW_MS
}

function latest({ codes, recoveryCodes, passwords, reliefAtMs }: ThrottleState): number {
  return Math.max(
    ...codes.known.failedAtMs,
    ...codes.strangers.failedAtMs,
    ...passwords.failedAtMs,
    recoveryCodes.known.lastFailedAtMs,
    recoveryCodes.strangers.lastFailedAtMs,
    reliefAtMs ?? 0,
  )
}
