import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { utf8Bytes, utf8Text } from '../../encoding/utf8.ts'

/*
 * A connection has a character set, and a database replaces or cuts characters outside it: two ids would become one.
 * ASCII is the same in each, so only ASCII is sent, and read from columns that may hold anything else.
 */

export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}

/** JSON with everything else escaped. */
export function asciiJson(value: unknown): string {
  return escaped(JSON.stringify(value))
}

/** The same JSON with all but ASCII escaped: outside its strings JSON is ASCII. */
export function escaped(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The UTF-8 of a text in hexadecimal. */
export function hexOf(text: string): string {
  return encodeHex(utf8Bytes(text))
}

/** The text of {@link hexOf}; anything else as it is. */
export function textOfHex(value: unknown): unknown {
  const bytes = typeof value === 'string' ? decodeHex(value) : null
  return bytes === null ? value : utf8Text(bytes)
}
