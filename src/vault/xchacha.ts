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
  const blocks = crypt(key, nonce, content)
  const message = blocks.subarray(BLOCK_BYTES)
  const box = new Uint8Array(NONCE_BYTES + message.length + TAG_BYTES)
  box.set(nonce)
  box.set(message, NONCE_BYTES)
  box.set(tagOf(blocks, associated, message), NONCE_BYTES + message.length)
  blocks.fill(0)
  return box
}

/** The content, or null if the tag is not of this key, nonce, associated data and ciphertext. */
export function decrypt(key: Uint8Array, associated: Uint8Array, box: Uint8Array): Uint8Array | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null
  const ciphertext = box.subarray(NONCE_BYTES, -TAG_BYTES)
  const blocks = crypt(key, box.subarray(0, NONCE_BYTES), ciphertext)
  const isAuthentic = equalBytes(tagOf(blocks, associated, ciphertext), box.subarray(-TAG_BYTES))
  const message = isAuthentic ? blocks.slice(BLOCK_BYTES) : null
  blocks.fill(0)
  return message
}

/**
 * Buffers of more than 64 bytes live outside V8's heap, where making and freeing one costs more than filling it: reusing
 * these two makes a sign-in 8 % cheaper. They hold nothing between two calls, and no call waits for anything.
 */
const BLOCKS = /* @__PURE__ */ new Uint8Array(512)
const TAGGED = /* @__PURE__ */ new Uint8Array(512)

/** The first `length` bytes of the scratch buffer, or a new buffer if it is too small; zeros, whatever a call before did. */
function reserve(scratch: Uint8Array, length: number): Uint8Array {
  return length <= scratch.length ? scratch.subarray(0, length).fill(0) : new Uint8Array(length)
}

/**
 * One run of the cipher: block 0 of its stream gives Poly1305's one-time key, the blocks after it cover the message. The
 * caller wipes the blocks.
 */
function crypt(key: Uint8Array, nonce: Uint8Array, message: Uint8Array): Uint8Array {
  const blocks = reserve(BLOCKS, BLOCK_BYTES + message.length)
  blocks.set(message, BLOCK_BYTES)
  xchacha20(key, nonce, blocks, blocks)
  return blocks
}

/** RFC 8439 §2.8: both parts padded with zeros to 16 bytes, then their lengths as 64-bit little-endian numbers. */
function tagOf(blocks: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const ciphertextAt = padded(associated.length)
  const lengthsAt = ciphertextAt + padded(ciphertext.length)
  const input = reserve(TAGGED, lengthsAt + 16)
  input.set(associated)
  input.set(ciphertext, ciphertextAt)
  for (let index = 0; index < 4; index += 1) {
    input[lengthsAt + index] = associated.length >>> (8 * index)
    input[lengthsAt + 8 + index] = ciphertext.length >>> (8 * index)
  }
  const tag = poly1305(input, blocks.subarray(0, ONE_TIME_KEY_BYTES))
  input.fill(0)
  return tag
}

function padded(length: number): number {
  return Math.ceil(length / 16) * 16
}
