import { encodeBase64Url } from '../encoding/base64url.ts'
import { CountersignError } from '../errors.ts'

/**
 * Refuses duplicates: a code is accepted once per authenticator, so a secret listed twice would accept each code twice.
 *
 * @throws CountersignError `invalid_option` naming both
 */
export function refuseEqual(keys: readonly string[], fieldOf: (index: number) => string): void {
  const firstOf = new Map<string, number>()
  keys.forEach((key, index) => {
    const first = firstOf.get(key)
    if (first === undefined) {
      firstOf.set(key, index)
      return
    }
    throw new CountersignError(
      'invalid_option',
      `${fieldOf(index)} is the same as ${fieldOf(first)}. List each one once: it would be accepted twice.`,
    )
  })
}

/**
 * The same for secrets that produce the same codes: HMAC pads a key with zeros (RFC 2104 §2), so trailing ones don't
 * count.
 */
export function keyOfSecret(secret: Uint8Array): string {
  let end = secret.length
  while (secret[end - 1] === 0) end--
  return encodeBase64Url(secret.subarray(0, end))
}
