import { encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Bytes, utf8Text } from '../encoding/utf8.ts'
import { CountersignError } from '../errors.ts'
import type { Random } from '../vault/random.ts'
import {
  openRecoveryCodes,
  SET_ID_BYTES,
  type StoredRecoveryCodes,
  sealRecoveryCodes,
  type VaultContext,
} from './keep.ts'

/** A recovery code that another library stored as a hash. */
export interface ImportedCodeHash {
  /** As the other library stored it: bcrypt, argon2, anything that `verifyImportedCode` can compare. At most 256 bytes. */
  hash: string
  /** Characters of the code, without dashes and spaces: 8 to 32. Text of another length is never compared with it. */
  length: number
}

/** Shorter codes are too easy to guess; nobody types longer ones. */
export const IMPORTED_CODE = { minLength: 8, maxLength: 32, maxHashBytes: 256 } as const

/** Keeps another library's hashes, sealed as one value, one per line. */
export function keepImportedCodes(
  codes: readonly ImportedCodeHash[],
  { random, nowMs, ...keeping }: VaultContext & { random: Random; nowMs: number },
): StoredRecoveryCodes {
  return {
    id: encodeBase64Url(random(SET_ID_BYTES)),
    kept: 'imported',
    madeHere: false,
    sealed: sealLines(codes, keeping),
    hashes: [],
    lengths: [...new Set(codes.map(({ length }) => length))],
    usedAtMs: codes.map(() => null),
    createdAtMs: nowMs,
    savedAtMs: null,
  }
}

/** The hashes in order; null for used ones. */
export function openImportedCodes(stored: StoredRecoveryCodes, keeping: VaultContext): (ImportedCodeHash | null)[] {
  const lines = utf8Text(openRecoveryCodes(stored, keeping)).split('\n')
  if (lines.length === stored.usedAtMs.length) return lines.map(readLine)
  throw new CountersignError(
    'record_invalid',
    'The stored two-factor record is damaged: recoveryCodes.usedAtMs must have one entry per code. Nothing was changed.',
  )
}

/** The set after these were used: their hashes are removed. */
export function withoutImportedCodes(
  stored: StoredRecoveryCodes,
  used: readonly number[],
  nowMs: number,
  keeping: VaultContext,
): StoredRecoveryCodes {
  const left = openImportedCodes(stored, keeping).map((code, index) => (used.includes(index) ? null : code))
  return {
    ...stored,
    sealed: sealLines(left, keeping),
    usedAtMs: stored.usedAtMs.map((usedAtMs, index) => (used.includes(index) ? nowMs : usedAtMs)),
  }
}

function sealLines(codes: readonly (ImportedCodeHash | null)[], keeping: VaultContext): string {
  const lines = codes.map((code) => (code === null ? '' : `${code.length} ${code.hash}`))
  return sealRecoveryCodes('imported', utf8Bytes(lines.join('\n')), keeping)
}

function readLine(line: string): ImportedCodeHash | null {
  const end = line.indexOf(' ')
  return end < 0 ? null : { length: Number(line.slice(0, end)), hash: line.slice(end + 1) }
}
