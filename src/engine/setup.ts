import { encodeBase64Url } from '../encoding/base64url.ts'
import { findTotpStep } from '../otp/totp.ts'
import { isDigits, readTypedCode } from '../otp/typed-code.ts'
import { keepRecoveryCodes, type StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { makeRecoveryCodes, RECOVERY_CODE_CHARACTERS } from '../recovery-codes/make.ts'
import { newEpoch } from './challenges.ts'
import type { Core } from './core.ts'
import { ID_BYTES, withoutTrust } from './devices.ts'
import type { EventDetails } from './events.ts'
import { isEnabled, type PendingSetup, type StoredAuthenticator, type UserRecord } from './record.ts'
import { type Refused, refused } from './refusal.ts'
import { currentStep } from './second-step.ts'
import type { OpenedSetup } from './setup-offer.ts'

const WRONG_CODES = 10
const CLOCK_OFF_SECONDS = 3600

/** The authenticators that stay when these go. */
export function remaining(record: UserRecord, replaces: readonly string[]): readonly StoredAuthenticator[] {
  return record.authenticators.filter(({ id }) => !replaces.includes(id))
}

export interface Activated {
  ok: true
  record: UserRecord
  authenticatorId: string
  recoveryCodes: string[] | null
  events: EventDetails[]
}

/** The first code of a pending setup: activates it, and is spent by that. */
export function activate(
  core: Core,
  userId: string,
  { record, pending }: OpenedSetup,
  code: unknown,
  nowMs: number,
): Activated | Refused<'wrong-code'> {
  const staying = remaining(record, pending.replaces)

  const { algorithm, digits, periodSeconds, secret: sealed } = pending
  const typed = readTypedCode(code)
  if (typed === null || !isDigits(typed, digits)) return refused('wrong-code')
  const secret = core.vault.openStored({ purpose: 'authenticator', userId }, sealed, 'pending.secret')
  const step = findTotpStep(secret, typed, currentStep(pending, nowMs), core.totp.window, digits, algorithm)
  if (step === null) return wrongFirstCode(record, pending)

  const authenticator: StoredAuthenticator = {
    id: pending.id,
    type: 'totp',
    name: pending.name,
    secret: sealed,
    algorithm,
    digits,
    periodSeconds,
    weak: false,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    lastStep: step,
  }
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
    authenticatorId: authenticator.id,
    recoveryCodes: made === null ? null : made.codes,
    events,
  }
}

/**
 * How far from now the time is that a wrong code belongs to, in seconds; null if it is of no time within an hour. Only of
 * a first code: whoever types it has the secret, so it reveals nothing.
 */
export function clockOffset(
  core: Core,
  userId: string,
  { pending }: OpenedSetup,
  code: unknown,
  nowMs: number,
): number | null {
  const { algorithm, digits, periodSeconds, secret: sealed } = pending
  const typed = readTypedCode(code)
  if (typed === null || !isDigits(typed, digits)) return null
  const secret = core.vault.openStored({ purpose: 'authenticator', userId }, sealed, 'pending.secret')
  const now = currentStep(pending, nowMs)
  const window = Math.floor(CLOCK_OFF_SECONDS / periodSeconds)
  const step = findTotpStep(secret, typed, now, window, digits, algorithm)
  return step === null ? null : (step - now) * periodSeconds
}

/** What goes on together with the first authenticator: a new enrollment, whose devices and challenges are its own. */
export function enable(core: Core, record: UserRecord, nowMs: number): UserRecord {
  if (record.authenticators.length > 0) return record
  return {
    ...record,
    enrollment: encodeBase64Url(core.random(ID_BYTES)),
    keptDevice: null,
    challenges: { ...newEpoch(nowMs, core.random), previous: record.challenges },
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
