import type { EventDetails } from './events.ts'
import type { CodeDecision, ImportedCheck } from './imported-check.ts'
import type { UserRecord } from './record.ts'
import { type Attempt, type AttemptLimit, failed, gate, isNoted, settled } from './throttle.ts'

/** How often the user is told that a used code came again. */
export const TELL_EVERY_MS = 3_600_000

/** An outcome that was expected, and is not what the caller hoped for. */
export interface Refusal<Reason extends string> {
  ok: false
  reason: Reason
  /** Whole seconds until trying again can help; null where no time is known. */
  retryAfterSeconds: number | null
}

export function refusal<Reason extends string>(
  reason: Reason,
  retryAfterSeconds: number | null = null,
): Refusal<Reason> {
  return { ok: false, reason, retryAfterSeconds }
}

/** A refusal before it is told: with what of it must be written. */
export interface Refused<Reason extends string> extends Refusal<Reason> {
  /** Only if there is something to write. */
  record?: UserRecord
  events: readonly EventDetails[]
  /** Refused only if none of these imported hashes is the code's. */
  check?: ImportedCheck
}

/** Refused with nothing to write and nothing to tell. */
export function refused<Reason extends string>(reason: Reason): Refused<Reason> {
  return { ...refusal(reason), events: [] }
}

/** Refused by the throttle: not looked at, and not written, but for times that a clock gone wrong left in the future. */
export function shut(record: UserRecord, entry: AttemptLimit, nowMs: number): Refused<'throttled' | 'locked'> {
  const throttle = settled(record.throttle, nowMs)
  return {
    ...refusal(entry.state === 'locked' ? 'locked' : 'throttled', secondsUntil(entry.untilMs, nowMs)),
    ...(throttle === record.throttle ? {} : { record: { ...record, throttle } }),
    events: [],
  }
}

/** A wrong answer that was looked at, and the failure to be written. Tells how long the next attempt will have to wait. */
export function failure<Reason extends string>(
  record: UserRecord,
  attempt: Attempt,
  reason: Reason,
  details: Omit<EventDetails, 'type'>,
  nowMs: number,
): Refused<Reason> {
  if (!isNoted(record.throttle, attempt, nowMs)) return { ...refusal(reason), events: [] }
  const throttle = failed(record.throttle, attempt, nowMs)
  const next = gate(throttle, attempt, nowMs)
  const events: EventDetails[] = [{ type: attempt.kind === 'password' ? 'password.wrong' : 'code.wrong', ...details }]
  if (next.state === 'locked') events.push({ type: 'attempts.locked', ...details })
  return { ...refusal(reason, secondsUntil(next.untilMs, nowMs)), record: { ...record, throttle }, events }
}

/** What the caller is told of it, and what is written. */
export function refusedBy<Reason extends string>(refused: Refused<Reason>): CodeDecision<Refusal<Reason>> {
  const { reason, retryAfterSeconds, record, events, check } = refused
  return {
    result: refusal(reason, retryAfterSeconds),
    ...(record === undefined ? {} : { record }),
    events,
    ...(check === undefined ? {} : { check }),
  }
}

/** Whole seconds until then, at least one; null where no time is known. */
export function secondsUntil(atMs: number | null, nowMs: number): number | null {
  return atMs === null ? null : Math.max(1, Math.ceil((atMs - nowMs) / 1000))
}

/**
 * A good code that was used before. No failure; but somebody may have seen it typed, so the user is told, at most once an
 * hour: of one code that is sent a thousand times nobody needs a thousand letters.
 */
export function usedAgain(
  record: UserRecord,
  details: Omit<EventDetails, 'type'>,
  retryAfterSeconds: number | null,
  nowMs: number,
): Refused<'code-used'> {
  const { usedAgainToldAtMs: toldAtMs } = record
  const isTold = toldAtMs !== null && toldAtMs <= nowMs && nowMs - toldAtMs < TELL_EVERY_MS
  const event: EventDetails = { type: 'code.used-again', ...details }
  return {
    ok: false,
    reason: 'code-used',
    retryAfterSeconds,
    ...(isTold ? {} : { record: { ...record, usedAgainToldAtMs: nowMs } }),
    events: [isTold ? { ...event, notify: false } : event],
  }
}

/** What cannot be a code of the user's is wrong without being counted. */
export function notAnAttempt(): Refused<'wrong-code'> {
  return { ok: false, reason: 'wrong-code', retryAfterSeconds: null, events: [] }
}
