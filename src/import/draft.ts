import { decodeHex } from '../encoding/hex.ts'
import { utf8Bytes, utf8Length } from '../encoding/utf8.ts'
import { LIMITS } from '../engine/record.ts'
import { CountersignError } from '../errors.ts'
import { CONTROL, LONE_SURROGATE, NAME_BYTES, readName } from '../options/text.ts'
import type { OtpAlgorithm } from '../otp/algorithm.ts'
import { decodeBase32 } from '../otp/base32.ts'
import { readTypedCode } from '../otp/typed-code.ts'
import { IMPORTED_CODE, type ImportedCodeHash } from '../recovery-codes/imported.ts'
import { RECOVERY_CODE_LENGTH, readRecoveryCode } from '../recovery-codes/read.ts'
import { keyOfSecret } from '../two-factor/distinct.ts'
import type { ImportedAuthenticator } from '../two-factor/options.ts'
import { decodeBase64 } from './base64.ts'
import type { ImportNote, ImportReason, ImportResult, Note } from './outcome.ts'
import { integerOf, isEmpty, textOf, timeOf } from './row.ts'

/** How a secret is written: base32 as in otpauth URIs, hexadecimal, base64, or text whose characters are the bytes. */
export type SecretEncoding = 'base32' | 'hex' | 'base64' | 'ascii'

/** An authenticator as found. Absent settings have their defaults: SHA1, 6 digits, 30 seconds. */
export interface FoundAuthenticator {
  /** The column of the secret. */
  field: string
  secret: unknown
  encoding: SecretEncoding
  name?: unknown
  algorithm?: unknown
  digits?: unknown
  periodSeconds?: unknown
  createdAt?: unknown
}

/** Collects what the rows of one user contain, and notes what is left out. */
export interface Draft {
  note: Note
  addAuthenticator(found: FoundAuthenticator): void
  addRecoveryCode(field: string, code: unknown): void
  /** A code stored only as a hash, for `verifyImportedCode`, and the number of its characters. */
  addHashedCode(field: string, hash: unknown, length: number): void
  result(): ImportResult
}

const SECRET_BYTES = { least: 10, most: 128 } as const
const SECRET_CHARACTERS = 1024
/** Twenty of 160 bytes: with five authenticators, a record has little room for more. */
const MOST_HASH_BYTES = 3200
const ALGORITHM = /^(?:hmac)?[-_]?sha[-_]?(1|256|512)$/i

export function createDraft(): Draft {
  const notes: ImportNote[] = []
  const authenticators: ImportedAuthenticator[] = []
  const recoveryCodes: string[] = []
  const hashedCodes: ImportedCodeHash[] = []
  let hashBytes = 0
  const secretsSeen = new Set<string>()
  const codesSeen = new Set<string>()

  function note(field: string, reason: ImportReason, message: string): void {
    notes.push({ field, reason, message })
  }

  return {
    note,

    addAuthenticator(found) {
      const read = readAuthenticator(found, note)
      if (read === null) return
      const key = keyOfSecret(read.secret)
      if (secretsSeen.has(key)) {
        note(found.field, 'duplicate', 'The user has this secret already. It is imported once.')
      } else if (authenticators.length >= LIMITS.apps) {
        note(found.field, 'too-many', `A user can have ${LIMITS.apps} authenticators. This one is left out.`)
      } else {
        secretsSeen.add(key)
        authenticators.push(read)
      }
    },

    addRecoveryCode(field, code) {
      const spelling = readCode(field, code, note)
      if (spelling === null) return
      if (codesSeen.has(spelling)) {
        note(field, 'duplicate', 'The user has this recovery code already. It is imported once.')
      } else if (recoveryCodes.length >= LIMITS.recoveryCodes) {
        note(field, 'too-many', `A user can have ${LIMITS.recoveryCodes} recovery codes. This one is left out.`)
      } else {
        codesSeen.add(spelling)
        recoveryCodes.push(String(code).trim())
      }
    },

    addHashedCode(field, given, length) {
      const hash = readHash(field, given, note)
      if (hash === null) return
      if (codesSeen.has(hash)) {
        note(field, 'duplicate', 'The user has this recovery code already. It is imported once.')
      } else if (hashedCodes.length >= LIMITS.recoveryCodes) {
        note(field, 'too-many', `A user can have ${LIMITS.recoveryCodes} recovery codes. This one is left out.`)
      } else if (hashBytes + utf8Length(hash) > MOST_HASH_BYTES) {
        note(field, 'too-long', `The hashes have more than ${MOST_HASH_BYTES} bytes together. This one is left out.`)
      } else {
        codesSeen.add(hash)
        hashedCodes.push({ hash, length })
        hashBytes += utf8Length(hash)
      }
    },

    result() {
      const isMixed = recoveryCodes.length > 0 && hashedCodes.length > 0
      if (isMixed)
        note('recoveryCodes', 'hashed', 'A user has codes or hashes of codes, not both. The hashes are left out.')
      if (authenticators.length > 0) {
        const codes = recoveryCodes.length > 0 ? recoveryCodes : hashedCodes
        return { ok: true, user: { authenticators, recoveryCodes: codes }, notes }
      }
      return { ok: false, reason: mainReason(notes), notes }
    },
  }
}

/** `not-confirmed` only if nothing else is wrong: callers conclude that two-factor authentication is off. */
function mainReason(notes: readonly ImportNote[]): ImportReason {
  const [main = notes[0]] = notes.filter(({ reason }) => reason !== 'not-confirmed')
  return main?.reason ?? 'missing'
}

/** Null if it cannot be imported; then a note says why. */
function readAuthenticator(
  found: FoundAuthenticator,
  note: Note,
): (ImportedAuthenticator & { secret: Uint8Array }) | null {
  const { field } = found
  const secret = readSecret(found, note)
  if (secret === null) return null
  if (secret.length < SECRET_BYTES.least) {
    note(field, 'too-weak', `The secret has ${secret.length * 8} bits. 80 are needed: ask this user to set up again.`)
    return null
  }
  if (secret.length > SECRET_BYTES.most) {
    note(field, 'too-long', `The secret has ${secret.length} bytes, and ${SECRET_BYTES.most} are the most.`)
    return null
  }
  const algorithm = readAlgorithm(found.algorithm)
  const digits = readSetting(found.digits, 6, 8, 6)
  const periodSeconds = readSetting(found.periodSeconds, 1, 120, 30)
  if (algorithm === null || digits === null || periodSeconds === null) {
    note(
      field,
      'unsupported',
      'Only time-based codes are imported: SHA1, SHA256 or SHA512, 6 to 8 digits, 1 to 120 seconds.',
    )
    return null
  }
  const name = readAppName(field, found.name, note)
  const createdAtMs = timeOf(found.createdAt)
  return {
    secret,
    algorithm,
    digits,
    periodSeconds,
    ...(name === undefined ? {} : { name }),
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
  }
}

function readSecret({ field, secret, encoding }: FoundAuthenticator, note: Note): Uint8Array | null {
  if (isEmpty(secret)) {
    note(field, 'missing', 'There is no secret.')
    return null
  }
  const text = textOf(secret)
  if (text === null) {
    note(field, 'malformed', 'The secret is not text of at most 16 KiB.')
    return null
  }
  if (text.length > SECRET_CHARACTERS) {
    note(field, 'too-long', `The secret has more than ${SECRET_CHARACTERS} characters.`)
    return null
  }
  const bytes = decodeSecret(text, encoding)
  if (bytes === null) note(field, 'malformed', `The secret is not ${encoding}.`)
  return bytes
}

function decodeSecret(text: string, encoding: SecretEncoding): Uint8Array | null {
  switch (encoding) {
    case 'ascii':
      return utf8Bytes(text)
    case 'hex':
      return decodeHex(text.trim())
    case 'base64':
      return decodeBase64(text.trim())
    case 'base32':
      try {
        return decodeBase32(text)
      } catch (error) {
        // Without a Buffer no row can be read: the fault is not in this one.
        if (error instanceof CountersignError && error.code === 'runtime_unsupported') throw error
        return null
      }
  }
}

function readAlgorithm(value: unknown): OtpAlgorithm | null {
  if (isEmpty(value)) return 'SHA1'
  const [, bits] = (typeof value === 'string' && value.length <= 20 ? ALGORITHM.exec(value) : null) ?? []
  switch (bits) {
    case '1':
      return 'SHA1'
    case '256':
      return 'SHA256'
    case '512':
      return 'SHA512'
    default:
      return null
  }
}

function readSetting(value: unknown, least: number, most: number, usual: number): number | null {
  if (isEmpty(value)) return usual
  const number = integerOf(value)
  return number !== null && number >= least && number <= most ? number : null
}

/** An invalid name must not cost the authenticator. */
function readAppName(field: string, given: unknown, note: Note): string | undefined {
  const text = textOf(given)?.trim()
  if (text === undefined || text === '') return undefined
  let short = text.slice(0, NAME_BYTES)
  while (utf8Length(short) > NAME_BYTES) short = short.slice(0, -1)
  const name = readName(short.replace(/[\ud800-\udbff]$/, ''))
  if (name !== text) note(field, 'malformed', 'The name of the authenticator is shortened or left out.')
  return name ?? undefined
}

/** As `importUser` accepts it, or null and a note. */
function readHash(field: string, given: unknown, note: Note): string | null {
  const { maxHashBytes } = IMPORTED_CODE
  const hash = textOf(given)
  if (hash === null || hash === '' || CONTROL.test(hash) || LONE_SURROGATE.test(hash)) {
    note(field, 'malformed', 'The hash of a recovery code is not text in one line. It is left out.')
    return null
  }
  if (utf8Length(hash) <= maxHashBytes) return hash
  note(field, 'too-long', `The hash of a recovery code has more than ${maxHashBytes} bytes. It is left out.`)
  return null
}

/** The canonical spelling of a code, or null and a note. */
function readCode(field: string, code: unknown, note: Note): string | null {
  if (typeof code !== 'string') {
    note(field, 'malformed', 'The recovery code is not text.')
    return null
  }
  const typed = readTypedCode(code.trim())
  const spelling = typed === null ? null : readRecoveryCode(typed)
  if (spelling !== null) return spelling
  const { min, max } = RECOVERY_CODE_LENGTH
  if (code.startsWith('$')) {
    note(field, 'hashed', 'The recovery code is stored as a hash. Without its length it is left out.')
  } else if (typed !== null && /^[0-9A-Za-z]*$/.test(typed) && typed.length < min) {
    note(
      field,
      'too-short',
      `The recovery code has ${typed.length} letters and digits, fewer than ${min}. It is left out.`,
    )
  } else {
    note(field, 'malformed', `The recovery code is not ${min} to ${max} ASCII letters and digits. It is left out.`)
  }
  return null
}
