import { withoutImportedCodes } from '../recovery-codes/imported.ts'
import type { StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { findRecoveryCode, recoveryCodesLeft } from '../recovery-codes/keep.ts'
import { readRecoveryCode } from '../recovery-codes/read.ts'
import type { EventDetails } from './events.ts'
import { acceptedRecoveryCodes, importedCheck, stillMatching } from './imported-codes.ts'
import { findIssuedCode, goodIssuedCodes, mayBeIssued, withUsedIssuedCode } from './issued-codes.ts'
import type { UserRecord } from './record.ts'
import { failure, notAnAttempt, type Refused, refused, shut, usedAgain } from './refusal.ts'
import type { CodeReason, Passed, StepContext } from './second-step.ts'
import { type Attempt, forgiven, gate, succeeded } from './throttle.ts'
import { type Visitor, VisitorAttempt } from './visitor.ts'

/** An attempt with a code that cannot be an authenticator's. */
interface RecoveryStep {
  userId: string
  /** As received. */
  code: unknown
  /** Normalized, without dashes. */
  typed: string
  visitor: Visitor
}

/** Checks a recovery code of the user: one of the set, or one that staff issued. */
export function takeRecoveryCode(
  record: UserRecord,
  step: RecoveryStep,
  context: StepContext,
): Passed | Refused<CodeReason> {
  const code = readRecoveryCode(step.typed)
  const set = acceptedRecoveryCodes(record, context)
  const hasLength = set?.lengths.includes(step.typed.length) === true
  const isOfSet = hasLength && (code !== null || set.kept === 'imported')
  const { nowMs } = context
  if (code !== null && mayBeIssued(record, code, nowMs)) {
    // Checked whatever the throttle says, and not counted if the set is checked too: it cannot be guessed.
    const taken = takeIssuedCode(record, code, step, context)
    if (taken !== null) return taken
    if (!isOfSet) return failure(record, unguessable(step.visitor), 'wrong-code', detailsOf(step.visitor), nowMs)
  }
  if (!isOfSet) return notAnAttempt()
  return code === null || set.kept === 'imported'
    ? takeImportedCode(record, set, step, context)
    : takeCodeOfSet(record, set, code, step, context)
}

/** This visitor's attempt with a recovery code that counts least. */
export function lightestRecoveryAttempt(record: UserRecord, visitor: Visitor, nowMs: number): Attempt {
  return goodIssuedCodes(record, nowMs).length > 0 ? unguessable(visitor) : attemptAtSet(record, visitor)
}

/** Null: not one of them. */
function takeIssuedCode(
  record: UserRecord,
  code: string,
  { userId, visitor }: RecoveryStep,
  context: StepContext,
): Passed | Refused<'code-used'> | null {
  const { vault, nowMs } = context
  const issued = findIssuedCode(record, code, { vault, userId, nowMs })
  if (issued === null) return null
  if (issued.usedAtMs !== null) return usedAgain(record, detailsOf(visitor), null, nowMs)
  const used = withUsedIssuedCode(record, issued, nowMs)
  return passed(used, unguessable(visitor), visitor, context, { issued: true })
}

/** Called twice: to find what must be compared, and with the host's answer. */
function takeImportedCode(
  record: UserRecord,
  set: StoredRecoveryCodes,
  { userId, code, typed, visitor }: RecoveryStep,
  context: StepContext,
): Passed | Refused<CodeReason> {
  const { vault, nowMs, imported } = context
  const keeping = { vault, userId }
  const attempt = attemptAtSet(record, visitor)
  const wrong = () => failure(record, attempt, 'wrong-code', detailsOf(visitor), nowMs)
  const counted = imported?.counted ?? null
  const entry = gate(record.throttle, attempt, nowMs)
  // A failure that was written before the hook ran was allowed by the throttle.
  if (counted === null && entry.state !== 'open') return shut(record, entry, nowMs)

  if (imported === null) {
    const check = importedCheck(set, typed, code, keeping)
    if (check === null) return notAnAttempt()
    return check.candidates.length === 0 ? wrong() : { ...refused('wrong-code'), check }
  }
  const matching = stillMatching(set, imported)
  // Opened whether it matches or not, so that a fault reveals nothing about the code.
  const recoveryCodes = withoutImportedCodes(set, matching, nowMs, keeping)
  if (matching.length === 0) return counted === null ? wrong() : refused('wrong-code')
  const throttle = counted === null ? record.throttle : forgiven(record.throttle, counted)
  return passed({ ...record, recoveryCodes, throttle }, attempt, visitor, context)
}

function takeCodeOfSet(
  record: UserRecord,
  set: StoredRecoveryCodes,
  code: string,
  { userId, visitor }: RecoveryStep,
  context: StepContext,
): Passed | Refused<CodeReason> {
  const { vault, nowMs } = context
  const attempt = attemptAtSet(record, visitor)
  const entry = gate(record.throttle, attempt, nowMs)
  if (entry.state !== 'open') return shut(record, entry, nowMs)

  const index = findRecoveryCode(set, code, { vault, userId })
  if (index === null) return failure(record, attempt, 'wrong-code', detailsOf(visitor), nowMs)
  if (set.usedAtMs[index] !== null) return usedAgain(record, detailsOf(visitor), null, nowMs)
  const usedAtMs = set.usedAtMs.map((used, at) => (at === index ? nowMs : used))
  return passed({ ...record, recoveryCodes: { ...set, usedAtMs } }, attempt, visitor, context)
}

/** The result, and the record with the code used. */
function passed(
  record: UserRecord,
  attempt: Attempt,
  visitor: Visitor,
  context: StepContext,
  details: Pick<EventDetails, 'issued'> = {},
): Passed {
  const left = recoveryCodesLeft(acceptedRecoveryCodes(record, context))
  const knownDevice = visitor.pool === 'known'
  return {
    ok: true,
    method: 'recovery-code',
    record: { ...record, throttle: succeeded(record.throttle, attempt, context.nowMs) },
    recoveryCodesLeft: left,
    trusted: visitor.trusted,
    events: [{ type: 'recovery-code.used', recoveryCodesLeft: left, knownDevice, ...details }],
  }
}

/** Another library's codes may be short enough to guess: they count as an authenticator's. */
function attemptAtSet({ recoveryCodes }: UserRecord, visitor: Visitor): Attempt {
  return recoveryCodes?.madeHere === true ? unguessable(visitor) : new VisitorAttempt('code', visitor)
}

/** An attempt with a code that this library made. */
function unguessable(visitor: Visitor): Attempt {
  return new VisitorAttempt('recovery-code', visitor)
}

function detailsOf(visitor: Visitor): Omit<EventDetails, 'type'> {
  return { method: 'recovery-code', knownDevice: visitor.pool === 'known' }
}
