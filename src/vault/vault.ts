import { decodeBase64Url, encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Into, utf8Text } from '../encoding/utf8.ts'
import { CountersignError } from '../errors.ts'
import type { KeyRing } from './key-ring.ts'
import type { Random } from './random.ts'
import { decrypt, encrypt, NONCE_BYTES, type Read } from './xchacha.ts'

/** What a sealed value is for: it opens for no other purpose. */
export type Purpose =
  | 'authenticator'
  | 'passkey'
  | 'recovery-codes'
  | 'recovery-pepper'
  | 'issued-code'
  | 'imported-codes'
  | 'challenge'
  | 'step-up'
  | 'device'
  | 'setup'
  | 'recovery-codes-view'

/** Where a sealed value belongs. `userId` is '' for a challenge, which contains its user. */
export interface Place {
  purpose: Purpose
  userId: string
}

/** For the content, its box and its place. They keep nothing between calls. */
const CONTENT = /* @__PURE__ */ new Uint8Array(1024)
const BOX = /* @__PURE__ */ new Uint8Array(512)
const ASSOCIATED = /* @__PURE__ */ new Uint8Array(1024)

/** The first 12 bytes of the nonce are exactly the first 16 characters of the text. */
const ID_CHARACTERS = 16

/**
 * Everything secret or authentic goes through here: XChaCha20-Poly1305, whose 192-bit nonces may be random.
 * Purpose and user id are associated data, so a value copied to another place does not open there.
 * Text: `keyId.base64url(nonce ‖ ciphertext ‖ tag)`.
 */
export interface Vault {
  seal(place: Place, content: Uint8Array | string): string
  /** Null for anything that this vault did not seal for this place: for tokens, which anybody can make up. */
  open(place: Place, sealed: string): Uint8Array | null
  /** The same for text. */
  openText(place: Place, sealed: string): string | null
  /** The same for a record's values, where null would be a fault. `field` is the name in the error. */
  openStored(place: Place, sealed: string, field: string): Uint8Array
  /** Whether it is sealed under the first key. */
  isCurrent(sealed: string): boolean
  /** Whether the ring has the key that it is sealed under. */
  hasKey(sealed: string): boolean
}

export function createVault(keys: KeyRing, nonces: Random): Vault {
  const firstKey = requireKey(keys, keys.first)
  const prefix = `${keys.first}.`

  function read<Content>(place: Place, sealed: string, content: Read<Content>): Content | null {
    const dot = sealed.indexOf('.')
    const key = dot < 1 ? undefined : keys.key(sealed.slice(0, dot))
    if (key === undefined) return null
    const box = decodeBase64Url(sealed.slice(dot + 1), BOX)
    return box === null ? null : decrypt(key, associatedData(place), box, content)
  }
  const open = (place: Place, sealed: string) => read(place, sealed, (content) => content.slice())

  return {
    seal(place, content) {
      // First, because a host's own source runs here, and could seal something itself.
      const nonce = nonces(NONCE_BYTES)
      const bytes = typeof content === 'string' ? utf8Into(CONTENT, content) : content
      const sealed = encrypt(firstKey, nonce, associatedData(place), bytes, encodeBase64Url)
      CONTENT.fill(0)
      return prefix + sealed
    },
    open,
    openText: (place, sealed) => read(place, sealed, utf8Text),
    openStored(place, sealed, field) {
      const content = open(place, sealed)
      if (content !== null) return content
      const keyId = keyIdOf(sealed)
      if (keyId !== null && keys.key(keyId) === undefined) {
        throw new CountersignError(
          'key_unknown',
          `The stored ${field} is sealed under the key '${keyId}', which the key ring does not have (it has ${keys.ids.join(', ')}). Add that key after the first one.`,
        )
      }
      throw new CountersignError(
        'record_invalid',
        `The stored ${field} does not open: it is damaged, or was sealed for another user. Nothing was changed.`,
      )
    },
    isCurrent: (sealed) => sealed.startsWith(prefix),
    hasKey(sealed) {
      const keyId = keyIdOf(sealed)
      return keyId !== null && keys.key(keyId) !== undefined
    },
  }
}

/** An id for a sealed value: half of its random nonce, so 96 bits, which cannot be changed without breaking the seal. */
export function idOf(sealed: string): string {
  const start = sealed.indexOf('.') + 1
  return sealed.slice(start, start + ID_CHARACTERS)
}

function keyIdOf(sealed: string): string | null {
  return /^([A-Za-z0-9_-]{1,32})\./.exec(sealed)?.[1] ?? null
}

/** Each part follows its length, so that no two places have the same bytes. */
function associatedData({ purpose, userId }: Place): Uint8Array {
  return utf8Into(ASSOCIATED, `countersign/1 ${purpose.length} ${purpose} ${userId.length} ${userId}`)
}

function requireKey(keys: KeyRing, id: string): Uint8Array {
  const key = keys.key(id)
  if (key === undefined) throw new CountersignError('keys_invalid', 'Make the key ring with keyRing().')
  return key
}
