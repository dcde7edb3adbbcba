import { encodeBase32 } from '../otp/base32.ts'
import { decodeBase64 } from './base64.ts'
import { createDraft, type Draft } from './draft.ts'
import { listOfUris } from './otpauth-uri.ts'
import type { ImportResult } from './outcome.ts'
import { type ProtobufField, readProtobuf } from './protobuf.ts'
import { textOf } from './row.ts'

const URI = /^otpauth-migration:\/\/offline\/?\?(?:[^#]*&)?data=([^&#]*)/i
const MAX_URIS = 20
const MAX_SECRET_BYTES = 128
const ALGORITHMS = ['SHA1', 'SHA1', 'SHA256', 'SHA512', 'MD5']
const DIGITS = [6, 6, 8]
const TOTP = 2

/**
 * What Google Authenticator exports as QR codes: `otpauth-migration://offline?data=…`, one or a list, since a long
 * export has several codes. An account's name becomes the authenticator's name. The app exports no recovery codes, but
 * also accounts of other services: pass only your own.
 *
 * Facts: `MigrationPayload`, which Google does not document, as the app writes it: OtpParameters 1 (secret 1, name 2, issuer
 * 3, algorithm 4, digits 5, type 6), batch size 3, batch index 4
 *
 * @param uris of one user
 * @throws never
 * @example
 * const result = fromGoogleAuthenticator(['otpauth-migration://offline?data=…', 'otpauth-migration://offline?data=…'])
 */
export function fromGoogleAuthenticator(uris: unknown): ImportResult {
  const draft = createDraft()
  const list = listOfUris(uris)
  if (list.length === 0) draft.note('uri', 'missing', 'There is no URI.')
  if (list.length > MAX_URIS) draft.note('uri', 'too-many', `Only the first ${MAX_URIS} URIs are read.`)
  const seen = new Set<number>()
  let size = 1
  list.slice(0, MAX_URIS).forEach((uri, index) => {
    const field = list.length === 1 ? 'uri' : `uri[${index}]`
    const payload = readPayload(uri)
    if (payload === null) {
      draft.note(field, 'malformed', 'This is not a readable otpauth-migration URI.')
      return
    }
    size = Math.max(size, numberOf(payload, 3))
    seen.add(numberOf(payload, 4))
    const accounts = payload.filter(({ number, value }) => number === 1 && typeof value !== 'number')
    accounts.forEach(({ value }, at) => {
      addAccount(draft, `${field}.account[${at}]`, value)
    })
  })
  if (seen.size > 0 && seen.size < size) {
    draft.note('uri', 'missing', `The export has ${size} QR codes; only ${seen.size} were passed.`)
  }
  return draft.result()
}

function readPayload(uri: unknown): ProtobufField[] | null {
  const [, data] = URI.exec(textOf(uri)?.trim() ?? '') ?? []
  if (data === undefined) return null
  const bytes = decodeBase64(percentDecoded(data))
  return bytes === null ? null : readProtobuf(bytes)
}

/** An unencoded '+' belongs to base64, unless a form decoder turned it into a space. */
function percentDecoded(data: string): string {
  try {
    return decodeURIComponent(data).replaceAll(' ', '+').replaceAll('-', '+').replaceAll('_', '/')
  } catch {
    return '?'
  }
}

function addAccount(draft: Draft, field: string, message: number | Uint8Array): void {
  const account = typeof message === 'number' ? null : readProtobuf(message)
  if (account === null) {
    draft.note(field, 'malformed', 'This account cannot be read.')
    return
  }
  const type = numberOf(account, 6)
  if (type !== TOTP && type !== 0) {
    draft.note(field, 'unsupported', 'Counter-based codes (HOTP) are not imported.')
    return
  }
  const secret = bytesOf(account, 1)
  if (secret !== null && secret.length > MAX_SECRET_BYTES) {
    draft.note(field, 'too-long', `The secret has ${secret.length} bytes; the limit is ${MAX_SECRET_BYTES}.`)
    return
  }
  draft.addAuthenticator({
    field,
    secret: secret === null ? undefined : encodeBase32(secret),
    encoding: 'base32',
    name: textOf(bytesOf(account, 2)),
    algorithm: ALGORITHMS[numberOf(account, 4)] ?? 'unknown',
    digits: DIGITS[numberOf(account, 5)] ?? 0,
  })
}

/** The last value counts; absent means 0, as for every number in a message. */
function numberOf(fields: readonly ProtobufField[], number: number): number {
  const value = fields.findLast((field) => field.number === number)?.value
  return typeof value === 'number' ? value : 0
}

function bytesOf(fields: readonly ProtobufField[], number: number): Uint8Array | null {
  const value = fields.findLast((field) => field.number === number)?.value
  return typeof value === 'object' ? value : null
}
