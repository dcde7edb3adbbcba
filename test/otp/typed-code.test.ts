import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDigits, readTypedCode } from '../../src/otp/typed-code.ts'

test('spaces and dashes go, whatever kind they are and wherever they stand', () => {
  const space = fc.constantFrom(...' \t\n\r\u0085\u00a0\u1680\u2003\u2028\u202f\u205f\u3000\ufeff')
  const dash = fc.constantFrom(...'-\u2010\u2011\u2012\u2013\u2014\u2212')
  fc.assert(
    fc.property(fc.array(fc.oneof(space, dash, fc.constantFrom(...'012ABc.')), { maxLength: 64 }), (characters) => {
      const rest = characters.filter((character) => /[012ABc.]/.test(character)).join('')
      expect(readTypedCode(characters.join(''))).toBe(rest === '' ? null : rest)
    }),
    { numRuns: 500 },
  )
})

test('case, letters and other characters are left as they are', () => {
  expect(readTypedCode(' abcd-EFGH_1234 ')).toBe('abcdEFGH_1234')
  expect(readTypedCode('１２３４５６')).toBe('１２３４５６')
})

test('at most 64 characters are looked at', () => {
  expect(readTypedCode('1'.repeat(64))).toBe('1'.repeat(64))
  expect(readTypedCode('1'.repeat(65))).toBeNull()
  expect(readTypedCode(`${' '.repeat(59)}123456`)).toBeNull()
})

test('what is no text is null', () => {
  for (const value of [
    undefined,
    null,
    123456,
    ['123456'],
    {},
    Symbol('1'),
    1n,
    Reflect.construct(String, ['123456']),
  ]) {
    expect(readTypedCode(value)).toBeNull()
  }
})

test('digits are ASCII digits, exactly as many', () => {
  expect(isDigits('000123', 6)).toBe(true)
  for (const text of [
    '00012',
    '0001234',
    '１２３４５６',
    '٠١٢٣٤٥',
    '12345a',
    '12345 ',
    '-12345',
    '1234.5',
    '1e1000',
    '',
  ]) {
    expect(isDigits(text, 6)).toBe(false)
  }
})
