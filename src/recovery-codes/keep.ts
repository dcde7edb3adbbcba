import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64Url } from '../encoding/base64url.ts'
import { equalText } from '../encoding/equal.ts'
import { utf8Bytes, utf8Text } from '../encoding/utf8.ts'
import { CountersignError } from '../errors.ts'
import { readTypedCode } from '../otp/typed-code.ts'
import type { Random } from '../vault/random.ts'
import type { Place, Vault } from '../vault/vault.ts'
import { readRecoveryCode } from './read.ts'

export type RecoveryCodesKept = 'sealed' | 'hashed'

/** A user's stored recovery codes. Their use is stored beside them, so that using one seals nothing. */
export interface StoredRecoveryCodes {
  /** A random id of this set. */
  id: string
  /** `imported`: another library's hashes, which the host compares. */
  kept: RecoveryCodesKept | 'imported'
  /** This library made them, so they cannot be guessed. False for imported ones of any length. */
  madeHere: boolean
  /** One sealed value with all codes, or all imported hashes. `hashed`: the sealed pepper. */
  sealed: string
  /** `hashed`: SHA-256 of pepper and code in base64url, one per code. Otherwise empty. */
  hashes: readonly string[]
  /** The possible lengths of a typed code. A text of another length is not checked, and does not count as an attempt. */
  lengths: readonly number[]
  /** For each code, when it was used; null while unused. */
  usedAtMs: readonly (number | null)[]
  createdAtMs: number
  /** When the person said that they had saved this set; null until then. */
  savedAtMs: number | null
}

export const SET_ID_BYTES = 9
const PEPPER_BYTES = 32
const FIELD = 'recoveryCodes.sealed'
const PURPOSES = { sealed: 'recovery-codes', hashed: 'recovery-pepper', imported: 'imported-codes' } as const

export interface VaultContext {
  vault: Vault
  userId: string
}

/**
 * Keeps codes `sealed`, to be viewed again, or `hashed` with a random pepper, which is itself sealed. A plain SHA-256
 * is enough for codes of at least 112 bits (NIST SP 800-63B-4 §3.1.2.2).
 */
export function keepRecoveryCodes(
  codes: readonly string[],
  { kept, madeHere }: { kept: RecoveryCodesKept; madeHere: boolean },
  { vault, userId, random, nowMs }: VaultContext & { random: Random; nowMs: number },
): StoredRecoveryCodes {
  const spelled = codes.map(spelling)
  const pepper = kept === 'hashed' ? random(PEPPER_BYTES) : null
  return {
    id: encodeBase64Url(random(SET_ID_BYTES)),
    kept,
    madeHere,
    sealed: sealRecoveryCodes(kept, pepper ?? utf8Bytes(codes.join('\n')), { vault, userId }),
    hashes: pepper === null ? [] : spelled.map((code) => hash(pepper, code)),
    lengths: [...new Set(spelled.map((code) => code.length))],
    usedAtMs: codes.map(() => null),
    createdAtMs: nowMs,
    savedAtMs: null,
  }
}

/**
 * The index of this code, used or not; null if none. `code` is in canonical spelling. Takes the same time for every
 * index.
 */
export function findRecoveryCode(stored: StoredRecoveryCodes, code: string, keeping: VaultContext): number | null {
  const pepper = stored.kept === 'hashed' ? openRecoveryCodes(stored, keeping) : null
  const wanted = pepper === null ? code : hash(pepper, code)
  const candidates = pepper === null ? viewRecoveryCodes(stored, keeping).map(spelling) : stored.hashes
  let found: number | null = null
  candidates.forEach((candidate, index) => {
    if (equalText(candidate, wanted)) found = index
  })
  return found
}

/** The codes of a `sealed` set, as they were shown. */
export function viewRecoveryCodes(stored: StoredRecoveryCodes, keeping: VaultContext): string[] {
  const codes = utf8Text(openRecoveryCodes(stored, keeping)).split('\n')
  if (codes.length === stored.usedAtMs.length) return codes
  throw new CountersignError(
    'record_invalid',
    'The stored two-factor record is damaged: recoveryCodes.usedAtMs must have one entry per code. Nothing was changed.',
  )
}

export function recoveryCodesLeft(stored: StoredRecoveryCodes | null): number {
  return stored === null ? 0 : stored.usedAtMs.filter((used) => used === null).length
}

/** The same codes, sealed under the first key. */
export function resealRecoveryCodes(stored: StoredRecoveryCodes, keeping: VaultContext): StoredRecoveryCodes {
  return { ...stored, sealed: sealRecoveryCodes(stored.kept, openRecoveryCodes(stored, keeping), keeping) }
}

export function sealRecoveryCodes(
  kept: StoredRecoveryCodes['kept'],
  content: Uint8Array,
  { vault, userId }: VaultContext,
): string {
  return vault.seal(recoveryCodesPlace({ kept }, userId), content)
}

export function openRecoveryCodes(stored: StoredRecoveryCodes, { vault, userId }: VaultContext): Uint8Array {
  return vault.openStored(recoveryCodesPlace(stored, userId), stored.sealed, FIELD)
}

export function recoveryCodesPlace({ kept }: Pick<StoredRecoveryCodes, 'kept'>, userId: string): Place {
  return { purpose: PURPOSES[kept], userId }
}

function spelling(code: string): string {
  return readRecoveryCode(readTypedCode(code) ?? '') ?? code
}

function hash(pepper: Uint8Array, code: string): string {
  return encodeBase64Url(sha256.create().update(pepper).update(utf8Bytes(code)).digest())
}
