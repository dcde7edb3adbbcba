import { Poly1305 } from '@noble/ciphers/_poly1305.js'
import { chacha20, hchacha } from '@noble/ciphers/chacha.js'
import { equalBytes } from '../encoding/equal.ts'

/*
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03 §2.3, RFC 8439 §2.8) over noble's cipher and authenticator, in a box
 * of nonce, ciphertext and tag. The bytes equal those of noble's own xchacha20poly1305 (test/vault/xchacha.test.ts),
 * which runs the cipher twice per message, and so takes twice as long on messages this short, which are most of a
 * sign-in's cost.
 */

const BLOCK_BYTES = 64
const ONE_TIME_KEY_BYTES = 32
export const NONCE_BYTES = 24
const TAG_BYTES = 16

/**
 * Uses a box or a message. The bytes are in a scratch buffer, which is wiped when it returns, so it must copy what it
 * keeps.
 */
export type Read<Result> = (bytes: Uint8Array) => Result

/** The nonce is 24 random bytes, never used twice under a key. */
export function encrypt<Result>(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  content: Uint8Array,
  read: Read<Result>,
): Result {
  const end = BLOCK_BYTES + content.length
  const scratch = reserve(BLOCKS, end + TAG_BYTES)
  try {
    const message = crypt(key, nonce, content, scratch)
    scratch.set(tagOf(scratch, associated, message), end)
    // The nonce goes right before the ciphertext, over a part of block 0 that is not the key.
    scratch.set(nonce, BLOCK_BYTES - NONCE_BYTES)
    return read(scratch.subarray(BLOCK_BYTES - NONCE_BYTES))
  } finally {
    scratch.fill(0)
  }
}

/**
 * The result of reading the content, or null if the tag does not match the key, nonce, associated data and ciphertext.
 */
export function decrypt<Result>(
  key: Uint8Array,
  associated: Uint8Array,
  box: Uint8Array,
  read: Read<Result>,
): Result | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null
  const ciphertext = box.subarray(NONCE_BYTES, -TAG_BYTES)
  const scratch = reserve(BLOCKS, BLOCK_BYTES + ciphertext.length)
  try {
    const message = crypt(key, box.subarray(0, NONCE_BYTES), ciphertext, scratch)
    const isAuthentic = equalBytes(tagOf(scratch, associated, ciphertext), box.subarray(-TAG_BYTES))
    return isAuthentic ? read(message) : null
  } finally {
    scratch.fill(0)
  }
}

/**
 * Buffers of more than 64 bytes live outside V8's heap, and so do smaller ones once they have a view. Creating and
 * freeing one costs more than filling it: reusing these and those of vault.ts makes a sign-in a tenth faster. They keep
 * nothing between calls, and every call is synchronous.
 */
const BLOCKS = /* @__PURE__ */ new Uint8Array(512)
const TAGGED = /* @__PURE__ */ new Uint8Array(512)

/** HChaCha20's key, the nonce's first 16 bytes, and the key that it derives: in words, and as bytes. */
const WORDS = /* @__PURE__ */ new Uint32Array(20)
const BYTES = /* @__PURE__ */ new Uint8Array(WORDS.buffer)
/** Four zeros, then the rest of the nonce. */
const REST_OF_NONCE = /* @__PURE__ */ new Uint8Array(12)
/** “expand 32-byte k” (RFC 8439 §2.3). */
const SIGMA = /* @__PURE__ */ Uint32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574)

/** The first `length` bytes of the scratch buffer, or a new buffer if it is too small; always zeroed. */
function reserve(scratch: Uint8Array, length: number): Uint8Array {
  return length <= scratch.length ? scratch.subarray(0, length).fill(0) : new Uint8Array(length)
}

/**
 * One run of the cipher: block 0 of its stream is Poly1305's one-time key, the next blocks encrypt the message. The
 * caller wipes the scratch buffer.
 *
 * @returns the processed message
 */
function crypt(key: Uint8Array, nonce: Uint8Array, message: Uint8Array, scratch: Uint8Array): Uint8Array {
  const blocks = scratch.subarray(0, BLOCK_BYTES + message.length)
  blocks.set(message, BLOCK_BYTES)
  xchacha20(key, nonce, blocks)
  return blocks.subarray(BLOCK_BYTES)
}

/**
 * XChaCha20 in place (draft-irtf-cfrg-xchacha-03 §2.3): ChaCha20 with a key and a nonce that HChaCha20 derives. Noble's
 * own makes more views and copies, which took a tenth of a sign-in.
 */
function xchacha20(key: Uint8Array, nonce: Uint8Array, blocks: Uint8Array): void {
  try {
    BYTES.set(key)
    BYTES.set(nonce.subarray(0, 16), 32)
    REST_OF_NONCE.set(nonce.subarray(16), 4)
    hchacha(SIGMA, WORDS.subarray(0, 8), WORDS.subarray(8, 12), WORDS.subarray(12))
    chacha20(BYTES.subarray(48), REST_OF_NONCE, blocks, blocks)
  } finally {
    BYTES.fill(0)
  }
}

/** RFC 8439 §2.8: both parts padded with zeros to 16 bytes, then their lengths as 64-bit little-endian numbers. */
function tagOf(scratch: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const ciphertextAt = padded(associated.length)
  const lengthsAt = ciphertextAt + padded(ciphertext.length)
  const input = reserve(TAGGED, lengthsAt + 16)
  input.set(associated)
  input.set(ciphertext, ciphertextAt)
  for (let index = 0; index < 4; index += 1) {
    input[lengthsAt + index] = associated.length >>> (8 * index)
    input[lengthsAt + 8 + index] = ciphertext.length >>> (8 * index)
  }
  const mac = new Poly1305(scratch.subarray(0, ONE_TIME_KEY_BYTES))
  // Block by block: `update`, which copies the input first, takes half as long again. Private, but present in each
  // version that package.json allows.
  for (let at = 0; at < input.length; at += 16) mac['process'](input, at)
  const tag = mac.digest()
  input.fill(0)
  return tag
}

function padded(length: number): number {
  return Math.ceil(length / 16) * 16
}
