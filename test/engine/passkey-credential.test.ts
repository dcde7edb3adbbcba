import { generateKey, keyRing } from 'countersign'
import { expect, test } from 'vitest'
import { openPublicKey, sealCredential } from '../../src/engine/passkey-credential.ts'
import type { StoredPasskey } from '../../src/engine/record.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'
import { untyped } from '../world.ts'

const publicKey = Uint8Array.from({ length: 77 }, (_, index) => index)

/** Seals a public key with this credential id, and opens it for another. */
function ceremony(userId = 'ann') {
  const vault = createVault(keyRing(generateKey('k1')), randomBytes)
  const seal = (credentialId: string) => sealCredential(vault, 'ann', credentialId, publicKey)
  const open = (sealed: string, credentialId: string) =>
    openPublicKey(vault, userId, untyped<StoredPasskey>({ sealed, credentialId }))
  return { seal, open }
}

test('a public key is kept with its credential id, however long that is', () => {
  const { seal, open } = ceremony()
  for (const bytes of [1, 16, 255, 256, 257, 1023]) {
    const credentialId = Buffer.alloc(bytes, 7).toString('base64url')
    expect(open(seal(credentialId), credentialId)).toEqual(publicKey)
  }
})

test('one that was sealed with another credential id is a fault that says so', () => {
  const { seal, open } = ceremony()
  const message =
    "The stored passkey's credentialId is not the one that was sealed with its public key: the record is damaged. Nothing was changed."
  for (const other of ['AAAB', 'AAAAAAAA', 'AA', '']) {
    expect(() => open(seal('AAAA'), other)).toThrow(expect.objectContaining({ code: 'record_invalid', message }))
  }
})

test('one that was sealed for another user does not open', () => {
  const { seal, open } = ceremony('ben')
  expect(() => open(seal('AAAA'), 'AAAA')).toThrow('The stored passkey.sealed does not open')
})
