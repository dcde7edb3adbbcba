import { idOf, type Place, type Vault } from '../vault/vault.ts'
import { isBoundTo } from './challenge-token.ts'
import { CHALLENGE_MS, isAccepted, isUsed, withUsed } from './challenges.ts'
import type { Core } from './core.ts'
import { type CheckedAssertion, checkAssertion } from './passkey-check.ts'
import type { UserRecord } from './record.ts'
import type { Refusal } from './refusal.ts'
import { isWithin, openToken } from './sealed-token.ts'
import { loadRecord } from './transact.ts'

/** What a step-up during a session begins with. */
export interface StepUpClaims {
  /** The record's epoch at the time. */
  epoch: string | null
  issuedAtMs: number
  /** SHA-256 of `binding`; null if none. */
  binding: string | null
}

/** Has its own purpose: it must never complete a sign-in, which also requires the first factor. */
export function sealStepUp(vault: Vault, userId: string, { epoch, issuedAtMs, binding }: StepUpClaims): string {
  return vault.seal(stepUpPlace(userId), JSON.stringify([epoch, issuedAtMs, binding]))
}

/** A step-up whose token was opened. It succeeds once. */
export interface OpenStepUp {
  id: string
  epoch: string | null
}

/** Null for a token that is missing, forged, expired, another user's or bound to another browser. */
export function openStepUp(
  vault: Vault,
  userId: string,
  token: unknown,
  binding: unknown,
  nowMs: number,
): OpenStepUp | null {
  const content = openToken(vault, stepUpPlace(userId), token)
  if (content === null) return null
  const [epoch, issuedAtMs, bound] = content
  const claims = { epoch, issuedAtMs, binding: bound } as StepUpClaims
  if (!isBoundTo(claims.binding, binding)) return null
  if (!isWithin(claims.issuedAtMs + CHALLENGE_MS, CHALLENGE_MS, nowMs)) return null
  return { id: idOf(token as string), epoch: claims.epoch }
}

/** Whether an opened step-up is still valid: it succeeds once, and ends with its epoch. */
export function isUsable({ challenges }: UserRecord, { id, epoch }: OpenStepUp): boolean {
  return isAccepted(challenges, epoch) && !isUsed(challenges, id)
}

function stepUpPlace(userId: string): Place {
  return { purpose: 'step-up', userId }
}

/** A passkey for which a step-up was begun. The token and the signature were checked, once, before the transaction. */
export interface CheckedStepUp {
  /** Null if the token is invalid, so that there is nothing to use up. */
  stepUp: OpenStepUp | null
  assertion: CheckedAssertion
}

const notBegun: CheckedStepUp = { stepUp: null, assertion: { ok: false, cause: 'challenge' } }

/** @param obstacle any other reason to refuse, checked before the signature */
export async function checkStepUp<Reason extends string>(
  core: Core,
  userId: string,
  { passkey, token, binding }: { passkey: unknown; token: unknown; binding: unknown },
  obstacle: (record: UserRecord | null, nowMs: number) => Refusal<Reason> | null,
): Promise<CheckedStepUp | Refusal<Reason>> {
  const record = await loadRecord(core.store, userId)
  const nowMs = core.now()
  const hindrance = obstacle(record, nowMs)
  if (hindrance !== null) return hindrance
  const stepUp = openStepUp(core.vault, userId, token, binding, nowMs)
  if (stepUp === null || typeof token !== 'string' || record === null || !isUsable(record, stepUp)) return notBegun
  return { stepUp, assertion: await checkAssertion(core, userId, record, token, passkey) }
}

/** For the transaction, since its token may have been used meanwhile. */
export function assertionOf(record: UserRecord, { stepUp, assertion }: CheckedStepUp): CheckedAssertion {
  return stepUp === null || isUsable(record, stepUp) ? assertion : notBegun.assertion
}

/** The record with this step-up used. */
export function withUsedStepUp(core: Core, record: UserRecord, { stepUp }: CheckedStepUp, nowMs: number): UserRecord {
  if (stepUp === null) return record
  return { ...record, challenges: withUsed(record.challenges, stepUp, nowMs, core.nonces) }
}
