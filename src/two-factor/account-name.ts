import type { Core } from '../engine/core.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { isBlank, LONE_SURROGATE } from '../options/text.ts'
import { buildOtpauthUri } from '../otp/build-uri.ts'

/*
 * What an authenticator app shows beside the issuer. It is only displayed, so it never fails a sign-in or a setup: a
 * missing name falls back to the user id, and a long one is shortened.
 */

const MAX_NAME = 255
/** The rest of a longer text is ignored. */
const MAX_READ = 1024
const LONE_SURROGATES = /* @__PURE__ */ new RegExp(LONE_SURROGATE, 'gu')

/**
 * Bytes of a QR code of version 15 at medium error correction (ISO/IEC 18004, table 7): 77 modules a side. Shown 240
 * points wide with its quiet zone, a module measures 2.8 points, which phones can scan.
 */
const SCANNABLE_BYTES = 412
/** Left for the account name, however long the issuer is. */
const LEAST_BYTES = 64
const ELLIPSIS = '…'

/** The name to show, 1 to 255 characters. Throws for anything but text, which is a mistake by the host. */
export function accountNameArgument(accountName: unknown, userId: string): string {
  if (accountName !== undefined && accountName !== null && typeof accountName !== 'string') {
    throw invalidOption('accountName', accountName, 'text, such as the login or email address')
  }
  const name = [accountName, userId].map((text) => readable(text ?? '')).find((text) => !isBlank(text)) ?? '-'
  return shortened(name, MAX_NAME, (text) => text.length)
}

/** The same, shortened until a phone can scan the QR code with everything else in it. */
export function scannableAccountName(core: Core, issuer: string, accountName: string): string {
  const { secretBytes, ...totp } = core.totp
  const { algorithm, digits, periodSeconds } = totp
  const secret = new Uint8Array(secretBytes)
  const rest = buildOtpauthUri({ issuer, accountName: '-', secret, algorithm, digits, periodSeconds }).length - 1
  return shortened(
    accountName,
    Math.max(SCANNABLE_BYTES - rest, LEAST_BYTES),
    (text) => encodeURIComponent(text).length,
  )
}

/** Without what a URI's label cannot carry: ':' separates the issuer from the account. */
function readable(text: string): string {
  return text.slice(0, MAX_READ).replace(LONE_SURROGATES, '\ufffd').replaceAll(':', '-').trim()
}

/** Cut between graphemes, with an ellipsis. */
function shortened(text: string, most: number, sizeOf: (text: string) => number): string {
  if (sizeOf(text) <= most) return text
  let kept = ''
  let size = sizeOf(ELLIPSIS)
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    size += sizeOf(segment)
    if (size > most) break
    kept += segment
  }
  return kept.trimEnd() + ELLIPSIS
}
