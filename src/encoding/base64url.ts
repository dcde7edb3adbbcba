const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += ALPHABET.charAt((held >> bits) & 63)
    }
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (6 - bits)) & 63)
}

/**
 * The bytes, or null for anything that {@link encodeBase64Url} does not write: alien characters, padding, an impossible
 * length, trailing bits that are not zero (RFC 4648 §3.5). So two texts never stand for the same bytes.
 */
export function decodeBase64Url(text: string): Uint8Array | null {
  const spare = (text.length * 6) % 8
  if (spare === 6) return null
  const bytes = new Uint8Array((text.length * 6 - spare) / 8)
  let bits = 0
  let held = 0
  let at = 0
  for (let index = 0; index < text.length; index++) {
    const value = sextet(text.charCodeAt(index))
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

function sextet(charCode: number): number {
  if (charCode >= 97 && charCode <= 122) return charCode - 71
  if (charCode >= 65 && charCode <= 90) return charCode - 65
  if (charCode >= 48 && charCode <= 57) return charCode + 4
  if (charCode === 45) return 62
  return charCode === 95 ? 63 : -1
}
