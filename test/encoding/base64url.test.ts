import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64Url, encodeBase64Url } from '../../src/encoding/base64url.ts'

test('any bytes come back, and the text is what Node writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64Url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(decodeBase64Url(text)).toEqual(bytes)
    }),
  )
})

test('text is read only if it is exactly what encoding writes', () => {
  const oneOff = fc.string({ unit: fc.constantFrom(...'ABgx09-_+/= \n\u00c1\u0141'), maxLength: 12 })
  fc.assert(
    fc.property(oneOff, (text) => {
      const bytes = decodeBase64Url(text)
      if (bytes !== null) expect(encodeBase64Url(bytes)).toBe(text)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['padding', 'Zg=='],
  ['an alien character', 'Zm9v!'],
  ['the other base64 alphabet', '+/+/'],
  ['a line break', 'Zm9v\n'],
  ['a length that cannot be', 'Zm9vZ'],
  ['trailing bits that are not zero', 'Zh'],
  ['a character whose low byte would do', '\u0141\u0141'],
])('%s is refused', (_, text) => {
  expect(decodeBase64Url(text)).toBeNull()
})

test('no bytes are no text', () => {
  expect(encodeBase64Url(new Uint8Array())).toBe('')
  expect(decodeBase64Url('')).toEqual(new Uint8Array())
})

test('in a scratch buffer, which holds older bytes, or beside one that is too small, the bytes are the same', () => {
  const scratch = new Uint8Array(30).fill(0xff)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (given) => {
      const bytes = decodeBase64Url(encodeBase64Url(given), scratch)
      expect(bytes).toEqual(given)
      expect(bytes?.buffer === scratch.buffer).toBe(given.length <= 30)
    }),
  )
})
