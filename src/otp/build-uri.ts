import { checkOptions } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { isBlank, LONE_SURROGATE } from '../options/text.ts'
import { algorithmOption, DEFAULT_ALGORITHM, type OtpAlgorithm } from './algorithm.ts'
import { encodeBase32 } from './base32.ts'
import { counterOption, DEFAULT_DIGITS, digitsOption } from './hotp.ts'
import { secretOption } from './secret.ts'
import { DEFAULT_PERIOD_SECONDS, periodOption } from './totp.ts'
import { isHttpsUrl, MAX_IMAGE, MAX_NAME, MAX_URI } from './uri-limits.ts'

/** The contents of an otpauth URI (Key URI Format). */
export interface OtpauthUriOptions {
  /** Default 'totp'. */
  type?: 'totp' | 'hotp' | undefined
  /** The product: 1 to 255 characters, no ':'. White space around it is dropped. */
  issuer?: string | undefined
  /** The person's login or address: 1 to 255 characters, no ':'. White space around it is dropped. */
  accountName: string
  /** Bytes (1 to 128) or base32 text. */
  secret: Uint8Array | string
  /** Default 'SHA1'. Many apps ignore this, `digits` and `periodSeconds`; all of them support the defaults. */
  algorithm?: OtpAlgorithm | undefined
  /** 6 to 8; default 6. */
  digits?: number | undefined
  /** For 'totp': 1 to 120; default 30. */
  periodSeconds?: number | undefined
  /** Required for 'hotp': the first counter, 0 to 2^53 − 1. */
  counter?: number | undefined
  /** A picture for apps that show one: an https URL of up to 2048 characters. */
  image?: string | undefined
}

/**
 * The URI that an authenticator app reads from a QR code (Key URI Format): label `Issuer:account`, the issuer again as
 * a parameter, spaces as %20, and no parameter that equals its default. It contains the secret: never log it.
 *
 * @throws CountersignError `invalid_option`, also for a ':' in a name (the label's separator) and for half a surrogate
 *   pair; `invalid_base32`; `runtime_unsupported` without `Buffer`
 * @example
 * buildOtpauthUri({ issuer: 'Acme Cloud', accountName: 'ann@example.com', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })
 * // 'otpauth://totp/Acme%20Cloud:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20Cloud'
 */
export function buildOtpauthUri(options: OtpauthUriOptions): string {
  checkOptions(options)
  const type = typeOption(options.type)
  const accountName = nameOption('accountName', options.accountName)
  const issuer = options.issuer === undefined ? undefined : nameOption('issuer', options.issuer)
  const algorithm = algorithmOption(options.algorithm)
  const digits = digitsOption(options.digits)

  const parameters = [`secret=${encodeBase32(secretOption(options.secret))}`]
  if (issuer !== undefined) parameters.push(`issuer=${encodeURIComponent(issuer)}`)
  if (algorithm !== DEFAULT_ALGORITHM) parameters.push(`algorithm=${algorithm}`)
  if (digits !== DEFAULT_DIGITS) parameters.push(`digits=${digits}`)
  parameters.push(...movingParameters(type, options))
  if (options.image !== undefined) parameters.push(`image=${encodeURIComponent(imageOption(options.image))}`)

  const uri = `otpauth://${type}/${label(issuer, accountName)}?${parameters.join('&')}`
  if (uri.length > MAX_URI)
    throw invalidOption('image', options.image, `short enough for a URI of ${MAX_URI} characters`)
  return uri
}

function label(issuer: string | undefined, accountName: string): string {
  const account = encodeURIComponent(accountName)
  return issuer === undefined ? account : `${encodeURIComponent(issuer)}:${account}`
}

/** The moving factor. That of the other type would be dropped silently, so it is refused. */
function movingParameters(type: 'totp' | 'hotp', options: OtpauthUriOptions): string[] {
  if (type === 'hotp') {
    if (options.periodSeconds !== undefined) {
      throw invalidOption('periodSeconds', options.periodSeconds, `left out for type 'hotp'`)
    }
    if (options.counter === undefined) throw invalidOption('counter', undefined, `set for type 'hotp'`)
    return [`counter=${counterOption(options.counter)}`]
  }
  if (options.counter !== undefined) throw invalidOption('counter', options.counter, `left out for type 'totp'`)
  const periodSeconds = periodOption(options.periodSeconds)
  return periodSeconds === DEFAULT_PERIOD_SECONDS ? [] : [`period=${periodSeconds}`]
}

function typeOption(given: 'totp' | 'hotp' | undefined): 'totp' | 'hotp' {
  if (given === undefined) return 'totp'
  if (given !== 'totp' && given !== 'hotp') throw invalidOption('type', given, `'totp' or 'hotp'`)
  return given
}

function nameOption(name: string, given: string): string {
  if (typeof given !== 'string' || given.length > MAX_NAME || isBlank(given)) {
    throw invalidOption(name, given, `text of 1 to ${MAX_NAME} characters that are not all blanks`)
  }
  if (given.includes(':')) throw invalidOption(name, given, `without ':', which separates the issuer from the account`)
  if (LONE_SURROGATE.test(given)) throw invalidOption(name, given, 'Unicode text, without half a surrogate pair')
  return given.trim()
}

function imageOption(given: string): string {
  if (typeof given !== 'string' || given.length > MAX_IMAGE || LONE_SURROGATE.test(given) || !isHttpsUrl(given)) {
    throw invalidOption('image', given, `an https URL of up to ${MAX_IMAGE} characters`)
  }
  return given
}
