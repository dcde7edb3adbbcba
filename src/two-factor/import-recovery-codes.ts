import { utf8Length } from '../encoding/utf8.ts'
import type { Core } from '../engine/core.ts'
import { LIMITS } from '../engine/record.ts'
import { checkOptionNames, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { requiredInteger } from '../options/numbers.ts'
import { CONTROL, LONE_SURROGATE } from '../options/text.ts'
import { readTypedCode, SEPARATORS } from '../otp/typed-code.ts'
import { IMPORTED_CODE, type ImportedCodeHash, keepImportedCodes } from '../recovery-codes/imported.ts'
import { keepRecoveryCodes, type StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { RECOVERY_CODE_LENGTH, readRecoveryCode } from '../recovery-codes/read.ts'
import { refuseEqual } from './distinct.ts'
import type { ImportUserOptions } from './options.ts'

const HASH_OPTIONS = /* @__PURE__ */ optionNames<ImportedCodeHash>({ hash: true, length: true })

/** The recovery codes of an import, checked: as text, or as hashes of another library. */
export interface ImportedRecoveryCodes {
  count: number
  /** Null if there are none. */
  keep(core: Core, userId: string, nowMs: number): StoredRecoveryCodes | null
}

export function recoveryCodesArgument(given: ImportUserOptions['recoveryCodes'] = []): ImportedRecoveryCodes {
  const list: unknown = given
  if (!Array.isArray(list) || list.length > LIMITS.recoveryCodes) {
    throw invalidOption('recoveryCodes', list, `a list of at most ${LIMITS.recoveryCodes}`)
  }
  const count = list.length
  if (count === 0) return { count, keep: () => null }
  if (typeof list[0] !== 'object' || list[0] === null) {
    const codes = readCodes(list)
    return {
      count,
      keep: ({ vault, random, recoveryCodes: { keep: kept } }, userId, nowMs) =>
        keepRecoveryCodes(codes, { kept, madeHere: false }, { vault, userId, random, nowMs }),
    }
  }
  const hashes = readHashes(list)
  return {
    count,
    keep: ({ vault, random }, userId, nowMs) => keepImportedCodes(hashes, { vault, userId, random, nowMs }),
  }
}

function readCodes(codes: readonly unknown[]): string[] {
  const read = codes.map((code, index) => {
    const typed = readTypedCode(code)
    const spelling = typed === null ? null : readRecoveryCode(typed)
    if (typeof code === 'string' && spelling !== null) return { spelling, tidied: tidied(code) }
    const { min, max } = RECOVERY_CODE_LENGTH
    const hint = typed === null ? '' : `Without spaces and dashes it has ${typed.length}.`
    throw invalidOption(`recoveryCodes[${index}]`, code, `text of ${min} to ${max} ASCII letters and digits`, hint)
  })
  refuseEqual(
    read.map(({ spelling }) => spelling),
    (index) => `recoveryCodes[${index}]`,
  )
  return read.map((code) => code.tidied)
}

/** As it was printed, with '-' for any separator. */
function tidied(code: string): string {
  const groups = code.split(SEPARATORS).filter((group) => group !== '')
  return groups.join('-')
}

function readHashes(entries: readonly unknown[]): ImportedCodeHash[] {
  const { minLength, maxLength, maxHashBytes } = IMPORTED_CODE
  const hashes = entries.map((entry, index): ImportedCodeHash => {
    const field = `recoveryCodes[${index}]`
    if (typeof entry !== 'object' || entry === null) {
      throw invalidOption(field, entry, '{ hash, length }, as the first one is')
    }
    checkOptionNames(`importUser: ${field}`, entry, HASH_OPTIONS)
    const { hash, length } = entry as ImportedCodeHash
    const isShort = typeof hash === 'string' && hash !== '' && hash.length <= maxHashBytes
    if (!isShort || utf8Length(hash) > maxHashBytes || CONTROL.test(hash) || LONE_SURROGATE.test(hash)) {
      const allowed = `text of 1 to ${maxHashBytes} bytes of UTF-8 without control characters`
      throw invalidOption(`${field}.hash`, hash, allowed)
    }
    return { hash, length: requiredInteger(`${field}.length`, length, minLength, maxLength) }
  })
  refuseEqual(
    hashes.map(({ hash }) => hash),
    (index) => `recoveryCodes[${index}].hash`,
  )
  return hashes
}
