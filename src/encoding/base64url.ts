const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The value of each ASCII character; -1 outside the alphabet. */
const SEXTETS: Int8Array = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) =>
  ALPHABET.indexOf(String.fromCharCode(code)),
)

const CODES: Uint8Array = /* @__PURE__ */ Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0))

/** Base64url without padding (RFC 4648 §5), of at most some ten thousand bytes, more than anything here has. */
export function encodeBase64Url(bytes: Uint8Array): string {
  const codes = new Array<number>(Math.ceil(bytes.length / 3) * 4)
  let at = 0
  for (let index = 0; index < bytes.length; index += 3) {
    const three = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    codes[at++] = CODES[three >> 18] ?? 0
    codes[at++] = CODES[(three >> 12) & 63] ?? 0
    codes[at++] = CODES[(three >> 6) & 63] ?? 0
    codes[at++] = CODES[three & 63] ?? 0
  }
  codes.length = Math.ceil((bytes.length * 4) / 3)
  // From character codes in one call: joining characters takes three times as long.
  return String.fromCharCode(...codes)
}

/**
 * The bytes, or null for anything that {@link encodeBase64Url} does not write: other characters, padding, an impossible
 * length, nonzero trailing bits (RFC 4648 §3.5). So no two texts have the same bytes.
 *
 * @param scratch the buffer for them if they fit, to be read before anything else is written to it
 */
export function decodeBase64Url(text: string, scratch?: Uint8Array): Uint8Array | null {
  const spare = (text.length * 6) % 8
  if (spare === 6) return null
  const length = (text.length * 6 - spare) / 8
  const bytes = scratch !== undefined && length <= scratch.length ? scratch.subarray(0, length) : new Uint8Array(length)
  let bits = 0
  let held = 0
  let at = 0
  for (let index = 0; index < text.length; index++) {
    const value = SEXTETS[text.charCodeAt(index)] ?? -1
    if (value < 0) return null
    held = ((held << 6) | value) & 0xfff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
    }
  }
  return (held & ((1 << spare) - 1)) === 0 ? bytes : null
}
