import { createHash } from 'node:crypto'
import { crc32 as crc32OfZlib } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../src/encoding/crc32.ts'
import { encodeCrockford } from '../../src/encoding/crockford.ts'
import { hashToken, isTokenText, makeTokenText } from '../../src/tokens/token-text.ts'
import { randomBytes } from '../../src/vault/random.ts'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const VECTOR = `acme_${'0'.repeat(32)}`

describe('the text of a token', () => {
  test('is prefix, 32 random characters and 7 of checksum, in lower case and without i, l, o and u', () => {
    for (let turn = 0; turn < 200; turn += 1) {
      expect(makeTokenText('acme', randomBytes)).toMatch(/^acme_[0-9a-hjkmnp-tv-z]{32}[0-3][0-9a-hjkmnp-tv-z]{6}$/)
    }
  })

  test('holds all 160 random bits, each in its place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const random = makeTokenText('acme', () => bytes).slice(5, 37)
        const bits = [...random].map((char) => ALPHABET.indexOf(char).toString(2).padStart(5, '0')).join('')
        expect(bits).toBe([...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''))
        expect(encodeCrockford(bytes)).toBe(random)
      }),
    )
  })

  test('ends in the CRC-32 of all before it, as zlib computes it [CS-TOKEN-04]', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...ALPHABET, '_'), maxLength: 60 }), (text) => {
        expect(crc32(new TextEncoder().encode(text))).toBe(crc32OfZlib(text))
      }),
    )
    const check = [...makeTokenText('acme', () => new Uint8Array(20)).slice(-7)]
    const value = check.reduce((sum, char) => sum * 32 + ALPHABET.indexOf(char), 0)
    expect(value).toBe(crc32OfZlib(VECTOR))
  })

  test('is refused with any one character wrong, or any two beside each other exchanged', () => {
    const token = makeTokenText('my_app2', randomBytes)
    expect(isTokenText('my_app2', token)).toBe(true)
    for (let at = 0; at < token.length; at += 1) {
      for (const char of `${ALPHABET}iLou_A`) {
        const slip = token.slice(0, at) + char + token.slice(at + 1)
        expect(isTokenText('my_app2', slip)).toBe(slip === token)
      }
      const swapped = token.slice(0, at) + (token[at + 1] ?? '') + token[at] + token.slice(at + 2)
      expect(isTokenText('my_app2', swapped)).toBe(swapped === token)
    }
  })

  test('is recognized, whatever the random bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.constantFrom('ab', 'a_1', 'acme'),
        (bytes, prefix) =>
          isTokenText(
            prefix,
            makeTokenText(prefix, () => bytes),
          ),
      ),
    )
  })

  test('is stored as its SHA-256 in base64url', () => {
    const token = makeTokenText('acme', randomBytes)
    expect(hashToken(token)).toBe(createHash('sha256').update(token).digest('base64url'))
  })
})
