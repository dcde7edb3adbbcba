import { CountersignError } from '../errors.ts'
import { isBlank, LONE_SURROGATE } from '../options/text.ts'
import { DEFAULT_ALGORITHM, type OtpAlgorithm } from './algorithm.ts'
import { encodeBase32 } from './base32.ts'
import { DEFAULT_DIGITS } from './hotp.ts'
import { secretOption } from './secret.ts'
import { DEFAULT_PERIOD_SECONDS } from './totp.ts'
import { isHttpsUrl, MAX_IMAGE, MAX_NAME, MAX_URI } from './uri-limits.ts'

/** What `buildOtpauthUri` accepts, with every default filled in. */
export type OtpauthUri = {
  issuer?: string
  accountName: string
  /** Base32 text, in capitals and without padding. */
  secret: string
  algorithm: OtpAlgorithm
  digits: number
  /** An https URL. */
  image?: string
} & ({ type: 'totp'; periodSeconds: number } | { type: 'hotp'; counter: number })

const KNOWN = ['secret', 'issuer', 'algorithm', 'digits', 'period', 'counter', 'image'] as const
type Parameter = (typeof KNOWN)[number]
type Parameters = ReadonlyMap<Parameter, string>

/**
 * Parses an otpauth URI (Key URI Format), as this library and other apps write it: an algorithm in lower case, a label
 * without an issuer, with white space after the ':' or %3A for it, the issuer in only one place (if the two differ, the
 * parameter counts), unknown parameters, a picture that is not an https URL (left out). A '+' is a '+', unless reading
 * it as a space makes the two issuers equal.
 *
 * @param uri up to 8192 characters
 * @throws CountersignError `invalid_uri`, naming the part but never the secret; `runtime_unsupported` without `Buffer`
 * @example
 * parseOtpauthUri('otpauth://totp/Acme:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme')
 * // { type: 'totp', issuer: 'Acme', accountName: 'ann', secret: 'GEZD…', algorithm: 'SHA1', digits: 6, periodSeconds: 30 }
 */
export function parseOtpauthUri(uri: string): OtpauthUri {
  if (typeof uri !== 'string' || uri.length > MAX_URI)
    throw invalidUri(`it must be text of up to ${MAX_URI} characters`)
  if (LONE_SURROGATE.test(uri)) throw invalidUri('it contains half a surrogate pair')
  const [, typeText, label, query] = /^otpauth:\/\/([a-z]+)\/([^?#]*)(?:\?([^#]*))?/i.exec(uri) ?? []
  const type = typeText?.toLowerCase()
  if ((type !== 'totp' && type !== 'hotp') || label === undefined) {
    throw invalidUri(`it must begin with 'otpauth://totp/' or 'otpauth://hotp/', and a label`)
  }
  const parameters = readParameters(query ?? '')
  const image = parameters.get('image')
  const common = {
    ...readNames(decode(label, 'the label'), parameters.get('issuer')),
    secret: readSecret(parameters.get('secret')),
    algorithm: readAlgorithm(parameters.get('algorithm')),
    digits: readInteger(parameters, 'digits', 6, 8, DEFAULT_DIGITS),
    ...(image !== undefined && image.length <= MAX_IMAGE && isHttpsUrl(image) ? { image } : {}),
  }
  return type === 'hotp'
    ? { type, ...common, counter: readInteger(parameters, 'counter', 0, Number.MAX_SAFE_INTEGER, null) }
    : { type, ...common, periodSeconds: readInteger(parameters, 'period', 1, 120, DEFAULT_PERIOD_SECONDS) }
}

/** A repeated parameter is refused: apps disagree on which one counts. */
function readParameters(query: string): Parameters {
  const parameters = new Map<Parameter, string>()
  for (const pair of query.split('&')) {
    const end = pair.includes('=') ? pair.indexOf('=') : pair.length
    const name = decode(pair.slice(0, end), `a parameter's name`)
    const known = KNOWN.find((parameter) => parameter === name)
    if (known === undefined) continue
    if (parameters.has(known)) throw invalidUri(`the parameter '${known}' occurs twice`)
    parameters.set(known, decode(pair.slice(end + 1), `the parameter '${known}'`))
  }
  return parameters
}

function readNames(label: string, issuerParameter: string | undefined): { accountName: string; issuer?: string } {
  const { prefix, account } = splitLabel(label, issuerParameter)
  const accountName = account.trim()
  const [named, labeled] = [issuerParameter?.trim(), prefix?.trim()]
  const issuer = (labeled === spaced(named) ? labeled : named) || labeled
  if (isBlank(accountName) || accountName.length > MAX_NAME) {
    throw invalidUri(`the account name in its label must have 1 to ${MAX_NAME} characters that are not blanks`)
  }
  if (issuer === undefined || isBlank(issuer)) return { accountName }
  if (issuer.length > MAX_NAME) throw invalidUri(`the issuer must have at most ${MAX_NAME} characters`)
  return { issuer, accountName }
}

/**
 * The label is `account` or `issuer:account`, and an issuer may contain a ':', so the parameter is used to split it.
 * Form encoders write a space as '+': it is read so if that makes the two equal.
 */
function splitLabel(label: string, issuerParameter: string | undefined): { prefix: string | null; account: string } {
  for (const prefix of new Set([issuerParameter, spaced(issuerParameter)])) {
    if (prefix === undefined) continue
    for (const text of new Set([label, label.replaceAll('+', ' ')])) {
      if (text.startsWith(`${prefix}:`)) return { prefix, account: label.slice(prefix.length + 1) }
    }
  }
  const end = label.indexOf(':')
  return end < 0 ? { prefix: null, account: label } : { prefix: label.slice(0, end), account: label.slice(end + 1) }
}

function spaced(text: string | undefined): string | undefined {
  return text?.replaceAll('+', ' ')
}

function readSecret(text: string | undefined): string {
  if (text === undefined) throw invalidUri(`the parameter 'secret' is missing`)
  try {
    return encodeBase32(secretOption(text))
  } catch (error) {
    if (error instanceof CountersignError && error.code !== 'runtime_unsupported') {
      throw invalidUri(`the parameter 'secret' is refused. ${error.message}`)
    }
    throw error
  }
}

function readAlgorithm(text: string | undefined): OtpAlgorithm {
  if (text === undefined) return DEFAULT_ALGORITHM
  const bits = /^(?:hmac)?-?sha-?(1|256|512)$/i.exec(text)?.[1]
  if (bits === '1') return 'SHA1'
  if (bits === '256') return 'SHA256'
  if (bits === '512') return 'SHA512'
  throw invalidUri(`the parameter 'algorithm' must be SHA1, SHA256 or SHA512`)
}

/** `fallback` null: the parameter is required. */
function readInteger(parameters: Parameters, name: Parameter, least: number, most: number, fallback: number | null) {
  const text = parameters.get(name)
  if (text === undefined && fallback !== null) return fallback
  const value = /^[0-9]+$/.test(text ?? '') ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw invalidUri(`the parameter '${name}' must be an integer from ${least} to ${most}`)
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidUri(`${part} is not percent-encoded UTF-8`)
  }
}

function invalidUri(what: string): CountersignError {
  return new CountersignError('invalid_uri', `This is not a readable otpauth URI: ${what}.`)
}
