import { decodeBase64Url } from '../encoding/base64url.ts'
import { bytes, integer, map } from './cbor.ts'

/** A key pair of a passkey. */
export interface SigningKey {
  /** COSE_Key (RFC 9052 §7). */
  publicKey: Uint8Array
  /** A signature as in WebAuthn (Level 3 §6.5.5): ECDSA in DER. */
  sign(content: Uint8Array): Promise<Uint8Array>
}

/** With the runtime's own WebCrypto: these keys protect nobody. */
const ALGORITHMS = {
  [-7]: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  [-8]: { name: 'Ed25519' },
  [-257]: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
} as const

type Algorithm = -7 | -8 | -257

export async function makeSigningKey(alg: Algorithm): Promise<SigningKey> {
  const algorithm = ALGORITHMS[alg]
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return {
    publicKey: coseKey(alg, jwk),
    async sign(content) {
      const made = await crypto.subtle.sign(algorithm, pair.privateKey, new Uint8Array(content))
      const signature = new Uint8Array(made)
      return alg === -7 ? derOf(signature) : signature
    },
  }
}

/** Labels: kty 1, alg 3, then for elliptic curves crv -1, x -2, y -3, for RSA n -1, e -2. */
function coseKey(alg: Algorithm, jwk: JsonWebKey): Uint8Array {
  const field = (label: number, value: Uint8Array) => [integer(label), value] as const
  const of = (text: string | undefined) => bytes(decodeBase64Url(text ?? '') ?? new Uint8Array())
  const shared = (kty: number) => [field(1, integer(kty)), field(3, integer(alg))]
  switch (alg) {
    case -7:
      return map([...shared(2), field(-1, integer(1)), field(-2, of(jwk.x)), field(-3, of(jwk.y))])
    case -8:
      return map([...shared(1), field(-1, integer(6)), field(-2, of(jwk.x))])
    case -257:
      return map([...shared(3), field(-1, of(jwk.n)), field(-2, of(jwk.e))])
  }
}

/** WebCrypto concatenates r and s; WebAuthn has them as a DER sequence of two integers. */
function derOf(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  const parts = [derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half))]
  const content = parts.flatMap((part) => [...part])
  return Uint8Array.of(0x30, content.length, ...content)
}

function derInteger(value: Uint8Array): Uint8Array {
  const start = value.findIndex((byte) => byte !== 0)
  const significant = value.subarray(start < 0 ? value.length - 1 : start)
  const padded = (significant[0] ?? 0) >= 0x80 ? [0, ...significant] : [...significant]
  return Uint8Array.of(0x02, padded.length, ...padded)
}
