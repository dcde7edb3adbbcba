/** Marks the error in every copy of this package: a process may load it as a module and as CommonJS. */
const BRAND: symbol = Symbol.for('countersign.error')

/** What went wrong, in a word that stays the same from version to version. */
export type CountersignErrorCode =
  /** An option or argument that the host passed is out of range or of the wrong type. */
  | 'invalid_option'
  /** Base32 text with a character, a length or trailing bits that it cannot have. */
  | 'invalid_base32'
  /** A URI that is no otpauth URI, or one with a parameter out of range. */
  | 'invalid_uri'
  /** The key ring is missing, empty or malformed. */
  | 'keys_invalid'
  /** A stored value was sealed under a key that the key ring does not hold. */
  | 'key_unknown'
  /** A stored record is damaged, or of a schema that this version does not know. */
  | 'record_invalid'
  /** The host expects two-factor authentication to be on, and there is no record of it. */
  | 'record_missing'
  /** A record would grow past 16 KiB. */
  | 'record_too_large'
  /** A store answered with something other than what the `UserStore` contract allows. */
  | 'store_invalid'
  /** Other writers won every round; nothing was written. */
  | 'store_conflict'
  /** A hook of the host's returned something that it must not, such as a user where true or false is asked. */
  | 'hook_invalid'
  /** The runtime lacks something, such as `Buffer` on Workers without `nodejs_compat`. */
  | 'runtime_unsupported'

/**
 * A fault: misuse by the host, a broken store, a missing key. What a person typed or a client sent is never one.
 * The message says what to do; it never holds a secret, a code or a token.
 */
export class CountersignError extends Error {
  /** What Node prints. Spelled out, since the CommonJS files are minified. */
  static override readonly name = 'CountersignError'
  override readonly name = 'CountersignError'
  readonly code: CountersignErrorCode

  constructor(code: CountersignErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** True for the error of another copy of this package too, such as the CommonJS one beside the module. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass inherits this method, and keeps the ordinary meaning.
    if (this !== CountersignError) return super[Symbol.hasInstance](value)
    return typeof value === 'object' && value !== null && BRAND in value
  }
}
