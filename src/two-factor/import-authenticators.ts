import { ownBytes } from '../encoding/bytes.ts'
import { CountersignError } from '../errors.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { integerOption, timeOption } from '../options/numbers.ts'
import { algorithmOption } from '../otp/algorithm.ts'
import { decodeToBuffer } from '../otp/base32.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import { parseOtpauthUri } from '../otp/parse-uri.ts'
import { nameArgument } from './arguments.ts'
import type { ImportedAuthenticator } from './options.ts'

/** RFC 4226 §4 R6 requires 128 bits; other libraries' secrets are accepted from 80 bits on, and marked weak. */
const BYTES = { min: 10, strong: 16, max: 128 } as const
const OPTIONS = /* @__PURE__ */ optionNames<ImportedAuthenticator>({
  uri: true,
  secret: true,
  name: true,
  algorithm: true,
  digits: true,
  periodSeconds: true,
  createdAtMs: true,
})

/** An authenticator of an import, checked. */
export interface ReadAuthenticator {
  secret: Uint8Array
  weak: boolean
  name: string
  algorithm: OtpAlgorithm
  digits: number
  periodSeconds: number
  createdAtMs: number | undefined
}

export function readAuthenticator(given: ImportedAuthenticator, index: number): ReadAuthenticator {
  const field = `authenticators[${index}]`
  const checked = optionsArgument(given)
  checkOptionNames(`importUser: ${field}`, checked, OPTIONS)
  const { uri, name, createdAtMs } = checked
  const { secret, algorithm, digits, periodSeconds } = uri === undefined ? checked : readUri(uri, checked, field)
  const bytes = ownBytes(typeof secret === 'string' ? decodeToBuffer(secret, `${field}.secret`) : secret)
  if (bytes === null || bytes.length < BYTES.min || bytes.length > BYTES.max) {
    const allowed = `base32 text or a Uint8Array of ${BYTES.min} to ${BYTES.max} bytes`
    const got = bytes !== null ? `It has ${bytes.length} bytes.` : ''
    throw invalidOption(`${field}.secret`, secret, allowed, got)
  }
  return {
    secret: new Uint8Array(bytes),
    weak: bytes.length < BYTES.strong,
    name: nameArgument(name, `${field}.name`),
    algorithm: algorithmOption(algorithm, `${field}.algorithm`),
    digits: integerOption(`${field}.digits`, digits, 6, 6, 8),
    periodSeconds: integerOption(`${field}.periodSeconds`, periodSeconds, 30, 1, 120),
    createdAtMs: createdAtMs === undefined ? undefined : timeOption(`${field}.createdAtMs`, createdAtMs),
  }
}

/** What the URI says. Fields that it includes are refused beside it, since the two could differ. */
function readUri(uri: string, beside: object, field: string) {
  for (const name of ['secret', 'algorithm', 'digits', 'periodSeconds']) {
    const value: unknown = Reflect.get(beside, name)
    if (value !== undefined) throw invalidOption(`${field}.${name}`, value, 'left out beside uri, which includes it')
  }
  const read = parse(uri, field)
  if (read.type === 'totp') return read
  throw invalidOption(`${field}.uri`, uri, "an otpauth URI of type 'totp'")
}

function parse(uri: string, field: string) {
  try {
    return parseOtpauthUri(uri)
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'invalid_uri') throw error
    throw new CountersignError('invalid_uri', `${field}.uri: ${error.message}`)
  }
}
