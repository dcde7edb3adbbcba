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
})

test.each([
  ['Arabic', '٠١٢٣٤٥'],
  ['Persian', '۰۱۲۳۴۵'],
  ['Devanagari', '०१२३४५'],
  ['Thai', '๐๑๒๓๔๕'],
  ['full-width', '０１２３４５'],
  ['mathematical', '𝟘𝟙𝟚𝟛𝟜𝟝'],
  ['mixed, in groups', '٠۱२ 345'],
])('%s digits are read as the digits that they are', (_, typed) => {
  expect(readTypedCode(typed)).toBe('012345')
})

test('every decimal digit of Unicode has the value that its script gives it', () => {
  const digits = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint)
    .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
    .map((codePoint) => String.fromCodePoint(codePoint))
    .filter((character) => /\p{Decimal_Number}/u.test(character))
  const values = digits.map((digit) => readTypedCode(digit))
  expect(digits.length).toBeGreaterThan(600)
  expect(digits.length % 10).toBe(0)
  expect(values).toEqual(digits.map((_, index) => String(index % 10)))
})

test('invisible characters that a copy brings along are dropped', () => {
  for (const invisible of ['\u200b', '\u200e', '\u200f', '\u202a', '\u2066', '\u00ad', '\u2060', '\ufeff', '\ufe0f']) {
    expect(readTypedCode(`${invisible}012${invisible}345${invisible}`)).toBe('012345')
  }
  expect(readTypedCode('\u200b\u00ad')).toBeNull()
})

test('full-width letters and dashes of a recovery code are read as the plain ones', () => {
  expect(readTypedCode('ＡＢＣＤ－1234﹣efgh')).toBe('ABCD1234efgh')
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
