import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as xchacha from '../../src/vault/xchacha.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const key = bytes(32)
const nonce = bytes(24)
// Up to their limits: by default, lists are short.
const associated = fc.uint8Array({ maxLength: 700, size: 'max' })
const content = fc.uint8Array({ maxLength: 3000, size: 'max' })
const copy = (read: Uint8Array) => read.slice()
const encrypt = (...parts: [key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, content: Uint8Array]) =>
  xchacha.encrypt(...parts, copy)
const decrypt = (...parts: [key: Uint8Array, associated: Uint8Array, box: Uint8Array]) =>
  xchacha.decrypt(...parts, copy)
const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

test('draft-irtf-cfrg-xchacha-03 A.3.1: nonce, ciphertext and tag', () => {
  const box = encrypt(
    fromHex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'),
    fromHex('404142434445464748494a4b4c4d4e4f5051525354555657'),
    fromHex('50515253c0c1c2c3c4c5c6c7'),
    new TextEncoder().encode(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    ),
  )
  expect(Buffer.from(box).toString('hex')).toBe(
    '404142434445464748494a4b4c4d4e4f5051525354555657' +
      'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216' +
      'cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13' +
      'b52ec0875924c1c7987947deafd8780acf49',
  )
})

test("it is noble's XChaCha20-Poly1305 to the byte, both ways [CS-SEAL-02]", () => {
  fc.assert(
    fc.property(key, nonce, associated, content, (key, nonce, associated, content) => {
      const box = Uint8Array.from([...nonce, ...xchacha20poly1305(key, nonce, associated).encrypt(content)])
      expect(encrypt(key, nonce, associated, content)).toEqual(box)
      expect(decrypt(key, associated, box)).toEqual(content)
    }),
  )
})

test('with one bit changed anywhere, in key, nonce, associated data, ciphertext or tag, it does not open', () => {
  fc.assert(
    fc.property(key, nonce, associated, content, fc.nat(), fc.nat(7), (key, nonce, associated, content, at, bit) => {
      const box = encrypt(key, nonce, associated, content)
      const parts = [key, associated, box].filter((part) => part.length > 0)
      const part = parts[at % parts.length] ?? box
      const index = Math.floor(at / parts.length) % part.length
      part[index] = (part[index] ?? 0) ^ (1 << bit)
      expect(decrypt(key, associated, box)).toBeNull()
    }),
  )
})

test('what moves between associated data and ciphertext does not open', () => {
  const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(24).fill(2)]
  const box = encrypt(key, nonce, fromHex('0011'), fromHex('2233'))
  expect(decrypt(key, fromHex('001100'), box)).toBeNull()
  expect(decrypt(key, fromHex('00'), box)).toBeNull()
})

test('what is shorter than nonce and tag does not open', () => {
  for (let length = 0; length < 40; length += 1) {
    expect(decrypt(new Uint8Array(32), new Uint8Array(0), new Uint8Array(length))).toBeNull()
  }
})

test('a tag that overlaps its nonce does not open', () => {
  const key = new Uint8Array(32).fill(1)
  const overlapping = Array.from({ length: 5000 }, (_, index) => {
    const nonce = new Uint8Array(24)
    new DataView(nonce.buffer).setUint32(0, index)
    const tag = encrypt(key, nonce, new Uint8Array(), new Uint8Array()).subarray(24)
    return tag[0] === nonce[23] ? Uint8Array.from([...nonce, ...tag.subarray(1)]) : null
  }).filter((box) => box !== null)
  expect(overlapping.length).toBeGreaterThan(0)
  for (const box of overlapping) expect(decrypt(key, new Uint8Array(), box)).toBeNull()
})

test('the bytes that a box or a content is read from are wiped afterwards, even if reading throws', () => {
  const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(24).fill(2)]
  const box = encrypt(key, nonce, new Uint8Array(), fromHex('00112233'))
  let seen = new Uint8Array()
  const failing = (bytes: Uint8Array) => {
    seen = bytes as Uint8Array<ArrayBuffer>
    throw new Error('The reader failed.')
  }
  expect(() => xchacha.encrypt(key, nonce, new Uint8Array(), fromHex('00112233'), failing)).toThrow()
  expect(seen).toEqual(new Uint8Array(24 + 4 + 16))
  expect(() => xchacha.decrypt(key, new Uint8Array(), box, failing)).toThrow()
  expect(seen).toEqual(new Uint8Array(4))
})
