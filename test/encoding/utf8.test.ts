import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { utf8Bytes, utf8Into, utf8Length, utf8Text } from '../../src/encoding/utf8.ts'

test('the length is that of the bytes, for any text and any broken text', () => {
  const unit = fc.constantFrom(
    'a',
    '\u0000',
    '\u007f',
    '\u0080',
    '\u07ff',
    '\u0800',
    '\uffff',
    '\ud83d',
    '\ude00',
    '😀',
  )
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' })), (text) => {
      expect(utf8Length(text)).toBe(utf8Bytes(text).length)
    }),
    { numRuns: 500 },
  )
})

test('text is written in UTF-8', () => {
  expect([...utf8Bytes('aé€😀')]).toEqual([0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80])
})

test('without TextEncoder and TextDecoder, as in jsdom under Jest, text is the same', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', 'é', '\ud83d', '\ude00', '%') }),
  )
  vi.stubGlobal('TextEncoder', undefined)
  vi.stubGlobal('TextDecoder', undefined)
  vi.resetModules()
  const without = await import('../../src/encoding/utf8.ts')
  fc.assert(
    fc.property(text, (given) => {
      const bytes = utf8Bytes(given)
      expect([...without.utf8Bytes(given)]).toEqual([...bytes])
      expect(without.utf8Text(bytes)).toBe(given.replace(/\p{Surrogate}/gu, '\ufffd'))
    }),
  )
  vi.unstubAllGlobals()
})

test('a U+FEFF at the beginning stays: a user id that begins with one is not another user', () => {
  expect(utf8Text(utf8Bytes('\ufeffann'))).toBe('\ufeffann')
})

test('in a scratch buffer, which holds older bytes, or beside one that is too small, the bytes are the same', () => {
  const scratch = new Uint8Array(30).fill(0xff)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      const bytes = utf8Into(scratch, text)
      expect([...bytes]).toEqual([...utf8Bytes(text)])
      expect(bytes.buffer === scratch.buffer).toBe(text.length <= 10)
    }),
  )
})
