import { decodeBase64Url, encodeBase64Url } from '../encoding/base64url.ts'
import { ownBytes } from '../encoding/bytes.ts'
import { CountersignError } from '../errors.ts'
import { describeGiven, describeType } from '../options/invalid-option.ts'
import { randomBytes } from './random.ts'

const KEY_BYTES = 32
const MAX_KEYS = 32
const MAX_TEXT = 4096
/** A key that repeats its first 1, 2 … bytes is not random. */
const PATTERNS = [1, 2, 4, 8, 16]
const ID = /^[A-Za-z0-9_-]{1,32}$/

const MAKE_ONE = `Make a key with:\n  node -e "import('countersign').then(({ generateKey }) => console.log(generateKey()))"`

/** The source of a key ring: text of an environment variable, keys that you unwrapped yourself, or a key ring. */
export type KeySource = string | readonly { id: string; key: Uint8Array }[] | KeyRing | undefined

/** Keys by id. The first seals, all of them open. Keeps its keys in a closure, so that printing it shows none. */
export interface KeyRing {
  /** The id of the key that seals. */
  readonly first: string
  readonly ids: readonly string[]
  /** The 32 bytes of the key, or undefined if the ring has no key with that id. */
  key(id: string): Uint8Array | undefined
}

/**
 * Creates a key for the key ring: text `id:base64url`, 256 random bits.
 *
 * @param id 1 to 32 of A-Z, a-z, 0-9, `_`, `-`; random if left out
 * @throws CountersignError `keys_invalid` for an invalid id
 * @example
 * console.log(generateKey('2026-11')) // 2026-11:q2Zk…
 */
export function generateKey(id: string = `k${encodeHex(randomBytes(4))}`): string {
  checkId(id, 'id')
  return `${id}:${encodeBase64Url(randomBytes(KEY_BYTES))}`
}

/**
 * Reads a key ring: the text `id:base64url,id:base64url` of an environment variable, or keys that you unwrapped
 * yourself, such as from a KMS. The first key seals; all of them open. To rotate a key, follow the three steps in
 * docs/keys.md.
 *
 * @throws CountersignError `keys_invalid` if it is missing, empty or malformed; the message says how to create a key
 * @example
 * const keys = keyRing(process.env.COUNTERSIGN_KEYS)
 */
export function keyRing(source: KeySource): KeyRing {
  const entries = entriesOf(source)
  if (!Array.isArray(entries) || entries.length === 0) throw missing(source)
  if (entries.length > MAX_KEYS) throw invalid(`The key ring has ${entries.length} keys; at most ${MAX_KEYS} are read.`)

  const keys = new Map<string, Uint8Array>()
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null) {
      throw invalid(`keys[${index}] must be { id, key }; got ${describeGiven(entry)}.${textHint(entry)}`)
    }
    const { id, key } = entry
    checkId(id, `keys[${index}].id`)
    if (keys.has(id)) throw invalid(`The key ring has two keys with the id '${id}'; every key needs its own id.`)
    const bytes = ownBytes(key)
    if (bytes === null || bytes.length !== KEY_BYTES) {
      const got = bytes === null ? describeGiven(key) : `${bytes.length} bytes`
      throw invalid(`The key '${id}' must be ${KEY_BYTES} bytes (43 characters of base64url); got ${got}.`)
    }
    if (isPattern(bytes)) throw invalid(`The key '${id}' is the same few bytes again and again, so it can be guessed.`)
    keys.set(id, new Uint8Array(bytes))
  }
  const ids = [...keys.keys()]
  const [first = ''] = ids
  return Object.freeze({ first, ids: Object.freeze(ids), key: (id: string) => keys.get(id) })
}

/** A handmade ring is checked like any other. */
function entriesOf(source: KeySource): unknown {
  if (typeof source === 'string') return readText(source)
  return isKeyRing(source) && Array.isArray(source.ids) ? source.ids.map((id) => ({ id, key: source.key(id) })) : source
}

/** Such as a buffer that was never filled, or a repeated word. */
function isPattern(key: Uint8Array): boolean {
  return PATTERNS.some((length) => key.every((byte, index) => byte === key[index % length]))
}

function isKeyRing(source: KeySource): source is KeyRing {
  return typeof source === 'object' && source !== null && 'key' in source && typeof source.key === 'function'
}

function readText(source: string): { id: string; key: Uint8Array }[] {
  if (source.trim() === '') return []
  if (source.length > MAX_TEXT) throw invalid(`The key ring's text is longer than ${MAX_TEXT} characters.`)
  return source.split(',').map((entry, index) => {
    const which = `Key ${index + 1} of the key ring`
    const text = entry.trim()
    if (text === '') throw invalid(`${which} is empty: there is a comma too many.`)
    if (/["'`]/.test(text)) throw invalid(`${which} has quotation marks in it. Remove them from the environment file.`)
    if (/[\s;]/.test(text)) throw invalid(`${which} has a space or semicolon in it. Separate keys with commas.`)
    const [id = '', encoded, ...more] = text.split(':')
    if (encoded === undefined || more.length > 0) {
      throw invalid(`${which} is not of the form id:base64url.`)
    }
    if (id.includes('=')) throw invalid(`${which} begins with the name of a variable. Pass only its value.`)
    checkId(id, `The id of key ${index + 1}`)
    const key = decodeBase64Url(encoded)
    if (key === null) throw invalid(`The key '${id}' is not base64url (A-Z, a-z, 0-9, '-', '_', no padding).`)
    return { id, key }
  })
}

function checkId(id: unknown, name: string): void {
  if (typeof id === 'string' && ID.test(id)) return
  throw invalid(`${name} must be 1 to 32 of A-Z, a-z, 0-9, '_' and '-'; got ${describeGiven(id)}.`)
}

function missing(source: unknown): CountersignError {
  if (source === undefined) {
    return invalid('The key ring is missing: `keys` is undefined. Is the environment variable set?')
  }
  if (source === null || source === '' || Array.isArray(source)) {
    return invalid('The key ring is missing: `keys` is empty.')
  }
  if (typeof source === 'string') return invalid('The key ring is missing: `keys` is blank.')
  const isBytes = describeType(source) === 'a Uint8Array'
  const hint = isBytes ? " A key needs an id: pass [{ id: 'k1', key }]." : ''
  return invalid(`\`keys\` must be text, a list of { id, key }, or a key ring; got ${describeType(source)}.${hint}`)
}

function textHint(entry: unknown): string {
  return typeof entry === 'string' ? " Join texts with commas: keys.join(',')." : ''
}

function invalid(what: string): CountersignError {
  return new CountersignError('keys_invalid', `${what} ${MAKE_ONE}`)
}

function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
