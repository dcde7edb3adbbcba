import { utf8Length } from '../encoding/utf8.ts'

/** Half of a pair of UTF-16 units: text with one cannot be written as UTF-8. */
export const LONE_SURROGATE: RegExp = /\p{Surrogate}/u
/** A control character, such as a line break. */
export const CONTROL: RegExp = /\p{Cc}/u

const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u

/** Whether nothing of it can be seen: white space and invisible characters only. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text)
}

/** The longest name of an authenticator or a token, in bytes of UTF-8. */
export const NAME_BYTES = 64
/** Longer text is not read at all, whatever is white space in it. */
const READ_LENGTH = 4 * NAME_BYTES

/**
 * Reads the name of an authenticator or a token, without the white space around it.
 *
 * @returns null if it is not text of 1 to 64 bytes of UTF-8 then, is blank, or contains a control character
 */
export function readName(name: unknown): string | null {
  if (typeof name !== 'string' || name.length > READ_LENGTH) return null
  const trimmed = name.trim()
  if (isBlank(trimmed) || utf8Length(trimmed) > NAME_BYTES) return null
  return CONTROL.test(trimmed) || LONE_SURROGATE.test(trimmed) ? null : trimmed
}

/** The same where a name is optional: '' if there is none. A form sends an empty one then. */
export function readOptionalName(name: unknown): string | null {
  const isNone = name === undefined || (typeof name === 'string' && name.length <= READ_LENGTH && isBlank(name))
  return isNone ? '' : readName(name)
}
