import { encodeBase64Url } from '../encoding/base64url.ts'
import { findTotpStep } from '../otp/totp.ts'
import { isDigits, readTypedCode } from '../otp/typed-code.ts'
import { keepRecoveryCodes, type StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { makeRecoveryCodes, RECOVERY_CODE_CHARACTERS } from '../recovery-codes/make.ts'
import type { AssuredStep } from './assurance.ts'
import { passkeysOf, remaining } from './authenticators.ts'
import { newEpoch } from './challenges.ts'
import type { Core } from './core.ts'
import { ID_BYTES, withoutTrust } from './devices.ts'
import type { EventDetails } from './events.ts'
import type { CheckedRegistration } from './passkey-check.ts'
import { wrongPasskey } from './passkey-step.ts'
import {
  isEnabled,
  type PendingApp,
  type PendingPasskey,
  type PendingSetup,
  type StoredApp,
  type StoredAuthenticator,
  type StoredPasskey,
  type UserRecord,
} from './record.ts'
import { type Refused, refused } from './refusal.ts'
import { currentStep } from './second-step.ts'
import type { OpenedSetup } from './setup-offer.ts'

const WRONG_CODES = 10
const CLOCK_OFF_SECONDS = 3600

export interface Activated {
  ok: true
  record: UserRecord
  /** How it was activated, which counts as a passed second step. */
  step: AssuredStep
  authenticatorId: string
  recoveryCodes: string[] | null
  events: EventDetails[]
}

/** Activates a pending app with its first code, which is thereby used. */
export function activateApp(
  core: Core,
  userId: string,
  { record, pending }: OpenedSetup & { pending: PendingApp },
  code: unknown,
  nowMs: number,
): Activated | Refused<'wrong-code'> {
  const { id, name, algorithm, digits, periodSeconds, secret: sealed } = pending
  const typed = readTypedCode(code)
  if (typed === null || !isDigits(typed, digits)) return refused('wrong-code')
  const secret = core.vault.openStored({ purpose: 'authenticator', userId }, sealed, 'pending.secret')
  const step = findTotpStep(secret, typed, currentStep(pending, nowMs), core.totp.window, digits, algorithm)
  if (step === null) return wrongFirstCode(record, pending)
  const app: StoredApp = {
    id,
    type: 'totp',
    name,
    secret: sealed,
    algorithm,
    digits,
    periodSeconds,
    weak: false,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    lastStep: step,
  }
  return activate(core, userId, record, pending, app, nowMs)
}

/** Activates a pending passkey with its registration, whose signature was verified. */
export function activatePasskey(
  core: Core,
  userId: string,
  { record, pending }: OpenedSetup & { pending: PendingPasskey },
  checked: CheckedRegistration,
  nowMs: number,
): Activated | Refused<'wrong-passkey'> {
  if (!checked.ok) return wrongPasskey(checked.cause)
  const { ok: _, suggestedName, ...credential } = checked
  const passkey: StoredPasskey = {
    id: pending.id,
    type: 'passkey',
    name: pending.name === '' ? suggestedName : pending.name,
    ...credential,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    counterToldAtMs: null,
  }
  return activate(core, userId, record, pending, passkey, nowMs)
}

/** Whether this passkey is one of those that stay. Browsers check that too, with `excludeCredentials`. */
export function isRegistered({ record, pending }: OpenedSetup, checked: CheckedRegistration): boolean {
  const staying = passkeysOf({ authenticators: remaining(record, pending.replaces) })
  return checked.ok && staying.some(({ credentialId }) => credentialId === checked.credentialId)
}

function activate(
  core: Core,
  userId: string,
  record: UserRecord,
  { replaces }: PendingSetup,
  authenticator: StoredAuthenticator,
  nowMs: number,
): Activated {
  const staying = remaining(record, replaces)
  const leaving = record.authenticators.filter((one) => !staying.includes(one))
  const trust = leaving.length > 0 ? withoutTrust(record) : { record, events: [] }
  const made = record.recoveryCodes === null ? freshRecoveryCodes(core, userId, nowMs) : null
  const events: EventDetails[] = [
    ...leaving.map(({ id }): EventDetails => ({ type: 'authenticator.removed', authenticatorId: id })),
    ...trust.events,
    { type: 'authenticator.added', authenticatorId: authenticator.id },
  ]
  if (!isEnabled(record)) events.push({ type: 'two-factor.enabled' })
  return {
    ok: true,
    record: {
      ...enable(core, trust.record, nowMs),
      authenticators: [...staying, authenticator],
      pending: null,
      recoveryCodes: made === null ? record.recoveryCodes : made.stored,
    },
    step: authenticator.type === 'totp' ? { method: 'totp' } : { method: 'passkey', backedUp: authenticator.backedUp },
    authenticatorId: authenticator.id,
    recoveryCodes: made === null ? null : made.codes,
    events,
  }
}

/**
 * For a wrong code that is correct for another time within an hour: the difference in seconds; null otherwise. Only for
 * a first code: whoever enters it has the secret, so it reveals nothing.
 */
export function clockOffset(
  core: Core,
  userId: string,
  { pending }: OpenedSetup,
  code: unknown,
  nowMs: number,
): number | null {
  if (pending.type !== 'totp') return null
  const { algorithm, digits, periodSeconds, secret: sealed } = pending
  const typed = readTypedCode(code)
  if (typed === null || !isDigits(typed, digits)) return null
  const secret = core.vault.openStored({ purpose: 'authenticator', userId }, sealed, 'pending.secret')
  const now = currentStep(pending, nowMs)
  const window = Math.floor(CLOCK_OFF_SECONDS / periodSeconds)
  const step = findTotpStep(secret, typed, now, window, digits, algorithm)
  return step === null ? null : (step - now) * periodSeconds
}

/** What begins with the first authenticator: a new enrollment, with its own devices and challenges. */
export function enable(core: Core, record: UserRecord, nowMs: number): UserRecord {
  if (record.authenticators.length > 0) return record
  return {
    ...record,
    enrollment: encodeBase64Url(core.random(ID_BYTES)),
    keptDevice: null,
    challenges: { ...newEpoch(nowMs, core.nonces), previous: record.challenges },
    enabledAtMs: nowMs,
  }
}

export function freshRecoveryCodes(
  core: Core,
  userId: string,
  nowMs: number,
): { codes: string[]; stored: StoredRecoveryCodes } {
  const { keep, count } = core.recoveryCodes
  const codes = makeRecoveryCodes(count, RECOVERY_CODE_CHARACTERS[keep], core.random)
  const { vault, random } = core
  return { codes, stored: keepRecoveryCodes(codes, { kept: keep, madeHere: true }, { vault, userId, random, nowMs }) }
}

function wrongFirstCode(record: UserRecord, pending: PendingSetup): Refused<'wrong-code'> {
  const failures = pending.failures + 1
  const next = failures < WRONG_CODES ? { ...pending, failures } : null
  return { ...refused('wrong-code'), record: { ...record, pending: next } }
}
