import { findTotpStep } from '../otp/totp.ts'
import { isDigits, readTypedCode } from '../otp/typed-code.ts'
import { recoveryCodesLeft } from '../recovery-codes/keep.ts'
import type { Vault } from '../vault/vault.ts'
import { appsOf } from './authenticators.ts'
import type { Core } from './core.ts'
import type { EventDetails, TwoFactorMethod } from './events.ts'
import type { ImportedAnswer } from './imported-check.ts'
import { acceptedRecoveryCodes, importedCheck } from './imported-codes.ts'
import type { CheckedAssertion } from './passkey-check.ts'
import { takePasskey } from './passkey-step.ts'
import type { StoredApp, StoredTrustedDevice, UserRecord } from './record.ts'
import { takeRecoveryCode } from './recovery-step.ts'
import { failure, notAnAttempt, type Refused, secondsUntil, shut, usedAgain } from './refusal.ts'
import { type Attempt, gate, succeeded } from './throttle.ts'
import { type Visitor, VisitorAttempt, visitorOf } from './visitor.ts'

/** Why a typed code can be refused. */
export type CodeReason = 'wrong-code' | 'code-used' | 'throttled' | 'locked'

/** Why a second step can be refused. */
export type StepReason = CodeReason | 'wrong-passkey'

/** An attempt at the second step. */
export interface SecondStep {
  userId: string
  /** What was typed: anything. */
  code: unknown
  /** A passkey's response, its signature verified; null if a code was typed. */
  passkey: CheckedAssertion | null
  /** The device token that the browser presented: anything. */
  device: unknown
}

export interface StepContext {
  vault: Vault
  /** Steps accepted before and after the current one. */
  window: number
  trustDeviceDays: number | null
  nowMs: number
  verifyImportedCode: Core['verifyImportedCode']
  /** What the host said about imported hashes; null before it was asked. */
  imported: ImportedAnswer | null
}

export function stepContext(core: Core, nowMs: number, imported: ImportedAnswer | null): StepContext {
  const { vault, totp, trustDeviceDays, verifyImportedCode } = core
  return { vault, window: totp.window, trustDeviceDays, nowMs, verifyImportedCode, imported }
}

export interface Passed {
  ok: true
  method: TwoFactorMethod
  /** For a passkey: it is synchronized. */
  backedUp?: boolean
  /** The record with the code used: it counts once this is written. */
  record: UserRecord
  recoveryCodesLeft: number
  /** The trusted device that the browser proved to be, if any. */
  trusted: StoredTrustedDevice | null
  events: EventDetails[]
}

/**
 * Checks a code of the user. Its shape decides whether it is tried as an authenticator's code or as a recovery code.
 * With neither shape it is wrong, but not an attempt; an attempt that the throttle refuses is not checked.
 */
export function takeSecondStep(
  record: UserRecord,
  step: SecondStep,
  context: StepContext,
): Passed | Refused<StepReason> {
  if (step.passkey !== null) return takePasskey(record, step.passkey, step, context)
  const typed = readTypedCode(step.code)
  if (typed === null) return notAnAttempt()

  const { userId, device } = step
  const { vault, trustDeviceDays, nowMs } = context
  const visitor = visitorOf(record, { userId, device, vault, trustDeviceDays, nowMs })
  const candidates = appsOf(record).filter(({ digits }) => isDigits(typed, digits))
  // Once there is an answer of the host, no authenticator shows this code.
  if (candidates.length === 0 || context.imported !== null) {
    return takeRecoveryCode(record, { userId, code: step.code, typed, visitor }, context)
  }

  // Opened, like every secret, before the code is compared with any.
  const check = importedCheck(acceptedRecoveryCodes(record, context), typed, step.code, { vault, userId })
  const tried = tryAuthenticators(record, candidates, typed, visitor, step, context)
  if (check === null || check.candidates.length === 0 || tried.ok || tried.reason !== 'wrong-code') return tried
  const { pool, weight } = codeAttempt(visitor, candidates)
  return { ...tried, check: { ...check, counted: { pool, weight, atMs: nowMs } } }
}

function tryAuthenticators(
  record: UserRecord,
  candidates: readonly StoredApp[],
  code: string,
  visitor: Visitor,
  { userId }: SecondStep,
  context: StepContext,
): Passed | Refused<CodeReason> {
  const { vault, window, nowMs } = context
  const attempt = codeAttempt(visitor, candidates)
  const entry = gate(record.throttle, attempt, nowMs)
  if (entry.state !== 'open') return shut(record, entry, nowMs)

  // All are opened before any is compared: a fault in between would leave a guess checked but not counted.
  const opened = candidates.map((authenticator) => {
    const field = `authenticators[${record.authenticators.indexOf(authenticator)}].secret`
    const secret = vault.openStored({ purpose: 'authenticator', userId }, authenticator.secret, field)
    return { authenticator, secret }
  })
  const steps = new Map<StoredApp, number>()
  for (const { authenticator, secret } of opened) {
    const { digits, algorithm } = authenticator
    const step = findTotpStep(secret, code, currentStep(authenticator, nowMs), window, digits, algorithm)
    if (step !== null) steps.set(authenticator, step)
  }
  const isFresh = (authenticator: StoredApp) => (steps.get(authenticator) ?? -1) > authenticator.lastStep

  const passedWith = candidates.find(isFresh)
  if (passedWith !== undefined) {
    // Used up for every app that shows this code: the same digits must not be valid again for another one.
    const authenticators = record.authenticators.map((one) => {
      if (one.type !== 'totp' || !isFresh(one)) return one
      const lastUsedAtMs = one === passedWith ? nowMs : one.lastUsedAtMs
      return { ...one, lastStep: steps.get(one) ?? one.lastStep, lastUsedAtMs }
    })
    return {
      ok: true,
      method: 'totp',
      record: { ...record, authenticators, throttle: succeeded(record.throttle, attempt, nowMs) },
      recoveryCodesLeft: recoveryCodesLeft(acceptedRecoveryCodes(record, context)),
      trusted: visitor.trusted,
      events: [],
    }
  }
  const knownDevice = visitor.pool === 'known'
  const usedBefore = candidates.find((authenticator) => steps.has(authenticator))
  if (usedBefore === undefined) return failure(record, attempt, 'wrong-code', { method: 'totp', knownDevice }, nowMs)
  const details = { method: 'totp', authenticatorId: usedBefore.id, knownDevice } as const
  return usedAgain(record, details, secondsToFreshCode(usedBefore, nowMs), nowMs)
}

/** A code from an unrecognized device counts once for each authenticator that it could have matched. */
function codeAttempt(visitor: Visitor, candidates: readonly StoredApp[]): VisitorAttempt {
  return new VisitorAttempt('code', visitor, candidates.length)
}

/** This visitor's attempt that counts least: codes of different lengths match different apps. */
export function lightestAttempt(record: UserRecord, visitor: Visitor): Attempt {
  const apps = appsOf(record)
  const sameLength = apps.map((one) => apps.filter(({ digits }) => digits === one.digits))
  const [fewest = []] = sameLength.sort((a, b) => a.length - b.length)
  return codeAttempt(visitor, fewest)
}

/** RFC 6238 §4.2: whole periods since the epoch. */
export function currentStep({ periodSeconds }: { periodSeconds: number }, nowMs: number): number {
  return Math.floor(nowMs / (periodSeconds * 1000))
}

/** Seconds until the phone shows a code that was not accepted before. */
function secondsToFreshCode(authenticator: StoredApp, nowMs: number): number | null {
  const nextStep = Math.max(authenticator.lastStep, currentStep(authenticator, nowMs)) + 1
  return secondsUntil(nextStep * authenticator.periodSeconds * 1000, nowMs)
}
