import { recoveryCodesLeft } from '../recovery-codes/keep.ts'
import type { Core } from './core.ts'
import type { TwoFactorMethod } from './events.ts'
import { acceptedRecoveryCodes } from './imported-codes.ts'
import { goodIssuedCodes } from './issued-codes.ts'
import { isEnabled, type UserRecord } from './record.ts'
import { lightestRecoveryAttempt } from './recovery-step.ts'
import { lightestAttempt } from './second-step.ts'
import { gate, settled } from './throttle.ts'
import type { Visitor } from './visitor.ts'

/** The lengths of the codes that this user's apps show, or the app that is set up next. */
export function digitsShown(core: Core, record: UserRecord | null): number[] {
  if (!isEnabled(record)) return [core.totp.digits]
  return [...new Set(record.authenticators.map(({ digits }) => digits))].sort((a, b) => a - b)
}

/** What is accepted now, the method last used in this browser first. */
export function methodsFor(core: Core, record: UserRecord, visitor: Visitor, nowMs: number): TwoFactorMethod[] {
  const methods = openMethods(core, record, visitor, nowMs)
  return methods.length > 1 && visitor.lastMethod === 'recovery-code' ? methods.reverse() : methods
}

function openMethods(core: Core, record: UserRecord, visitor: Visitor, nowMs: number): TwoFactorMethod[] {
  const { throttle } = record
  const ofSet = recoveryCodesLeft(acceptedRecoveryCodes(record, core))
  const hasRecoveryCode = ofSet > 0 || goodIssuedCodes(record, nowMs).length > 0
  const all: TwoFactorMethod[] = hasRecoveryCode ? ['totp', 'recovery-code'] : ['totp']
  if (throttle === null) return all
  // A wait that seems to start in the future starts at the next attempt, so it is no reason not to make one.
  const isUnsettled = settled(throttle, nowMs) !== throttle
  return all.filter((method) => {
    const attempt =
      method === 'totp' ? lightestAttempt(record, visitor) : lightestRecoveryAttempt(record, visitor, nowMs)
    const { state } = gate(throttle, attempt, nowMs)
    return state === 'open' || (state === 'throttled' && isUnsettled)
  })
}
