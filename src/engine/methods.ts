import { recoveryCodesLeft } from '../recovery-codes/keep.ts'
import { appsOf, usablePasskeys } from './authenticators.ts'
import type { Core } from './core.ts'
import type { TwoFactorMethod } from './events.ts'
import { acceptedRecoveryCodes } from './imported-codes.ts'
import { goodIssuedCodes } from './issued-codes.ts'
import { isEnabled, type UserRecord } from './record.ts'
import { lightestRecoveryAttempt } from './recovery-step.ts'
import { lightestAttempt } from './second-step.ts'
import { gate, settled } from './throttle.ts'
import type { Visitor } from './visitor.ts'

/** The lengths of the codes of this user's apps, or of the app that is set up next. */
export function digitsShown(core: Core, record: UserRecord | null): number[] {
  if (!isEnabled(record)) return [core.totp.digits]
  return [...new Set(appsOf(record).map(({ digits }) => digits))].sort((a, b) => a - b)
}

/** Methods currently accepted, with the one last used in this browser first. */
export function methodsFor(core: Core, record: UserRecord, visitor: Visitor, nowMs: number): TwoFactorMethod[] {
  const methods = acceptedMethods(core, record, nowMs).filter((method) => isOpen(method, record, visitor, nowMs))
  const last = methods.length > 1 ? visitor.lastMethod : null
  return methods.sort((a, b) => Number(b === last) - Number(a === last))
}

function acceptedMethods(core: Core, record: UserRecord, nowMs: number): TwoFactorMethod[] {
  const methods: TwoFactorMethod[] = []
  if (usablePasskeys(core, record).length > 0) methods.push('passkey')
  if (appsOf(record).length > 0) methods.push('totp')
  const ofSet = recoveryCodesLeft(acceptedRecoveryCodes(record, core))
  const hasRecoveryCode = ofSet > 0 || goodIssuedCodes(record, nowMs).length > 0
  if (hasRecoveryCode) methods.push('recovery-code')
  return methods
}

function isOpen(method: TwoFactorMethod, record: UserRecord, visitor: Visitor, nowMs: number): boolean {
  const { throttle } = record
  // A signature cannot be guessed, so nothing throttles it.
  if (throttle === null || method === 'passkey') return true
  const attempt = method === 'totp' ? lightestAttempt(record, visitor) : lightestRecoveryAttempt(record, visitor, nowMs)
  const { state } = gate(throttle, attempt, nowMs)
  // A wait that seems to start in the future starts at the next attempt, so it prevents none.
  return state === 'open' || (state === 'throttled' && settled(throttle, nowMs) !== throttle)
}
