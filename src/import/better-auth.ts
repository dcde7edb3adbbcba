import { sha256 } from '@noble/hashes/sha2.js'
import { decodeHex } from '../encoding/hex.ts'
import { utf8Bytes, utf8Text } from '../encoding/utf8.ts'
import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { decrypt } from '../vault/xchacha.ts'
import { addRecoveryCodes } from './code-list.ts'
import { createDraft, type Draft } from './draft.ts'
import type { ImportResult } from './outcome.ts'
import { booleanOf, isEmpty, type Row, readRows, textOf } from './row.ts'

/** The configuration of better-auth. */
export interface BetterAuthOptions {
  /** `BETTER_AUTH_SECRET`, or the option `secret`. */
  secret?: string | undefined
  /** The secrets by version, if they were rotated (`BETTER_AUTH_SECRETS`). */
  secrets?: Readonly<Record<number, string>> | undefined
  /** `totpOptions.digits`; default 6. */
  digits?: number | undefined
  /** `totpOptions.period`; default 30. */
  periodSeconds?: number | undefined
}

const OPTIONS = /* @__PURE__ */ optionNames<BetterAuthOptions>({
  secret: true,
  secrets: true,
  digits: true,
  periodSeconds: true,
})
const ENVELOPE = /^\$ba\$([0-9]{1,9})\$/
const NOT_CONFIRMED = 'The setup was never finished: the user has no authenticator yet.'

/**
 * A user of better-auth's two-factor plugin: a row of its table `twoFactor` (`secret`, `backupCodes`, `verified`). The
 * secret is encrypted under better-auth's own secret with XChaCha20-Poly1305, and so are the backup codes unless they
 * are stored plain. Codes that the application's own function encrypted cannot be read: decrypt them first.
 *
 * Facts: better-auth 1.7.25, `better-auth/crypto` and https://www.better-auth.com/docs/plugins/2fa
 *
 * @param row one row, or a list of the rows of one user
 * @throws CountersignError `invalid_option` for wrong options; never for a row
 * @example
 * const result = fromBetterAuth(row, { secret: process.env.BETTER_AUTH_SECRET })
 * if (result.ok) await twoFactor.admin.importUser(row.userId, result.user)
 */
export function fromBetterAuth(row: unknown, options: BetterAuthOptions): ImportResult {
  const settings = groupOption('options', options)
  checkOptionNames('fromBetterAuth', settings, OPTIONS)
  const keyOf = readSecrets(settings)
  const draft = createDraft()
  for (const one of readRows(row, draft.note)) addRow(draft, one, keyOf, settings)
  return draft.result()
}

/** The key of a version; null stands for the secret without a version. */
type KeyOf = (version: number | null) => Uint8Array | null

function readSecrets({ secret, secrets }: Partial<BetterAuthOptions>): KeyOf {
  const byVersion = new Map(Object.entries(groupOption('secrets', secrets)))
  if (secret === undefined && byVersion.size === 0) throw invalidOption('secret', secret, 'the secret of better-auth')
  for (const [name, text] of [['secret', secret] as const, ...byVersion]) {
    if (text !== undefined && (typeof text !== 'string' || text === '')) throw invalidOption(name, text, 'text')
  }
  return (version) => {
    const text = version === null ? secret : byVersion.get(String(version))
    return text === undefined ? null : sha256(utf8Bytes(text))
  }
}

function addRow(draft: Draft, row: Row, keyOf: KeyOf, { digits, periodSeconds }: Partial<BetterAuthOptions>): void {
  if (booleanOf(row.get('verified')) === false) {
    draft.note('verified', 'not-confirmed', NOT_CONFIRMED)
    return
  }
  const stored = row.get('secret')
  const secret = isEmpty(stored) ? stored : decryptText(stored, keyOf)
  if (secret === null) {
    draft.note('secret', 'not-decrypted', 'The secret of better-auth does not open it.')
  } else {
    // The decrypted text is the key itself, which the app scanned as base32.
    draft.addAuthenticator({
      field: 'secret',
      secret,
      encoding: 'ascii',
      digits,
      periodSeconds,
      createdAt: row.get('createdAt'),
    })
  }
  const codes = row.get('backupCodes')
  if (isEmpty(codes)) return
  const list = textOf(codes)?.trimStart().startsWith('[') === true ? codes : decryptText(codes, keyOf)
  if (list === null) draft.note('backupCodes', 'not-decrypted', 'The secret of better-auth does not open them.')
  else addRecoveryCodes(draft, 'backupCodes', list)
}

/** Hexadecimal of nonce, ciphertext and tag, after the version of the secret if it has one. */
function decryptText(stored: unknown, keyOf: KeyOf): string | null {
  const text = textOf(stored)
  if (text === null) return null
  const [envelope, version] = ENVELOPE.exec(text) ?? []
  const key = keyOf(version === undefined ? null : Number(version))
  const box = decodeHex(text.slice(envelope?.length ?? 0))
  return key === null || box === null ? null : decrypt(key, new Uint8Array(), box, utf8Text)
}
