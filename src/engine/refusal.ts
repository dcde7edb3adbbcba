import type { EventDetails } from './events.ts'
import type { CodeDecision, ImportedCheck } from './imported-check.ts'
import type { UserRecord } from './record.ts'
import { type Attempt, type AttemptLimit, failed, gate, isNoted, settled } from './throttle.ts'

/** How often the user is told that a used code was entered again. */
export const TELL_EVERY_MS = 3_600_000

/** An expected outcome: the operation was refused. */
export interface Refusal<Reason extends string> {
  ok: false
  reason: Reason
  /** Whole seconds until trying again can help; null if unknown. */
  retryAfterSeconds: number | null
}

export function refusal<Reason extends string>(
  reason: Reason,
  retryAfterSeconds: number | null = null,
): Refusal<Reason> {
  return { ok: false, reason, retryAfterSeconds }
}

/** A refusal, with what must be written before it is returned. */
export interface Refused<Reason extends string> extends Refusal<Reason> {
  /** Only if there is something to write. */
  record?: UserRecord
  events: readonly EventDetails[]
  /** Refused only if none of these imported hashes matches. */
  check?: ImportedCheck
}

/** Refused, with nothing to write and no event. */
export function refused<Reason extends string>(reason: Reason): Refused<Reason> {
  return { ...refusal(reason), events: [] }
}

/**
 * Refused by the throttle: not checked, and not written, except to correct times that a wrong clock left in the future.
 */
export function shut(record: UserRecord, entry: AttemptLimit, nowMs: number): Refused<'throttled' | 'locked'> {
  const throttle = settled(record.throttle, nowMs)
  return {
    ...refusal(entry.state === 'locked' ? 'locked' : 'throttled', secondsUntil(entry.untilMs, nowMs)),
    ...(throttle === record.throttle ? {} : { record: { ...record, throttle } }),
    events: [],
  }
}

/** A wrong attempt, and the failure to write. Says how long the next attempt must wait. */
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

/** What the caller gets, and what is written. */
export function refusedBy<Reason extends string>(refused: Refused<Reason>): CodeDecision<Refusal<Reason>> {
  const { reason, retryAfterSeconds, record, events, check } = refused
  return {
    result: refusal(reason, retryAfterSeconds),
    ...(record === undefined ? {} : { record }),
    events,
    ...(check === undefined ? {} : { check }),
  }
}

/** Whole seconds until then, at least one; null if unknown. */
export function secondsUntil(atMs: number | null, nowMs: number): number | null {
  return atMs === null ? null : Math.max(1, Math.ceil((atMs - nowMs) / 1000))
}

/**
 * A correct code that was used before. It is not a failure, but somebody may have seen it, so the user is told, at most
 * once an hour, however often it is sent.
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

/** A code that cannot be the user's is wrong, but not counted. */
export function notAnAttempt(): Refused<'wrong-code'> {
  return { ok: false, reason: 'wrong-code', retryAfterSeconds: null, events: [] }
}
