import { equalText } from '../encoding/equal.ts'
import { utf8Text } from '../encoding/utf8.ts'
import { makeRecoveryCodes, RECOVERY_CODE_CHARACTERS } from '../recovery-codes/make.ts'
import { readRecoveryCode } from '../recovery-codes/read.ts'
import type { Place, Vault } from '../vault/vault.ts'
import type { Core } from './core.ts'
import { LIMITS, type UserRecord } from './record.ts'
import { isWithin } from './sealed-token.ts'

/** A recovery code that staff issued to somebody who lost everything. Never viewable, and sealed on every host. */
export interface IssuedCode {
  sealed: string
  createdAtMs: number
  expiresAtMs: number
  usedAtMs: number | null
}

/**
 * How long such a code can be valid: 5 minutes, 24 hours, 72 hours. The least is more than 72 hours in seconds, so a
 * value in seconds is noticed.
 */
export const ISSUED_CODE_MS = { least: 300_000, usual: 86_400_000, most: 259_200_000 } as const

interface IssuedContext {
  vault: Vault
  userId: string
  nowMs: number
}

/** One more code, or null if the limit is reached. */
export function issueCode(
  { vault, random }: Core,
  userId: string,
  record: UserRecord,
  validMs: number,
  nowMs: number,
): { record: UserRecord; code: string; expiresAtMs: number } | null {
  const good = goodIssuedCodes(record, nowMs)
  if (good.length >= LIMITS.issuedCodes) return null
  const [code = ''] = makeRecoveryCodes(1, RECOVERY_CODE_CHARACTERS.sealed, random)
  const expiresAtMs = nowMs + validMs
  const sealed = vault.seal(issuedCodePlace(userId), code)
  const fresh: IssuedCode = { sealed, createdAtMs: nowMs, expiresAtMs, usedAtMs: null }
  // A used one stays while there is room, so that entering it again does not count as guessing.
  const used = validOnes(record, nowMs).filter(({ usedAtMs }) => usedAtMs !== null)
  const issuedCodes = [...used, ...good, fresh].slice(-LIMITS.issuedCodes)
  return { record: { ...record, issuedCodes }, code, expiresAtMs }
}

/** Those that would be accepted now. */
export function goodIssuedCodes(record: UserRecord, nowMs: number): readonly IssuedCode[] {
  return validOnes(record, nowMs).filter(({ usedAtMs }) => usedAtMs === null)
}

/** Whether a code of this length could be one of them, used or not. */
export function mayBeIssued(record: UserRecord, code: string, nowMs: number): boolean {
  return code.length === RECOVERY_CODE_CHARACTERS.sealed && validOnes(record, nowMs).length > 0
}

/** Which of them this is, used or not; null if none. `code` is in canonical spelling. */
export function findIssuedCode(
  record: UserRecord,
  code: string,
  { vault, userId, nowMs }: IssuedContext,
): IssuedCode | null {
  const opened = validOnes(record, nowMs).map((issued) => {
    const field = `issuedCodes[${record.issuedCodes.indexOf(issued)}].sealed`
    const text = utf8Text(vault.openStored(issuedCodePlace(userId), issued.sealed, field))
    return { issued, spelling: readRecoveryCode(text.replaceAll('-', '')) ?? text }
  })
  let found: IssuedCode | null = null
  for (const { issued, spelling } of opened) if (equalText(spelling, code)) found = issued
  return found
}

/** The record in which it is used. */
export function withUsedIssuedCode(record: UserRecord, used: IssuedCode, nowMs: number): UserRecord {
  const issuedCodes = record.issuedCodes.map((one) => (one === used ? { ...one, usedAtMs: nowMs } : one))
  return { ...record, issuedCodes }
}

export function issuedCodePlace(userId: string): Place {
  return { purpose: 'issued-code', userId }
}

function validOnes({ issuedCodes }: UserRecord, nowMs: number): readonly IssuedCode[] {
  return issuedCodes.filter(({ expiresAtMs }) => isWithin(expiresAtMs, ISSUED_CODE_MS.most, nowMs))
}
