/** Marks the error in every copy of this package: a process may load it as a module and as CommonJS. */
const BRAND: symbol = Symbol.for('countersign.error')

/** What went wrong. Codes stay the same within a major version. */
export type CountersignErrorCode =
  /** An option or argument passed by your code is out of range or of the wrong type. */
  | 'invalid_option'
  /** Not valid base32: a wrong character, length or trailing bits. */
  | 'invalid_base32'
  /** Not an otpauth URI, or one with a parameter out of range. */
  | 'invalid_uri'
  /** The key ring is missing, empty or malformed. */
  | 'keys_invalid'
  /** A stored value was sealed under a key that is not in the key ring. */
  | 'key_unknown'
  /** A stored record is damaged, or has a schema that this version does not know. */
  | 'record_invalid'
  /** `expectEnabled` was passed, but no record exists. */
  | 'record_missing'
  /** A record would grow past 16 KiB. */
  | 'record_too_large'
  /** A store returned something that the `UserStore` contract does not allow. */
  | 'store_invalid'
  /** Other writers won every retry; nothing was written. */
  | 'store_conflict'
  /** A hook, `openSession` included, returned something invalid, such as a user object instead of a boolean. */
  | 'hook_invalid'
  /** The runtime lacks something, such as `Buffer` on Workers without `nodejs_compat`. */
  | 'runtime_unsupported'

/**
 * A fault: misuse by your code, a broken store or a missing key. A wrong code, password, passkey or token is an outcome
 * instead. What a store or a hook rejects with is passed on unchanged, and is not wrapped in this class. The message
 * says what to do; it never contains a secret, a code or a token.
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

  /** Also true for errors of another copy of this package, such as the CommonJS one beside the module. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass inherits this method, and keeps the ordinary meaning.
    if (this !== CountersignError) return super[Symbol.hasInstance](value)
    return typeof value === 'object' && value !== null && BRAND in value
  }
}
