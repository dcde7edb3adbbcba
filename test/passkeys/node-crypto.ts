import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { decodeCBOR } from '@levischuck/tiny-cbor'
import type { AuthenticationResponseJson, RegistrationResponseJson } from '../../src/engine/passkey.ts'

/*
 * WebAuthn by hand, over node:crypto: written from the specification, sharing nothing with src or with the library under the
 * verifier but the reader of CBOR.
 */

/** The public key of a registration, as COSE_Key bytes: WebAuthn Level 3 §6.5.1. */
export function publicKeyOf({ response }: RegistrationResponseJson): Uint8Array {
  const object = readCbor(buffer(response.attestationObject)) as Map<string, Uint8Array>
  const data = Buffer.from(object.get('authData') ?? [])
  const idLength = data.readUInt16BE(53)
  return new Uint8Array(data.subarray(55 + idLength))
}

/** Whether the assertion is signed with this key: WebAuthn Level 3 §7.2 step 21, §6.5.5. */
export function isSigned({ response }: AuthenticationResponseJson, publicKey: Uint8Array): boolean {
  const clientDataHash = createHash('sha256').update(buffer(response.clientDataJSON)).digest()
  const signed = Buffer.concat([buffer(response.authenticatorData), clientDataHash])
  const { jwk, hash } = jwkOf(readCbor(publicKey) as Map<number, unknown>)
  return verify(hash, signed, createPublicKey({ key: jwk, format: 'jwk' }), buffer(response.signature))
}

/** RFC 9053 §7.1, §7.2; RFC 8230 §4. */
function jwkOf(key: Map<number, unknown>): { jwk: JsonWebKey; hash: string | null } {
  const of = (label: number) => Buffer.from(key.get(label) as Uint8Array).toString('base64url')
  switch (key.get(3)) {
    case -7:
      return { jwk: { kty: 'EC', crv: 'P-256', x: of(-2), y: of(-3) }, hash: 'sha256' }
    case -8:
      return { jwk: { kty: 'OKP', crv: 'Ed25519', x: of(-2) }, hash: null }
    case -257:
      return { jwk: { kty: 'RSA', n: of(-1), e: of(-2) }, hash: 'sha256' }
    default:
      throw new Error(`No algorithm ${key.get(3)}`)
  }
}

/** Copied: the reader looks at all of the memory under a Buffer. */
function readCbor(bytes: Uint8Array): unknown {
  return decodeCBOR(new Uint8Array(bytes))
}

function buffer(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}
