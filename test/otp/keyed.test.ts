import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf, findCounter } from '../../src/otp/keyed.ts'

const HASHES = { SHA1: sha1, SHA256: sha256, SHA512: sha512 }
const ALGORITHMS = ['SHA1', 'SHA256', 'SHA512'] as const

/** RFC 4226 §5.3 by the book, on the HMAC that @noble/hashes has. */
function plainCode(algorithm: keyof typeof HASHES, secret: Uint8Array, counter: number, digits: number): string {
  const message = new Uint8Array(8)
  new DataView(message.buffer).setBigUint64(0, BigInt(counter))
  const digest = hmac(HASHES[algorithm], secret, message)
  const offset = (digest.at(-1) ?? 0) & 15
  const number = new DataView(digest.buffer, digest.byteOffset).getUint32(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

test('for any key, counter, digits and algorithm, in any order, the code is what a plain HMAC gives', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const),
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.maxSafeNat(),
      fc.integer({ min: 6, max: 8 }),
      (algorithm, secret, counter, digits) => {
        const code = plainCode(algorithm, secret, counter, digits)
        expect(codeOf(secret, algorithm, digits, counter)).toBe(code)
        expect(findCounter(secret, algorithm, digits, Number(code), [counter])).toBe(counter)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([63, 64, 65, 127, 128, 129])('a key of %i bytes is hashed first only if longer than a block', (length) => {
  const secret = new Uint8Array(length).fill(0xa5)
  for (const algorithm of ['SHA1', 'SHA256', 'SHA512'] as const) {
    expect(codeOf(secret, algorithm, 8, 1)).toBe(plainCode(algorithm, secret, 1, 8))
  }
})

test('the first counter of the list that matches is found, not the lowest', () => {
  const secret = new Uint8Array(20)
  const wanted = Number(codeOf(secret, 'SHA1', 6, 7))
  expect(findCounter(secret, 'SHA1', 6, wanted, [9, 8, 7, 6])).toBe(7)
  expect(findCounter(secret, 'SHA1', 6, wanted, [9, 8, 6])).toBeNull()
  expect(findCounter(secret, 'SHA1', 6, wanted, [])).toBeNull()
})

test('codes are the same with hash objects that can only be cloned', async () => {
  const prototypes = [sha1, sha256, sha512].map((hash) => Object.getPrototypeOf(hash.create()))
  const own = prototypes.map((prototype) => ({ prototype, cloneInto: prototype._cloneInto }))
  for (const { prototype, cloneInto } of own) {
    prototype.clone = function clone() {
      return cloneInto.call(this)
    }
    prototype._cloneInto = undefined
  }
  try {
    const codes = ALGORITHMS.map((algorithm) => codeOf(new Uint8Array(200).fill(7), algorithm, 8, 5))
    restore()
    expect(codes).toEqual(ALGORITHMS.map((algorithm) => plainCode(algorithm, new Uint8Array(200).fill(7), 5, 8)))
  } finally {
    restore()
  }
  function restore() {
    for (const { prototype, cloneInto } of own) {
      delete prototype.clone
      prototype._cloneInto = cloneInto
    }
  }
})
