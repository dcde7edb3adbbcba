import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64Url } from '../encoding/base64url.ts'
import { crc32OfText } from '../encoding/crc32.ts'
import { CROCKFORD, encodeCrockford } from '../encoding/crockford.ts'
import { utf8Bytes } from '../encoding/utf8.ts'
import type { Random } from '../vault/random.ts'

const SECRET_BYTES = 20
const SECRET_LENGTH = 32
const CHECK_LENGTH = 7
const BODY = /^[0-9a-hjkmnp-tv-z]{39}$/

/** `prefix_`, 160 random bits, and a checksum of both: one word, so that a double click selects it. */
export function makeTokenText(prefix: string, random: Random): string {
  const unchecked = `${prefix}_${encodeCrockford(random(SECRET_BYTES))}`
  return unchecked + checksum(unchecked, unchecked.length)
}

/** Whether {@link makeTokenText} could have made this. Detects typing errors without a lookup. */
export function isTokenText(prefix: string, text: unknown): text is string {
  const start = prefix.length + 1
  if (typeof text !== 'string' || text.length !== start + SECRET_LENGTH + CHECK_LENGTH) return false
  if (!text.startsWith(prefix) || text.charAt(prefix.length) !== '_' || !BODY.test(text.slice(start))) return false
  return text.endsWith(checksum(text, start + SECRET_LENGTH))
}

/** What is stored instead of a token. With 160 random bits, no slower hash is needed. */
export function hashToken(text: string): string {
  return encodeBase64Url(sha256(utf8Bytes(text)))
}

/** CRC-32 of the first `length` characters as 35 bits, the first three of them zero. */
function checksum(text: string, length: number): string {
  const crc = crc32OfText(text, length)
  let check = ''
  for (let shift = (CHECK_LENGTH - 1) * 5; shift >= 0; shift -= 5) check += CROCKFORD.charAt((crc >>> shift) & 31)
  return check
}
