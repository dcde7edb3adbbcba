import { findRecoveryCode, recoveryCodesLeft } from '../recovery-codes/keep.ts'
import { readRecoveryCode } from '../recovery-codes/read.ts'
import type { EventDetails } from './events.ts'
import { findIssuedCode, goodIssuedCodes, mayBeIssued, withUsedIssuedCode } from './issued-codes.ts'
import type { UserRecord } from './record.ts'
import { failure, notAnAttempt, type Refused, shut, usedAgain } from './refusal.ts'
import type { CodeReason, Passed, StepContext } from './second-step.ts'
import { type Attempt, gate, succeeded } from './throttle.ts'
import type { Visitor } from './visitor.ts'

/** Who typed what cannot be an authenticator's code. */
interface RecoveryStep {
  userId: string
  typed: string
  visitor: Visitor
}

/** Is this a recovery code of the user's: one of the set, or one that staff issued? */
export function takeRecoveryCode(
  record: UserRecord,
  step: RecoveryStep,
  context: StepContext,
): Passed | Refused<CodeReason> {
  const code = readRecoveryCode(step.typed)
  if (code === null) return notAnAttempt()
  const isOfSet = record.recoveryCodes?.lengths.includes(code.length) === true
  const { nowMs } = context
  if (mayBeIssued(record, code, nowMs)) {
    // Looked at whatever the throttle says, and not counted where the set is looked at too: it cannot be guessed.
    const taken = takeIssuedCode(record, code, step, context)
    if (taken !== null) return taken
    if (!isOfSet) return failure(record, unguessable(step.visitor), 'wrong-code', detailsOf(step.visitor), nowMs)
  }
  return isOfSet ? takeCodeOfSet(record, code, step, context) : notAnAttempt()
}

/** The attempt with a recovery code that counts least of those that this visitor could make. */
export function lightestRecoveryAttempt(record: UserRecord, visitor: Visitor, nowMs: number): Attempt {
  return goodIssuedCodes(record, nowMs).length > 0 ? unguessable(visitor) : attemptAtSet(record, visitor)
}

/** Null: it is none of them. */
function takeIssuedCode(
  record: UserRecord,
  code: string,
  { userId, visitor }: RecoveryStep,
  { vault, nowMs }: StepContext,
): Passed | Refused<'code-used'> | null {
  const issued = findIssuedCode(record, code, { vault, userId, nowMs })
  if (issued === null) return null
  if (issued.usedAtMs !== null) return usedAgain(record, detailsOf(visitor), null, nowMs)
  return passed(withUsedIssuedCode(record, issued, nowMs), unguessable(visitor), visitor, nowMs, { issued: true })
}

function takeCodeOfSet(
  record: UserRecord,
  code: string,
  { userId, visitor }: RecoveryStep,
  { vault, nowMs }: StepContext,
): Passed | Refused<CodeReason> {
  const attempt = attemptAtSet(record, visitor)
  const entry = gate(record.throttle, attempt, nowMs)
  if (entry.state !== 'open') return shut(record, entry, nowMs)

  const { recoveryCodes } = record
  const index = recoveryCodes === null ? null : findRecoveryCode(recoveryCodes, code, { vault, userId })
  if (recoveryCodes === null || index === null) {
    return failure(record, attempt, 'wrong-code', detailsOf(visitor), nowMs)
  }
  if (recoveryCodes.usedAtMs[index] !== null) return usedAgain(record, detailsOf(visitor), null, nowMs)
  const usedAtMs = recoveryCodes.usedAtMs.map((used, at) => (at === index ? nowMs : used))
  return passed({ ...record, recoveryCodes: { ...recoveryCodes, usedAtMs } }, attempt, visitor, nowMs)
}

/** With the record in which the code is used. */
function passed(
  record: UserRecord,
  attempt: Attempt,
  visitor: Visitor,
  nowMs: number,
  details: Pick<EventDetails, 'issued'> = {},
): Passed {
  const left = recoveryCodesLeft(record.recoveryCodes)
  const knownDevice = visitor.pool === 'known'
  return {
    ok: true,
    method: 'recovery-code',
    record: { ...record, throttle: succeeded(record.throttle, attempt, nowMs) },
    recoveryCodesLeft: left,
    trusted: visitor.trusted,
    events: [{ type: 'recovery-code.used', recoveryCodesLeft: left, knownDevice, ...details }],
  }
}

/** Codes that another library made may be short enough to be guessed: they count as an authenticator's. */
function attemptAtSet({ recoveryCodes }: UserRecord, visitor: Visitor): Attempt {
  return recoveryCodes?.madeHere === true ? unguessable(visitor) : attemptOf('code', visitor)
}

/** With a code that this library made. */
function unguessable(visitor: Visitor): Attempt {
  return attemptOf('recovery-code', visitor)
}

function attemptOf(kind: 'code' | 'recovery-code', visitor: Visitor): Attempt {
  return {
    kind,
    get pool() {
      return visitor.pool
    },
    weight: 1,
  }
}

function detailsOf(visitor: Visitor): Omit<EventDetails, 'type'> {
  return { method: 'recovery-code', knownDevice: visitor.pool === 'known' }
}
