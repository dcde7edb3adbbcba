import { ownBytes } from '../encoding/bytes.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { requiredInteger } from '../options/numbers.ts'
import { decodeToBuffer, encodeBase32 } from './base32.ts'

const MAX_BYTES = 128
const MAX_CHARACTERS = 512

/**
 * Creates a random secret as base32 text without padding, from the runtime's cryptographic generator.
 *
 * @param bytes 16 to 64; the default of 20 is what RFC 4226 §4 (R6) recommends and every app supports
 * @throws CountersignError `invalid_option`; `runtime_unsupported` without `Buffer`
 * @example
 * const secret = generateSecret() // 32 characters, such as 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
 */
export function generateSecret(bytes: number = 20): string {
  const length = requiredInteger('bytes', bytes, 16, 64)
  return encodeBase32(crypto.getRandomValues(new Uint8Array(length)))
}

/** The bytes of a secret, passed as bytes or base32 text: 1 to 128. Their randomness is up to the caller. */
export function secretOption(given: Uint8Array | string): Uint8Array {
  if (typeof given === 'string' && given.length > MAX_CHARACTERS) {
    throw invalidOption('secret', given, `at most ${MAX_CHARACTERS} characters of base32 text`)
  }
  const secret = ownBytes(typeof given === 'string' ? decodeToBuffer(given, 'secret') : given)
  if (secret === null) throw invalidOption('secret', given, 'a Uint8Array or base32 text')
  if (secret.length < 1 || secret.length > MAX_BYTES) {
    throw invalidOption('secret', secret.length, `1 to ${MAX_BYTES} bytes long`)
  }
  return secret
}
