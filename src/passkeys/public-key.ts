import { readCbor } from './cbor.ts'

/** Labels of COSE_Key (RFC 9052 §7, RFC 9053 §7). */
const KTY = 1
const ALG = 3
const CURVE_OR_N = -1
const E = -2
const KTY_OKP = 1
const KTY_EC2 = 2
const KTY_RSA = 3
const P256 = 1
const ED25519 = 6
const RSA_BITS = { min: 2048, max: 4096 }
const RSA_EXPONENT = 65_537

/** The algorithm of a key with the required curve or size; null for any other. */
export function algorithmOf(publicKey: Uint8Array): number | null {
  const key = readCbor(publicKey)
  if (!(key instanceof Map)) return null
  const alg: unknown = key.get(ALG)
  return isSound(key, alg) ? alg : null
}

function isSound(key: Map<unknown, unknown>, alg: unknown): alg is number {
  switch (alg) {
    case -7:
      return key.get(KTY) === KTY_EC2 && key.get(CURVE_OR_N) === P256
    case -8:
      return key.get(KTY) === KTY_OKP && key.get(CURVE_OR_N) === ED25519
    default:
      return alg === -257 && key.get(KTY) === KTY_RSA && isRsaKey(key.get(CURVE_OR_N), key.get(E))
  }
}

function isRsaKey(n: unknown, e: unknown): boolean {
  if (!(n instanceof Uint8Array) || !(e instanceof Uint8Array)) return false
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24
  const exponent = e.length <= 4 ? e.reduce((value, byte) => value * 256 + byte, 0) : 0
  return bits >= RSA_BITS.min && bits <= RSA_BITS.max && exponent === RSA_EXPONENT
}
