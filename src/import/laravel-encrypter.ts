import { cbc, gcm } from '@noble/ciphers/aes.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalText } from '../encoding/equal.ts'
import { encodeHex } from '../encoding/hex.ts'
import { utf8Bytes } from '../encoding/utf8.ts'
import { decodeBase64 } from './base64.ts'
import { jsonOf, readRow, textOf } from './row.ts'

const GCM_TAG_BYTES = 16

/**
 * Opens what `Illuminate\Encryption\Encrypter` sealed: base64 of JSON with `iv`, `value`, `mac` and `tag`. AES-128 or
 * AES-256, by the key's length; in CBC mode an HMAC-SHA256 of iv and value, in GCM mode a tag. Null if it does not
 * open.
 */
export function openLaravelPayload(payload: unknown, key: Uint8Array): string | null {
  const text = textOf(payload)
  const json = text === null ? null : decodeBase64(text.trim())
  const row = readRow(json === null ? null : jsonOf(textOf(json)))
  const [ivText, valueText] = [textOf(row.get('iv')), textOf(row.get('value'))]
  if (ivText === null || valueText === null) return null
  const [iv, value] = [decodeBase64(ivText), decodeBase64(valueText)]
  if (iv === null || value === null) return null
  const tag = textOf(row.get('tag'))
  const opened =
    tag === null || tag === ''
      ? openCbc(key, iv, value, `${ivText}${valueText}`, textOf(row.get('mac')))
      : openGcm(key, iv, value, decodeBase64(tag))
  return opened === null ? null : textOf(opened)
}

/** The MAC is checked before anything is decrypted. */
function openCbc(key: Uint8Array, iv: Uint8Array, value: Uint8Array, authentic: string, mac: string | null) {
  const expected = encodeHex(hmac(sha256, key, utf8Bytes(authentic))).toLowerCase()
  return mac !== null && equalText(mac, expected) ? attempt(() => cbc(key, iv).decrypt(value)) : null
}

function openGcm(key: Uint8Array, iv: Uint8Array, value: Uint8Array, tag: Uint8Array | null) {
  if (tag?.length !== GCM_TAG_BYTES || iv.length !== 12) return null
  const box = new Uint8Array([...value, ...tag])
  return attempt(() => gcm(key, iv).decrypt(box))
}

/** noble throws on a wrong tag, padding or length. */
function attempt(work: () => Uint8Array): Uint8Array | null {
  try {
    return work()
  } catch {
    return null
  }
}
