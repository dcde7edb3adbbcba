/**
 * A character that people, apps and clipboards put between the characters of a code: white space, a dash or minus sign,
 * or an invisible one (zero-width space, direction mark, soft hyphen).
 */
export const SEPARATORS: RegExp = /[\s\u0085\p{Dash_Punctuation}\u2212\p{Format}\p{Default_Ignorable_Code_Point}]/u

const EVERY_SEPARATOR = /* @__PURE__ */ new RegExp(SEPARATORS, 'gu')
const EVERY_DASH = /[\p{Dash_Punctuation}\u2212]/gu
const PLAIN = /^[0-9A-Za-z]*$/
const OTHER_DIGITS = /(?![0-9])\p{Decimal_Number}/gu
const DIGIT = /^\p{Decimal_Number}$/u
const MAX_TYPED = 64

/**
 * Normalizes what somebody typed into a code field: full-width characters narrowed (NFKC), decimal digits of any script
 * as ASCII digits, and no white space, dashes or invisible characters. Case is kept: the shape shows what kind of code
 * it may be.
 *
 * @returns null if it is not text, is longer than 64 characters, or nothing remains
 */
export function readTypedCode(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_TYPED) return null
  const text = PLAIN.test(value) ? value : withAsciiDigits(value.normalize('NFKC').replace(EVERY_SEPARATOR, ''))
  return text === '' ? null : text
}

/**
 * The same with its dashes, each as '-', as another library may have hashed it.
 *
 * @returns null if it is not text, or is longer than 64 characters, also after NFKC expands it
 */
export function readTypedText(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_TYPED) return null
  const dashed = value.normalize('NFKC').replace(EVERY_DASH, '-')
  const text = withAsciiDigits(dashed.replace(EVERY_SEPARATOR, (one) => (one === '-' ? one : '')))
  return text.length > MAX_TYPED ? null : text
}

function withAsciiDigits(text: string): string {
  return text.replace(OTHER_DIGITS, (digit) => String(digitValue(digit.codePointAt(0) ?? 0)))
}

/** A script's digits are consecutive from 0 to 9, and two scripts' digits may be adjacent (Unicode §4.6). */
function digitValue(codePoint: number): number {
  let first = codePoint
  while (DIGIT.test(String.fromCodePoint(first - 1))) first--
  return (codePoint - first) % 10
}

/** Whether it is exactly that many ASCII digits; {@link readTypedCode} converts those of other scripts. */
export function isDigits(text: string, digits: number): boolean {
  return numberOfDigits(text, digits) !== null
}

/** The number of a code of exactly that many ASCII digits, else null. */
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

/** The number of what somebody typed, if it is a code of that many digits, for `verifyHotp` and `verifyTotp`. */
export function readCode(value: unknown, digits: number): number | null {
  if (typeof value !== 'string') return null
  const number = numberOfDigits(value, digits)
  if (number !== null) return number
  const text = readTypedCode(value)
  return text === null ? null : numberOfDigits(text, digits)
}
