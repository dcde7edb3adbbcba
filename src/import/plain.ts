import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { requiredInteger } from '../options/numbers.ts'
import { IMPORTED_CODE } from '../recovery-codes/imported.ts'
import { addRecoveryCodes } from './code-list.ts'
import { createDraft, type Draft, type SecretEncoding } from './draft.ts'
import { addOtpauthUri } from './otpauth-uri.ts'
import type { ImportResult } from './outcome.ts'
import { isEmpty, type Row, readRows, textOf } from './row.ts'

/** Settings that the application keeps in its code, not in the row. A column of the row takes precedence. */
export interface PlainColumnOptions {
  /** How `secret` is written. Default `base32`. */
  encoding?: SecretEncoding | undefined
  /** Default SHA1. */
  algorithm?: string | undefined
  /** Default 6. */
  digits?: number | undefined
  /** Default 30. */
  periodSeconds?: number | undefined
  /**
   * If only hashes of the recovery codes are stored: how many characters a code has, without dashes and spaces. 8 to 32.
   * `createTwoFactor` then needs `verifyImportedCode`.
   */
  hashedCodeLength?: number | undefined
}

const OPTIONS = /* @__PURE__ */ optionNames<PlainColumnOptions>({
  encoding: true,
  algorithm: true,
  digits: true,
  periodSeconds: true,
  hashedCodeLength: true,
})
const ENCODINGS: readonly SecretEncoding[] = ['base32', 'hex', 'base64', 'ascii']

/**
 * A user of speakeasy: what `generateSecret` returned (`base32`, `hex`, `ascii`, `otpauth_url`), or columns named
 * `secret` (with `encoding`), `algorithm`, `digits`, `step`, and `recoveryCodes` or `backupCodes`. You may also pass
 * only the secret.
 *
 * Facts: speakeasy 2.0.0, README “generateSecret” and “totp”, https://github.com/speakeasyjs/speakeasy
 *
 * @param row one row, or a list of the rows of one user
 * @throws CountersignError `invalid_option` for wrong options; never for a row
 * @example
 * const result = fromSpeakeasy({ base32: row.totp_secret, recoveryCodes: row.backup_codes })
 * if (result.ok) await twoFactor.admin.importUser(String(row.id), result.user)
 */
export function fromSpeakeasy(row: unknown, options?: PlainColumnOptions): ImportResult {
  return fromPlain('fromSpeakeasy', row, options)
}

/**
 * A user of otplib: columns named `secret`, `algorithm`, `digits`, `step` or `period`, and `recoveryCodes` or
 * `backupCodes`, or only the secret. `authenticator` (version 12) and version 13 use base32; `totp` of version 12 uses
 * the characters themselves: pass `encoding: 'ascii'`.
 *
 * Facts: otplib 12.0.1 and 13.5.0, https://otplib.yeojz.dev
 *
 * @param row one row, or a list of the rows of one user
 * @throws CountersignError `invalid_option` for wrong options; never for a row
 * @example
 * const result = fromOtplib({ secret: row.otp_secret })
 */
export function fromOtplib(row: unknown, options?: PlainColumnOptions): ImportResult {
  return fromPlain('fromOtplib', row, options)
}

/**
 * A user of otpauth: the URI that `totp.toString()` returned, or columns named `secret` (base32, or a `Secret`),
 * `algorithm`, `digits`, `period`, and `recoveryCodes` or `backupCodes`. A `TOTP` itself has those names.
 *
 * Facts: otpauth 9.5.2, https://hectorm.github.io/otpauth/
 *
 * @param row one row, or a list of the rows of one user
 * @throws CountersignError `invalid_option` for wrong options; never for a row
 * @example
 * const result = fromOtpauth(row.otpauth_uri)
 */
export function fromOtpauth(row: unknown, options?: PlainColumnOptions): ImportResult {
  return fromPlain('fromOtpauth', row, options)
}

function fromPlain(where: string, given: unknown, options: PlainColumnOptions | undefined): ImportResult {
  const settings = groupOption('options', options)
  checkOptionNames(where, settings, OPTIONS)
  const { encoding = 'base32' } = settings
  if (!ENCODINGS.includes(encoding)) throw invalidOption('encoding', encoding, `one of ${ENCODINGS.join(', ')}`)

  const { minLength, maxLength } = IMPORTED_CODE
  if (settings.hashedCodeLength !== undefined) {
    requiredInteger('hashedCodeLength', settings.hashedCodeLength, minLength, maxLength)
  }
  const draft = createDraft()
  for (const row of readRows(Array.isArray(given) ? Array.from(given, asRow) : asRow(given), draft.note))
    addRow(draft, row, { ...settings, encoding })
  return draft.result()
}

/** A lone secret becomes a row with nothing else. */
function asRow(given: unknown): unknown {
  return typeof given === 'string' ? { secret: given } : given
}

type Settings = PlainColumnOptions & { encoding: SecretEncoding }

function addRow(draft: Draft, row: Row, settings: Settings): void {
  const { field, secret, encoding } = secretOf(row, settings)
  const text = typeof secret === 'string' ? secret.trimStart() : ''
  if (/^otpauth:/i.test(text)) addOtpauthUri(draft, field, text)
  else if (row.has('counter') && !row.has('period') && !row.has('step')) {
    draft.note('counter', 'unsupported', 'Counter-based codes (HOTP) are not imported.')
  } else {
    draft.addAuthenticator({
      field,
      secret,
      encoding,
      name: row.get('name'),
      algorithm: row.get('algorithm') ?? settings.algorithm,
      digits: row.get('digits') ?? settings.digits,
      periodSeconds: row.get('period') ?? row.get('step') ?? row.get('periodSeconds') ?? settings.periodSeconds,
      createdAt: row.get('createdAt'),
    })
  }
  for (const name of ['recoveryCodes', 'backupCodes']) {
    addRecoveryCodes(draft, name, row.get(name), settings.hashedCodeLength)
  }
}

/** The first of these columns that is not empty. */
function secretOf(row: Row, { encoding }: Settings): { field: string; secret: unknown; encoding: SecretEncoding } {
  for (const known of ['base32', 'hex', 'ascii', 'base64'] as const) {
    if (!isEmpty(row.get(known))) return { field: known, secret: row.get(known), encoding: known }
  }
  const secret = row.get('secret')
  if (isEmpty(secret)) {
    const field = ['otpauth_url', 'uri', 'url'].find((name) => !isEmpty(row.get(name)))
    if (field !== undefined) return { field, secret: row.get(field), encoding }
  }
  // otpauth keeps a Secret, which knows its base32 text.
  if (typeof secret === 'object' && secret !== null && textOf(secret) === null && 'base32' in secret) {
    return { field: 'secret', secret: secret.base32, encoding: 'base32' }
  }
  const named = ENCODINGS.find((known) => known === row.get('encoding'))
  return { field: 'secret', secret, encoding: named ?? encoding }
}
