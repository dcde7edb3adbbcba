import { CountersignError } from '../errors.ts'
import { parseOtpauthUri } from '../otp/parse-uri.ts'
import { createDraft, type Draft } from './draft.ts'
import type { ImportResult } from './outcome.ts'
import { readRow, textOf } from './row.ts'

const MAX_URIS = 100
const MAX_LIST = 1_000_000

/**
 * A user whose secrets are stored as otpauth URIs: one, a list, text with one per line, or rows with a column named
 * `uri`, `url` or `otpauth_url`. The name in a label becomes the authenticator's name.
 *
 * Facts: Key URI Format, https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 *
 * @param uris of one user
 * @throws never
 * @example
 * const result = fromOtpauthUris('otpauth://totp/Acme:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Acme')
 */
export function fromOtpauthUris(uris: unknown): ImportResult {
  const draft = createDraft()
  const list = listOfUris(uris)
  if (list.length === 0) draft.note('uri', 'missing', 'There is no URI.')
  if (list.length > MAX_URIS) draft.note('uri', 'too-many', `Only the first ${MAX_URIS} URIs are read.`)
  list.slice(0, MAX_URIS).forEach((uri, index) => {
    addOtpauthUri(draft, list.length === 1 ? 'uri' : `uri[${index}]`, uri)
  })
  return draft.result()
}

/** One URI per line; empty lines are ignored. */
export function listOfUris(uris: unknown): unknown[] {
  if (typeof uris === 'string') {
    return uris
      .slice(0, MAX_LIST)
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
  }
  if (Array.isArray(uris)) return Array.from(uris, uriIn)
  return uris === undefined || uris === null ? [] : [uriIn(uris)]
}

function uriIn(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry
  const row = readRow(entry)
  return row.get('otpauth_url') ?? row.get('uri') ?? row.get('url')
}

export function addOtpauthUri(draft: Draft, field: string, given: unknown): void {
  const uri = textOf(given)?.trim()
  if (uri === undefined) {
    draft.note(field, 'malformed', 'This is not text, or too long.')
    return
  }
  const read = readUri(uri)
  if (typeof read === 'string') {
    draft.note(field, 'malformed', read)
  } else if (read.type === 'hotp') {
    draft.note(field, 'unsupported', 'Counter-based codes (HOTP) are not imported.')
  } else {
    const { secret, algorithm, digits, periodSeconds, accountName: name } = read
    draft.addAuthenticator({ field, secret, encoding: 'base32', name, algorithm, digits, periodSeconds })
  }
}

/** Its parts, or what is wrong with it. */
function readUri(uri: string) {
  try {
    return parseOtpauthUri(uri)
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'invalid_uri') return error.message
    throw error
  }
}
