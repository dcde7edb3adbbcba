import { poly1305 } from '@noble/ciphers/_poly1305.js'
import { xchacha20 } from '@noble/ciphers/chacha.js'
import { equalBytes } from '../encoding/equal.ts'

/*
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03 §2.3, RFC 8439 §2.8) over noble's cipher and authenticator, in a box of
 * nonce, ciphertext and tag. To the byte what noble's own xchacha20poly1305 gives, which test/vault/xchacha.test.ts
 * holds; that one runs the cipher twice for each message, and so takes twice as long on messages as short as these,
 * which are most of a sign-in's cost.
 */

const BLOCK_BYTES = 64
const ONE_TIME_KEY_BYTES = 32
export const NONCE_BYTES = 24
const TAG_BYTES = 16

/** A nonce of 24 random bytes is never used twice under a key. */
export function encrypt(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, content: Uint8Array): Uint8Array {
  const { oneTimeKey, message } = crypt(key, nonce, content)
  const box = new Uint8Array(NONCE_BYTES + message.length + TAG_BYTES)
  box.set(nonce)
  box.set(message, NONCE_BYTES)
  box.set(tagOf(oneTimeKey, associated, message), NONCE_BYTES + message.length)
  oneTimeKey.fill(0)
  return box
}

/** The content, or null if the tag is not of this key, nonce, associated data and ciphertext. */
export function decrypt(key: Uint8Array, associated: Uint8Array, box: Uint8Array): Uint8Array | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null
  const ciphertext = box.subarray(NONCE_BYTES, -TAG_BYTES)
  const { oneTimeKey, message } = crypt(key, box.subarray(0, NONCE_BYTES), ciphertext)
  const isAuthentic = equalBytes(tagOf(oneTimeKey, associated, ciphertext), box.subarray(-TAG_BYTES))
  oneTimeKey.fill(0)
  if (isAuthentic) return message
  message.fill(0)
  return null
}

/** One run of the cipher: block 0 of its stream gives Poly1305's one-time key, the blocks after it cover the message. */
function crypt(key: Uint8Array, nonce: Uint8Array, message: Uint8Array) {
  const blocks = new Uint8Array(BLOCK_BYTES + message.length)
  blocks.set(message, BLOCK_BYTES)
  xchacha20(key, nonce, blocks, blocks)
  return { oneTimeKey: blocks.subarray(0, ONE_TIME_KEY_BYTES), message: blocks.subarray(BLOCK_BYTES) }
}

/** RFC 8439 §2.8: both parts padded with zeros to 16 bytes, then their lengths as 64-bit little-endian numbers. */
function tagOf(oneTimeKey: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const ciphertextAt = padded(associated.length)
  const lengthsAt = ciphertextAt + padded(ciphertext.length)
  const input = new Uint8Array(lengthsAt + 16)
  input.set(associated)
  input.set(ciphertext, ciphertextAt)
  for (let index = 0; index < 4; index += 1) {
    input[lengthsAt + index] = associated.length >>> (8 * index)
    input[lengthsAt + 8 + index] = ciphertext.length >>> (8 * index)
  }
  return poly1305(input, oneTimeKey)
}

function padded(length: number): number {
  return Math.ceil(length / 16) * 16
}
