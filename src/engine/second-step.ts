import { findTotpStep } from '../otp/totp.ts'
import { isDigits, readTypedCode } from '../otp/typed-code.ts'
import { findRecoveryCode, recoveryCodesLeft } from '../recovery-codes/keep.ts'
import { readRecoveryCode } from '../recovery-codes/read.ts'
import type { Vault } from '../vault/vault.ts'
import type { EventDetails, Method } from './events.ts'
import type { StoredAuthenticator, TwoFactorRecord } from './record.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Attempt, failed, type Gate, gate, type Pool, settled, succeeded } from './throttle.ts'
import { openDevice } from './tokens.ts'
import type { Decision } from './transact.ts'

export type CodeReason = 'wrong-code' | 'code-used' | 'throttled' | 'locked'

/** Somebody's try at the second step. */
export interface SecondStep {
  userId: string
  /** What was typed: anything. */
  code: unknown
  /** What the browser presented as its device token: anything. */
  device: unknown
}

export interface StepContext {
  vault: Vault
  /** Steps accepted before and after the current one. */
  window: number
  nowMs: number
}

export interface Passed {
  ok: true
  method: Method
  /** The record in which the code is spent: it counts once this is written. */
  record: TwoFactorRecord
  recoveryCodesLeft: number
  /** The trusted device that the browser showed to be, if any. */
  trustedId: string | null
  events: EventDetails[]
}

export interface Refused<Reason extends string> extends Refusal<Reason> {
  /** Only where a failure must be written. */
  record?: TwoFactorRecord
  events: EventDetails[]
}

/**
 * Is this a code of the user's? Its shape decides whether it is tried as an authenticator's code or as a recovery code.
 * What has neither shape is wrong without being an attempt; an attempt that the throttle refuses is not looked at.
 */
export function takeSecondStep(
  record: TwoFactorRecord,
  step: SecondStep,
  context: StepContext,
): Passed | Refused<CodeReason> {
  const typed = readTypedCode(step.code)
  if (typed === null) return notAnAttempt()

  const device = openDevice(context.vault, step.userId, step.device, record.enrolment, context.nowMs)
  const pool: Pool = device === null ? 'strangers' : 'known'
  const trustedId = device === null ? null : device.trustedId

  const candidates = record.authenticators.filter(({ digits }) => isDigits(typed, digits))
  if (candidates.length > 0) return tryAuthenticators(record, candidates, typed, pool, trustedId, step, context)

  const code = readRecoveryCode(typed)
  if (code === null || !record.recoveryCodes?.lengths.includes(code.length)) return notAnAttempt()
  return tryRecoveryCode(record, code, pool, trustedId, step, context)
}

function tryAuthenticators(
  record: TwoFactorRecord,
  candidates: readonly StoredAuthenticator[],
  code: string,
  pool: Pool,
  trustedId: string | null,
  { userId }: SecondStep,
  { vault, window, nowMs }: StepContext,
): Passed | Refused<CodeReason> {
  const attempt: Attempt = { kind: 'code', pool, weight: weightOf(candidates, pool) }
  const entry = gate(record.throttle, attempt, nowMs)
  if (entry.state !== 'open') return shut(record, entry, nowMs)

  let usedAgain: StoredAuthenticator | null = null
  for (const authenticator of candidates) {
    const field = `authenticators[${record.authenticators.indexOf(authenticator)}].secret`
    const secret = vault.openStored({ purpose: 'authenticator', userId }, authenticator.secret, field)
    const { digits, algorithm } = authenticator
    const found = findTotpStep(secret, code, currentStep(authenticator, nowMs), window, digits, algorithm)
    if (found === null) continue
    if (found <= authenticator.lastStep) {
      usedAgain = authenticator
      continue
    }
    const spent = { ...authenticator, lastStep: found, lastUsedAtMs: nowMs }
    return {
      ok: true,
      method: 'totp',
      record: {
        ...record,
        authenticators: record.authenticators.map((one) => (one === authenticator ? spent : one)),
        throttle: succeeded(record.throttle, attempt, nowMs),
      },
      recoveryCodesLeft: recoveryCodesLeft(record.recoveryCodes),
      trustedId,
      events: [],
    }
  }
  if (usedAgain === null)
    return failure(record, attempt, 'wrong-code', { method: 'totp', knownDevice: pool === 'known' }, nowMs)
  return {
    ok: false,
    reason: 'code-used',
    retryAfterSeconds: secondsToFreshCode(usedAgain, nowMs),
    events: [{ type: 'code.used-again', method: 'totp', authenticatorId: usedAgain.id, knownDevice: pool === 'known' }],
  }
}

/** A stranger's code counts once for each authenticator that it could have matched. */
function weightOf(candidates: readonly StoredAuthenticator[], pool: Pool): number {
  return pool === 'known' ? 1 : candidates.length
}

/** The least that an authenticator's code can count for this user: codes of different lengths are tried apart. */
export function leastWeight({ authenticators }: TwoFactorRecord, pool: Pool): number {
  const sameLength = authenticators.map((one) => authenticators.filter(({ digits }) => digits === one.digits))
  return sameLength.length === 0 ? 1 : Math.min(...sameLength.map((candidates) => weightOf(candidates, pool)))
}

function tryRecoveryCode(
  record: TwoFactorRecord,
  code: string,
  pool: Pool,
  trustedId: string | null,
  { userId }: SecondStep,
  { vault, nowMs }: StepContext,
): Passed | Refused<CodeReason> {
  const attempt: Attempt = { kind: 'recovery-code', pool }
  const entry = gate(record.throttle, attempt, nowMs)
  if (entry.state !== 'open') return shut(record, entry, nowMs)

  const knownDevice = pool === 'known'
  const { recoveryCodes } = record
  const index = recoveryCodes === null ? null : findRecoveryCode(recoveryCodes, code, { vault, userId })
  if (recoveryCodes === null || index === null) {
    return failure(record, attempt, 'wrong-code', { method: 'recovery-code', knownDevice }, nowMs)
  }
  if (recoveryCodes.usedAtMs[index] !== null) {
    const event: EventDetails = { type: 'code.used-again', method: 'recovery-code', knownDevice }
    return { ok: false, reason: 'code-used', retryAfterSeconds: null, events: [event] }
  }
  const spent = {
    ...recoveryCodes,
    usedAtMs: recoveryCodes.usedAtMs.map((used, at) => (at === index ? nowMs : used)),
  }
  const left = recoveryCodesLeft(spent)
  return {
    ok: true,
    method: 'recovery-code',
    record: { ...record, recoveryCodes: spent, throttle: succeeded(record.throttle, attempt, nowMs) },
    recoveryCodesLeft: left,
    trustedId,
    events: [{ type: 'recovery-code.used', recoveryCodesLeft: left, knownDevice }],
  }
}

/** Refused by the throttle: not looked at, and not written, but for times that a clock gone wrong left in the future. */
export function shut(record: TwoFactorRecord, entry: Gate, nowMs: number): Refused<'throttled' | 'locked'> {
  const throttle = settled(record.throttle, nowMs)
  return {
    ok: false,
    reason: entry.state === 'locked' ? 'locked' : 'throttled',
    retryAfterSeconds: entry.untilMs === null ? null : secondsUntil(entry.untilMs, nowMs),
    ...(throttle === record.throttle ? {} : { record: { ...record, throttle } }),
    events: [],
  }
}

/** A wrong answer that was looked at: the failure must be written. Tells how long the next attempt will have to wait. */
export function failure<Reason extends string>(
  record: TwoFactorRecord,
  attempt: Attempt,
  reason: Reason,
  details: Omit<EventDetails, 'type'>,
  nowMs: number,
): Refused<Reason> {
  const throttle = failed(record.throttle, attempt, nowMs)
  const next = gate(throttle, attempt, nowMs)
  const events: EventDetails[] = [{ type: attempt.kind === 'password' ? 'password.wrong' : 'code.wrong', ...details }]
  if (next.state === 'locked') events.push({ type: 'attempts.locked', ...details })
  return {
    ok: false,
    reason,
    retryAfterSeconds: next.untilMs === null ? null : secondsUntil(next.untilMs, nowMs),
    record: { ...record, throttle },
    events,
  }
}

/** RFC 6238 §4.2: whole periods since the epoch. */
export function currentStep({ periodSeconds }: { periodSeconds: number }, nowMs: number): number {
  return Math.floor(nowMs / (periodSeconds * 1000))
}

export function secondsUntil(atMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((atMs - nowMs) / 1000))
}

/** Until the phone shows a code that was not accepted before. */
function secondsToFreshCode(authenticator: StoredAuthenticator, nowMs: number): number {
  const nextStep = Math.max(authenticator.lastStep, currentStep(authenticator, nowMs)) + 1
  return secondsUntil(nextStep * authenticator.periodSeconds * 1000, nowMs)
}

/** What the caller is told of it, and what is written. */
export function refusedBy<Reason extends string>(refused: Refused<Reason>): Decision<Refusal<Reason>> {
  const { reason, retryAfterSeconds, record, events } = refused
  return { result: refusal(reason, retryAfterSeconds), ...(record === undefined ? {} : { record }), events }
}

function notAnAttempt(): Refused<'wrong-code'> {
  return { ok: false, reason: 'wrong-code', retryAfterSeconds: null, events: [] }
}
