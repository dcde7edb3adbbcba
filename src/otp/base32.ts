/// <reference path="./thirty-two.d.ts" />
import thirtyTwo from 'thirty-two'
import { ownBytes } from '../encoding/bytes.ts'
import { CountersignError } from '../errors.ts'
import { describeType, invalidOption } from '../options/invalid-option.ts'
import { SEPARATORS } from './typed-code.ts'

const MAX_BYTES = 4096
const MAX_CHARACTERS = 8192

/** The possible lengths of the last, incomplete group of eight. With 1, 3 or 6, a character is missing. */
const LAST_GROUP: readonly number[] = [0, 2, 4, 5, 7]

/**
 * Encodes bytes as base32, in capitals and without padding, as otpauth URIs carry secrets (RFC 4648 §6).
 *
 * @param bytes up to 4096
 * @throws CountersignError `invalid_option` if it is not a Uint8Array or too long; `runtime_unsupported` without `Buffer`
 * @example
 * encodeBase32(new Uint8Array([102, 111, 111])) // 'MZXW6'
 */
export function encodeBase32(bytes: Uint8Array): string {
  const own = ownBytes(bytes)
  if (own === null) throw invalidOption('bytes', bytes, 'a Uint8Array')
  if (own.length > MAX_BYTES) throw invalidOption('bytes', own.length, `at most ${MAX_BYTES} long`)
  return withBuffer(() => thirtyTwo.encode(own).toString('latin1').replaceAll('=', ''))
}

/**
 * Decodes base32 text (RFC 4648 §6), as a person may have typed it: capitals or not, with spaces and dashes anywhere,
 * with or without padding. Bits of the last character beyond the last whole byte are ignored, as in authenticator apps:
 * many systems make secrets of random letters, where those bits are not zero. {@link encodeBase32} always writes zeros
 * (§3.5).
 *
 * @param text up to 8192 characters
 * @throws CountersignError `invalid_base32`, with the position but never the character; `runtime_unsupported` without
 *   `Buffer`
 * @example
 * decodeBase32('mzxw 6') // the bytes of 'foo'
 */
export function decodeBase32(text: string): Uint8Array {
  return new Uint8Array(decodeToBuffer(text))
}

/**
 * {@link decodeBase32} without the last copy: returns a Buffer on Node.
 *
 * @param field the text's name in an error
 */
export function decodeToBuffer(text: string, field = 'text'): Uint8Array {
  if (typeof text !== 'string') throw invalidBase32(field, `it is ${describeType(text)}, not a string`)
  if (text.length > MAX_CHARACTERS) throw invalidBase32(field, `it is longer than ${MAX_CHARACTERS} characters`)
  const clean = isPlain(text) ? text : withoutSeparatorsAndPadding(text, field)
  checkLength(clean, field)
  return withBuffer(() => thirtyTwo.decode(clean))
}

/** thirty-two accepts any character, so every one is checked here first. */
function isPlain(text: string): boolean {
  return /^[A-Za-z2-7]*$/.test(text)
}

function withoutSeparatorsAndPadding(text: string, field: string): string {
  let clean = ''
  let padding = 0
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (SEPARATORS.test(character)) continue
    if (character === '=') {
      padding++
    } else {
      if (!isPlain(character)) {
        const where = `character ${index + 1} of ${text.length}`
        throw invalidBase32(field, `${where} is not in its alphabet, A to Z and 2 to 7`)
      }
      if (padding > 0) throw invalidBase32(field, `character ${index + 1} of ${text.length} comes after padding`)
      clean += character
    }
  }
  if (padding > 0 && padding !== (8 - (clean.length % 8)) % 8) {
    throw invalidBase32(field, `${padding} characters of padding after ${clean.length} others are the wrong number`)
  }
  return clean
}

function checkLength({ length }: string, field: string): void {
  if (LAST_GROUP.includes(length % 8)) return
  throw invalidBase32(field, `it cannot have ${length} characters: one is missing, or there is one too many`)
}

function withBuffer<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    // The input was already checked: only the runtime's Buffer can be missing.
    throw new CountersignError(
      'runtime_unsupported',
      'Base32 needs the global `Buffer`, which this runtime lacks. On Cloudflare Workers set the compatibility flag `nodejs_compat` and a `compatibility_date` of 2024-09-23 or later. In a browser assign `globalThis.Buffer` first, for example from the npm package `buffer`.',
      { cause },
    )
  }
}

function invalidBase32(field: string, what: string): CountersignError {
  return new CountersignError('invalid_base32', `${field} is not base32: ${what}.`)
}
