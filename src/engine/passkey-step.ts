import { recoveryCodesLeft } from '../recovery-codes/keep.ts'
import type { PasskeyCause } from './passkey.ts'
import type { CheckedAssertion } from './passkey-check.ts'
import type { StoredPasskey, UserRecord } from './record.ts'
import { type Refused, refusal, TELL_EVERY_MS } from './refusal.ts'
import type { Passed, SecondStep, StepContext } from './second-step.ts'
import { succeeded } from './throttle.ts'
import { VisitorAttempt, visitorOf } from './visitor.ts'

/**
 * Checks whether a verified assertion's passkey still exists and its counter advanced. A wrong one is not a guess, so
 * it is not counted as a failure. Writes nothing, unless the user must be told that the counter went back, once per
 * hour.
 */
export function takePasskey(
  record: UserRecord,
  checked: CheckedAssertion,
  { userId, device }: SecondStep,
  { vault, trustDeviceDays, nowMs }: StepContext,
): Passed | Refused<'wrong-passkey'> {
  if (!checked.ok) return wrongPasskey(checked.cause, checked.authenticatorId)
  const { authenticatorId, credentialId, counter, backedUp } = checked
  const stored = record.authenticators.find(({ id }) => id === authenticatorId)
  // Ids are random, so it is the one that was verified. Other changes meanwhile, such as devices or keys, don't matter.
  if (stored?.type !== 'passkey' || stored.credentialId !== credentialId) {
    return wrongPasskey('unknown-credential', authenticatorId)
  }
  // WebAuthn Level 3 §7.2 step 19: it is fixed when the passkey is created.
  if (stored.backupEligible !== checked.backupEligible) return wrongPasskey('malformed', authenticatorId)
  if (hasGoneBack(stored, counter)) return counterBack(record, stored, nowMs)
  const used: StoredPasskey = { ...stored, counter, backedUp, lastUsedAtMs: nowMs }
  const visitor = visitorOf(record, { userId, device, vault, trustDeviceDays, nowMs })
  const attempt = new VisitorAttempt('code', visitor)
  return {
    ok: true,
    method: 'passkey',
    backedUp,
    record: {
      ...record,
      authenticators: record.authenticators.map((one) => (one === stored ? used : one)),
      throttle: succeeded(record.throttle, attempt, nowMs),
    },
    recoveryCodesLeft: recoveryCodesLeft(record.recoveryCodes),
    trusted: visitor.trusted,
    events: [],
  }
}

/**
 * WebAuthn Level 3 §7.2 step 22. A synchronized passkey has no counter shared by its devices; a passkey without a
 * counter says 0.
 */
function hasGoneBack({ counter: before, backupEligible }: StoredPasskey, counter: number): boolean {
  return !backupEligible && (before > 0 || counter > 0) && counter <= before
}

function counterBack(record: UserRecord, stored: StoredPasskey, nowMs: number): Refused<'wrong-passkey'> {
  const { counterToldAtMs: toldAtMs } = stored
  if (toldAtMs !== null && toldAtMs <= nowMs && nowMs - toldAtMs < TELL_EVERY_MS) {
    return { ...refusal('wrong-passkey'), events: [] }
  }
  const told: StoredPasskey = { ...stored, counterToldAtMs: nowMs }
  const authenticators = record.authenticators.map((one) => (one === stored ? told : one))
  const { events, ...refused } = wrongPasskey('counter', stored.id)
  return { ...refused, record: { ...record, authenticators }, events: events.map((one) => ({ ...one, notify: true })) }
}

export function wrongPasskey(cause: PasskeyCause, authenticatorId?: string): Refused<'wrong-passkey'> {
  const details = { method: 'passkey', cause, ...(authenticatorId === undefined ? {} : { authenticatorId }) } as const
  return { ...refusal('wrong-passkey'), events: [{ type: 'passkey.wrong', ...details }] }
}
