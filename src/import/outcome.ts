import type { ImportUserOptions } from '../two-factor/options.ts'

/** Why a part of a row, or the whole row, was left out. */
export type ImportReason =
  /** The field is absent or empty. */
  | 'missing'
  /** Not what that system writes there. */
  | 'malformed'
  /** The key or secret is not the one it was encrypted with, or the value was changed. */
  | 'not-decrypted'
  /** The setup was begun and never finished. */
  | 'not-confirmed'
  /** Something that this library does not have, such as counter-based codes. */
  | 'unsupported'
  /** A secret of fewer than 80 bits. */
  | 'too-weak'
  /** A recovery code of fewer than 10 letters and digits. */
  | 'too-short'
  | 'too-long'
  /** More than a user can have. */
  | 'too-many'
  /** The same secret or recovery code again; it is imported once. */
  | 'duplicate'
  /** A recovery code that is stored as a hash, without the length that makes it importable. */
  | 'hashed'

/** What was missing or unexpected. Never contains a secret or a code. */
export interface ImportNote {
  /** Where: the column or parameter, such as `two_factor_secret` or `backupCodes[3]`. */
  field: string
  reason: ImportReason
  /** What was found, and what was done about it. */
  message: string
}

/** Reports something missing or unexpected. */
export type Note = (field: string, reason: ImportReason, message: string) => void

/** What `admin.importUser` accepts. */
export type ImportableUser = Required<Pick<ImportUserOptions, 'authenticators' | 'recoveryCodes'>>

/**
 * A user as `admin.importUser` accepts them, or why there is nothing to import. `notes` lists everything left out. The
 * reason is `not-confirmed` only if nothing else is wrong: then the user has no two-factor authentication.
 */
export type ImportResult =
  | { ok: true; user: ImportableUser; notes: ImportNote[] }
  | { ok: false; reason: ImportReason; notes: ImportNote[] }
