/** Crockford's alphabet in lower case: no i, l, o, u. */
export const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'

/** Five bits per character, the first bits first. The number of bytes must be a multiple of five. */
export function encodeCrockford(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; bits -= 5) text += CROCKFORD.charAt((held >> (bits - 5)) & 31)
  }
  return text
}
