import { decodeBase64Url, encodeBase64Url } from '../encoding/base64url.ts'
import { ownBytes } from '../encoding/bytes.ts'
import { CountersignError } from '../errors.ts'
import { randomBytes } from './random.ts'

const KEY_BYTES = 32
const MAX_KEYS = 32
const MAX_TEXT = 4096
const ID = /^[A-Za-z0-9_-]{1,32}$/

const MAKE_ONE = `Make a key with:\n  node -e "import('countersign').then(({ generateKey }) => console.log(generateKey()))"`

/** What a key ring is read from: text of an environment variable, keys that the host unwrapped itself, or a key ring. */
export type KeySource = string | readonly { id: string; key: Uint8Array }[] | KeyRing | undefined

/** Keys by id. The first seals, all open. Holds its keys in a closure, so that printing it shows none. */
export interface KeyRing {
  /** The id of the key that seals. */
  readonly first: string
  readonly ids: readonly string[]
  /** The 32 bytes of the key, or undefined if the ring has none of that id. */
  key(id: string): Uint8Array | undefined
}

/**
 * Makes a key for the key ring: text `id:base64url`, 256 random bits.
 *
 * @param id 1 to 32 of A-Z, a-z, 0-9, `_`, `-`; random if left out
 * @throws CountersignError `keys_invalid` for another id
 * @example
 * console.log(generateKey('2026-11')) // 2026-11:q2Zk…
 */
export function generateKey(id: string = `k${encodeHex(randomBytes(4))}`): string {
  checkId(id)
  return `${id}:${encodeBase64Url(randomBytes(KEY_BYTES))}`
}

/**
 * Reads a key ring: the text `id:base64url,id:base64url` of an environment variable, or keys that the host unwrapped
 * itself (from a KMS, say). The first key seals; all of them open. To rotate, put a new key in front and leave the old.
 *
 * @throws CountersignError `keys_invalid` when it is missing, empty or malformed; the message says how to make a key
 * @example
 * const keys = keyRing(process.env.COUNTERSIGN_KEYS)
 */
export function keyRing(source: KeySource): KeyRing {
  if (isKeyRing(source)) return source
  const entries = typeof source === 'string' ? readText(source) : source
  if (!Array.isArray(entries) || entries.length === 0) throw invalid('The key ring is missing: `keys` is empty.')
  if (entries.length > MAX_KEYS) throw invalid(`The key ring has ${entries.length} keys; at most ${MAX_KEYS} are read.`)

  const keys = new Map<string, Uint8Array>()
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null) throw invalid('Every key of the ring must be { id, key }.')
    const { id, key } = entry
    checkId(id)
    if (keys.has(id)) throw invalid(`The key ring has two keys with the id '${id}'; every key needs an id of its own.`)
    const bytes = ownBytes(key)
    if (bytes === null || bytes.length !== KEY_BYTES) {
      throw invalid(`The key '${id}' must be ${KEY_BYTES} bytes (43 characters of base64url).`)
    }
    keys.set(id, new Uint8Array(bytes))
  }
  const ids = [...keys.keys()]
  const [first = ''] = ids
  return Object.freeze({ first, ids: Object.freeze(ids), key: (id: string) => keys.get(id) })
}

function isKeyRing(source: KeySource): source is KeyRing {
  return typeof source === 'object' && source !== null && 'key' in source && typeof source.key === 'function'
}

function readText(text: string): { id: string; key: Uint8Array }[] {
  if (text.trim() === '') return []
  if (text.length > MAX_TEXT) throw invalid(`The key ring's text is longer than ${MAX_TEXT} characters.`)
  return text.split(',').map((entry, index) => {
    const [id = '', encoded, ...more] = entry.trim().split(':')
    if (encoded === undefined || more.length > 0) {
      throw invalid(`Key ${index + 1} of the key ring is not of the form id:base64url.`)
    }
    checkId(id)
    const key = decodeBase64Url(encoded)
    if (key === null) throw invalid(`The key '${id}' is not base64url (A-Z, a-z, 0-9, '-', '_', no padding).`)
    return { id, key }
  })
}

function checkId(id: unknown): void {
  if (typeof id !== 'string' || !ID.test(id)) {
    throw invalid(`A key's id must be 1 to 32 of A-Z, a-z, 0-9, '_' and '-'.`)
  }
}

function invalid(what: string): CountersignError {
  return new CountersignError('keys_invalid', `${what} ${MAKE_ONE}`)
}

function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
