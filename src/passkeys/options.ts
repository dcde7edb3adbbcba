import type { UserVerification } from '../engine/passkey.ts'
import { checkOptionNames, groupOption, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { checkMethods } from '../options/methods.ts'

/** The part of @simplewebauthn/server that is used: pass all of it, `import * as webauthn from '@simplewebauthn/server'`. */
export interface WebAuthnLibrary {
  verifyRegistrationResponse(options: never): Promise<unknown>
  verifyAuthenticationResponse(options: never): Promise<unknown>
}

/** For `passkeyVerifier`. */
export interface PasskeyVerifierOptions {
  /** @simplewebauthn/server, 13 or later. */
  webauthn: WebAuthnLibrary
  /**
   * The domain that passkeys belong to: the site's own, or a parent of it, such as `acme.example` for
   * `app.acme.example`. Passkeys never move to another domain, so choose it once. Use `localhost` during development.
   */
  rpId: string
  /** The site's name, as browsers show it. Default: the issuer. */
  rpName?: string | undefined
  /**
   * The origins of the pages that may ask for passkeys. Default: `https://` and the rpId. Native apps on Android have
   * `android:apk-key-hash:…`.
   */
  origins?: readonly string[] | undefined
  /**
   * Whether the passkey must also verify the user (PIN, fingerprint). Default `preferred`: the password was the first
   * factor, so a security key without a PIN is enough as the second.
   */
  userVerification?: UserVerification | undefined
  /** COSE algorithms, the preferred one first: of -7 (ES256), -8 (EdDSA) and -257 (RS256). Default: all three. */
  algorithms?: readonly number[] | undefined
}

export interface CheckedOptions {
  webauthn: WebAuthnLibrary
  rpId: string
  rpName: string | undefined
  origins: readonly string[]
  userVerification: UserVerification
  algorithms: readonly number[]
}

const OPTIONS = /* @__PURE__ */ optionNames<PasskeyVerifierOptions>({
  webauthn: true,
  rpId: true,
  rpName: true,
  origins: true,
  userVerification: true,
  algorithms: true,
})
const LIBRARY = "the module @simplewebauthn/server: import * as webauthn from '@simplewebauthn/server'"
const VERIFICATIONS: readonly UserVerification[] = ['required', 'preferred', 'discouraged']
const ALGORITHMS: readonly number[] = [-7, -8, -257]
const MAX_RP_NAME = 64

/** @throws CountersignError `invalid_option` naming the option */
export function readOptions(options: PasskeyVerifierOptions): CheckedOptions {
  const given = groupOption('options', options)
  checkOptionNames('passkeyVerifier', given, OPTIONS)
  const { webauthn, rpName, userVerification = 'preferred' } = given
  checkMethods('webauthn', webauthn, ['verifyRegistrationResponse', 'verifyAuthenticationResponse'], LIBRARY)
  const rpId = rpIdOption(given.rpId)
  if (!VERIFICATIONS.includes(userVerification)) {
    throw invalidOption('userVerification', userVerification, "'required', 'preferred' or 'discouraged'")
  }
  const isName = typeof rpName === 'string' && rpName.trim() !== '' && rpName.length <= MAX_RP_NAME
  if (rpName !== undefined && !isName) throw invalidOption('rpName', rpName, `text of 1 to ${MAX_RP_NAME} characters`)
  return {
    webauthn,
    rpId,
    rpName,
    userVerification,
    origins: originsOption(given.origins, rpId),
    algorithms: algorithmsOption(given.algorithms),
  }
}

/** A domain as browsers write it: lower case, Punycode, no port. WebAuthn has no IP addresses. */
function rpIdOption(rpId: string | undefined): string {
  const allowed = "a domain such as 'acme.example', without scheme and port"
  if (typeof rpId !== 'string' || rpId.length > 253 || !URL.canParse(`https://${rpId}`)) {
    throw invalidOption('rpId', rpId, allowed)
  }
  const isAddress = /^\[|^[0-9.]+$/.test(rpId)
  if (isAddress || new URL(`https://${rpId}`).hostname !== rpId || rpId.split('.').includes('')) {
    throw invalidOption('rpId', rpId, allowed, isAddress ? 'An IP address cannot have passkeys.' : '')
  }
  return rpId
}

function originsOption(origins: readonly string[] | undefined, rpId: string): readonly string[] {
  if (origins === undefined) return [`https://${rpId}`]
  if (!Array.isArray(origins) || origins.length === 0) {
    throw invalidOption('origins', origins, `a list of origins such as ['https://${rpId}']`)
  }
  for (const [index, origin] of origins.entries()) checkOrigin(origin, `origins[${index}]`, rpId)
  return [...origins]
}

/** Browsers let no other page use this domain's passkeys, so any other entry is a mistake. */
function checkOrigin(origin: unknown, field: string, rpId: string): void {
  if (typeof origin === 'string' && origin.length <= 512) {
    if (/^android:apk-key-hash:[A-Za-z0-9_-]{43}$/.test(origin)) return
    const url = URL.canParse(origin) ? new URL(origin) : null
    if (url !== null && url.origin === origin && ['https:', 'http:'].includes(url.protocol)) {
      const isOfDomain = url.hostname === rpId || url.hostname.endsWith(`.${rpId}`)
      if (!isOfDomain) throw invalidOption(field, origin, `an origin of ${rpId} or of a subdomain`)
      const isLocal = url.hostname === 'localhost' || url.hostname.endsWith('.localhost')
      if (url.protocol === 'https:' || isLocal) return
      throw invalidOption(field, origin, 'an https origin', 'Over http, browsers offer passkeys only on localhost.')
    }
  }
  throw invalidOption(field, origin, `an origin as browsers send it, such as 'https://${rpId}', without a path`)
}

function algorithmsOption(algorithms: readonly number[] | undefined): readonly number[] {
  if (algorithms === undefined) return ALGORITHMS
  const isList =
    Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every((one) => ALGORITHMS.includes(one))
  if (isList) return [...new Set(algorithms)]
  throw invalidOption('algorithms', algorithms, 'a list of -7 (ES256), -8 (EdDSA) and -257 (RS256)')
}
