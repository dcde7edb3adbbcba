import { utf8Length } from '../encoding/utf8.ts'

/** Half of a pair of UTF-16 units: text with one cannot be written as UTF-8. */
export const LONE_SURROGATE: RegExp = /\p{Surrogate}/u
/** A control character, such as a line break. */
export const CONTROL: RegExp = /\p{Cc}/u

/** What a person may call an authenticator or a token, in bytes of UTF-8. */
export const NAME_BYTES = 64

/**
 * The one rule for what a person calls an authenticator or a token, with the white space around it dropped.
 *
 * @returns null if it is not text of 1 to 64 bytes of UTF-8, is only blanks, or holds a control character
 */
export function readName(name: unknown): string | null {
  if (typeof name !== 'string' || name.length > NAME_BYTES) return null
  const trimmed = name.trim()
  if (trimmed === '' || utf8Length(trimmed) > NAME_BYTES) return null
  return CONTROL.test(trimmed) || LONE_SURROGATE.test(trimmed) ? null : trimmed
}
