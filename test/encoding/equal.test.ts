import fc from 'fast-check'
import { expect, test } from 'vitest'
import { equalBytes, equalText } from '../../src/encoding/equal.ts'

test('bytes and text are equal exactly when they are', () => {
  const bytes = fc.uint8Array({ max: 2, maxLength: 4 })
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const same = a.join() === b.join()
      expect(equalBytes(a, b)).toBe(same)
      expect(equalText(String.fromCharCode(...a), String.fromCharCode(...b))).toBe(same)
    }),
    { numRuns: 1000 },
  )
})

test.each([0, 1, 7, 15])('one bit at place %i makes the difference', (place) => {
  const a = new Uint8Array(16).fill(0x41)
  const b = a.slice()
  b[place] = 0xc1
  expect(equalBytes(a, a.slice())).toBe(true)
  expect(equalBytes(a, b)).toBe(false)
  expect(equalText(String.fromCharCode(...a), String.fromCharCode(...b))).toBe(false)
})
