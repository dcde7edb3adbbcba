import { encodeBase64Url } from '../encoding/base64url.ts'
import { encodeBase32 } from '../otp/base32.ts'
import { buildOtpauthUri } from '../otp/build-uri.ts'
import { findTotpStep } from '../otp/totp.ts'
import { isDigits, readTypedCode } from '../otp/typed-code.ts'
import { keepRecoveryCodes, type StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { makeRecoveryCodes, RECOVERY_CODE_CHARACTERS } from '../recovery-codes/make.ts'
import { newEpoch } from './challenges.ts'
import type { Core } from './core.ts'
import { ID_BYTES, withoutTrust } from './devices.ts'
import type { EventDetails } from './events.ts'
import { isEnabled, type PendingSetup, type StoredAuthenticator, type UserRecord } from './record.ts'
import type { Refused } from './refusal.ts'
import { isWithin } from './sealed-token.ts'
import { currentStep } from './second-step.ts'

export const SETUP_MS = 600_000
const WRONG_CODES = 10

/** What the person scans or types: shown once. */
export interface SetupOffer {
  ok: true
  /** For the QR code. */
  uri: string
  /** For typing, in base32. */
  secret: string
  expiresAtMs: number
}

export interface SetupRequest {
  issuer: string
  accountName: string
  name: string
  replaces: readonly string[]
}

/** The record with a new pending setup instead of any earlier one. */
export function offerSetup(
  core: Core,
  userId: string,
  record: UserRecord,
  request: SetupRequest,
  nowMs: number,
): { record: UserRecord; result: SetupOffer; events: EventDetails[] } {
  const { algorithm, digits, periodSeconds, secretBytes } = core.totp
  const { issuer, accountName, name, replaces } = request
  const bytes = core.random(secretBytes)
  const secret = encodeBase32(bytes)
  const pending: PendingSetup = {
    name,
    secret: core.vault.seal({ purpose: 'authenticator', userId }, bytes),
    algorithm,
    digits,
    periodSeconds,
    expiresAtMs: nowMs + SETUP_MS,
    failures: 0,
    replaces,
  }
  return {
    record: { ...record, pending },
    result: {
      ok: true,
      uri: buildOtpauthUri({ issuer, accountName, secret: bytes, algorithm, digits, periodSeconds }),
      secret,
      expiresAtMs: pending.expiresAtMs,
    },
    events: [{ type: 'setup.begun' }],
  }
}

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
  record: UserRecord | null,
  code: unknown,
  nowMs: number,
): Activated | Refused<'wrong-code' | 'setup-expired'> {
  const pending = record === null ? null : record.pending
  if (record === null || pending === null || !isWithin(pending.expiresAtMs, SETUP_MS, nowMs)) {
    return refused('setup-expired')
  }
  const staying = remaining(record, pending.replaces)

  const { algorithm, digits, periodSeconds, secret: sealed } = pending
  const typed = readTypedCode(code)
  if (typed === null || !isDigits(typed, digits)) return refused('wrong-code')
  const secret = core.vault.openStored({ purpose: 'authenticator', userId }, sealed, 'pending.secret')
  const step = findTotpStep(secret, typed, currentStep(pending, nowMs), core.totp.window, digits, algorithm)
  if (step === null) return wrongFirstCode(record, pending)

  const authenticator: StoredAuthenticator = {
    id: encodeBase64Url(core.random(ID_BYTES)),
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

/** What goes on together with the first authenticator: a new enrollment, whose devices and challenges are its own. */
export function enable(core: Core, record: UserRecord, nowMs: number): UserRecord {
  if (record.authenticators.length > 0) return record
  return {
    ...record,
    enrollment: encodeBase64Url(core.random(ID_BYTES)),
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

function refused<Reason extends string>(reason: Reason): Refused<Reason> {
  return { ok: false, reason, retryAfterSeconds: null, events: [] }
}
