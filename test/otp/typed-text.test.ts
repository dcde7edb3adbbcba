import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTypedCode, readTypedText } from '../../src/otp/typed-code.ts'

test('what was typed keeps its case and its dashes, and nothing else that separates', () => {
  expect(readTypedText(' aBcD\u2014\u200b12\u00ad\u0663\u0664 ')).toBe('aBcD-1234')
  expect(readTypedText('ａｂｃ－１２')).toBe('abc-12')
  // '⑽' is spelled out as '(10)'.
  for (const given of [5, 'x'.repeat(65), '\u247d'.repeat(17)]) expect(readTypedText(given)).toBeNull()
  expect(readTypedText(`${' '.repeat(60)}-1234`)).toBeNull()
  expect(readTypedText('x'.repeat(64))).toBe('x'.repeat(64))
  expect(readTypedText('\u247d'.repeat(16))).toBe('(10)'.repeat(16))
})

test('without its dashes it is the code as every other is read', () => {
  const pieces = fc.constantFrom(
    'a',
    'Z',
    '0',
    '9',
    '-',
    '\u2013',
    '\u2212',
    ' ',
    '\u00ad',
    '\u200f',
    '\u0664',
    '９',
    'é',
    '\ud83d',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 70 }), (parts) => {
      const text = parts.join('')
      expect(readTypedText(text)?.replaceAll('-', '') || null).toBe(readTypedCode(text))
    }),
  )
})
