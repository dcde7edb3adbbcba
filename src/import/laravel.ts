import { utf8Bytes } from '../encoding/utf8.ts'
import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { decodeBase64 } from './base64.ts'
import { addRecoveryCodes } from './code-list.ts'
import { createDraft, type Draft } from './draft.ts'
import { openLaravelPayload } from './laravel-encrypter.ts'
import type { ImportResult } from './outcome.ts'
import { isEmpty, type Row, readRows } from './row.ts'

/** The configuration of the Laravel application. */
export interface LaravelFortifyOptions {
  /** `APP_KEY`, such as `base64:…`; a list if there are `APP_PREVIOUS_KEYS`. */
  key: string | readonly string[]
}

const OPTIONS = /* @__PURE__ */ optionNames<LaravelFortifyOptions>({ key: true })
const SERIALIZED = /^s:([0-9]{1,6}):"([\s\S]*)";$/
const MAX_KEYS = 20

/**
 * A user of Laravel Fortify or Jetstream: a row of `users` with `two_factor_secret`, `two_factor_recovery_codes` and
 * `two_factor_confirmed_at`. Both values are sealed by Laravel's encrypter under `APP_KEY` (AES-256-CBC or -GCM, or
 * with 128 bits), as serialized PHP strings or plain ones. If the row includes `two_factor_confirmed_at` and it is
 * null, the setup was never finished.
 *
 * Facts: https://laravel.com/docs/fortify#two-factor-authentication, https://laravel.com/docs/encryption, and
 * `Illuminate\Encryption\Encrypter` of Laravel 12
 *
 * @param row one row, or a list of the rows of one user
 * @throws CountersignError `invalid_option` for wrong options; never for a row
 * @example
 * const result = fromLaravelFortify(row, { key: process.env.APP_KEY })
 * if (result.ok) await twoFactor.admin.importUser(String(row.id), result.user)
 */
export function fromLaravelFortify(row: unknown, options: LaravelFortifyOptions): ImportResult {
  const settings = groupOption('options', options)
  checkOptionNames('fromLaravelFortify', settings, OPTIONS)
  const keys = readKeys(settings.key)
  const draft = createDraft()
  for (const one of readRows(row, draft.note)) addRow(draft, one, keys)
  return draft.result()
}

function readKeys(given: LaravelFortifyOptions['key'] | undefined): Uint8Array[] {
  const list: readonly unknown[] = typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : []
  const keys = list.slice(0, MAX_KEYS).map((text, index) => {
    const key = readKey(text)
    if (key !== null) return key
    throw invalidOption(
      list.length === 1 ? 'key' : `key[${index}]`,
      text,
      'APP_KEY, of 16 or 32 bytes, such as base64:…',
    )
  })
  if (keys.length === 0) throw invalidOption('key', given, 'APP_KEY, such as base64:…')
  return keys
}

function readKey(text: unknown): Uint8Array | null {
  if (typeof text !== 'string') return null
  const trimmed = text.trim()
  const key = trimmed.startsWith('base64:') ? decodeBase64(trimmed.slice('base64:'.length)) : utf8Bytes(trimmed)
  return key?.length === 16 || key?.length === 32 ? key : null
}

function addRow(draft: Draft, row: Row, keys: readonly Uint8Array[]): void {
  if (row.has('two_factor_confirmed_at') && isEmpty(row.get('two_factor_confirmed_at'))) {
    draft.note(
      'two_factor_confirmed_at',
      'not-confirmed',
      'The setup was never finished: the user has no authenticator yet.',
    )
    return
  }
  const open = (field: string): string | null | undefined => {
    const payload = row.get(field)
    if (isEmpty(payload)) return undefined
    for (const key of keys) {
      const text = openLaravelPayload(payload, key)
      if (text !== null) return unserialized(text)
    }
    draft.note(field, 'not-decrypted', 'APP_KEY does not open it, or it was changed.')
    return null
  }
  const secret = open('two_factor_secret')
  const createdAt = row.get('two_factor_confirmed_at')
  if (secret !== null) draft.addAuthenticator({ field: 'two_factor_secret', secret, encoding: 'base32', createdAt })
  const codes = open('two_factor_recovery_codes')
  if (codes !== null) addRecoveryCodes(draft, 'two_factor_recovery_codes', codes)
}

/** The string in `s:16:"…";` as PHP serializes it, with its length in bytes; any other text as it is. */
function unserialized(text: string): string {
  const [, length, content] = SERIALIZED.exec(text) ?? []
  return content !== undefined && utf8Bytes(content).length === Number(length) ? content : text
}
