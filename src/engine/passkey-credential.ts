import { decodeBase64Url, encodeBase64Url } from '../encoding/base64url.ts'
import { equalText } from '../encoding/equal.ts'
import { CountersignError } from '../errors.ts'
import type { Vault } from '../vault/vault.ts'
import type { StoredPasskey } from './record.ts'

/**
 * The credential id and the public key, sealed together for this user, so that write access to the database does not
 * suffice to add or swap passkeys. Bytes: two for the id's length, the id, the key.
 */
export function sealCredential(vault: Vault, userId: string, credentialId: string, publicKey: Uint8Array): string {
  const id = decodeBase64Url(credentialId) ?? new Uint8Array()
  const content = new Uint8Array(2 + id.length + publicKey.length)
  content.set([id.length >> 8, id.length & 255])
  content.set(id, 2)
  content.set(publicKey, 2 + id.length)
  return vault.seal({ purpose: 'passkey', userId }, content)
}

/**
 * The public key of a stored passkey. Throws `record_invalid` if it was sealed for another credential or user.
 *
 * @param field its name in the error
 */
export function openPublicKey(
  vault: Vault,
  userId: string,
  stored: StoredPasskey,
  field = 'passkey.sealed',
): Uint8Array {
  const content = vault.openStored({ purpose: 'passkey', userId }, stored.sealed, field)
  const end = 2 + (content[0] ?? 0) * 256 + (content[1] ?? 0)
  const sealedId = encodeBase64Url(content.subarray(2, end))
  if (equalText(sealedId, stored.credentialId)) return content.slice(end)
  throw new CountersignError(
    'record_invalid',
    "The stored passkey's credentialId is not the one that was sealed with its public key: the record is damaged. Nothing was changed.",
  )
}
