/** Half of a pair of UTF-16 units: text with one cannot be written as UTF-8. */
export const LONE_SURROGATE: RegExp = /\p{Surrogate}/u
/** A control character, such as a line break. */
export const CONTROL: RegExp = /\p{Cc}/u
