/** One character that people and apps put between the digits of a code: any white space, hyphen, dash or minus sign. */
export const SEPARATORS: RegExp = /[\s\u0085\-\u2010-\u2014\u2212]/u

const EVERY_SEPARATOR = new RegExp(SEPARATORS, 'gu')
const MAX_TYPED = 64

/**
 * What somebody typed into a code field, without its spaces and dashes. Null for what is no text, longer than 64
 * characters, or empty then. Case and alphabet are left as they are: the shape tells what kind of code it may be.
 */
export function readTypedCode(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_TYPED) return null
  const text = SEPARATORS.test(value) ? value.replace(EVERY_SEPARATOR, '') : value
  return text === '' ? null : text
}

/** Is this a code of so many ASCII digits? Digits of other scripts are none: an app never shows them. */
export function isDigits(text: string, digits: number): boolean {
  return numberOfDigits(text, digits) !== null
}

/** The number that a code of exactly so many ASCII digits writes, else null. */
export function numberOfDigits(text: string, digits: number): number | null {
  if (text.length !== digits) return null
  let number = 0
  for (let index = 0; index < digits; index++) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return null
    number = number * 10 + digit
  }
  return number
}

/** The number of what somebody typed, if it is a code of so many digits: what `verifyHotp` and `verifyTotp` look at. */
export function readCode(value: unknown, digits: number): number | null {
  if (typeof value !== 'string') return null
  const number = numberOfDigits(value, digits)
  if (number !== null) return number
  const text = readTypedCode(value)
  return text === null ? null : numberOfDigits(text, digits)
}
