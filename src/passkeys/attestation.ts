import { decodeBase64Url } from '../encoding/base64url.ts'
import { readCbor } from './cbor.ts'

/** A registration's attestation object (WebAuthn Level 3 §6.5). */
export interface Attestation {
  fmt: string
  /** The algorithm that a self-signed one claims; null for `none`. */
  alg: number | null
  authenticatorData: Uint8Array
}

/**
 * Null for every format but `none` and self-signed `packed`. The others contain certificates, and the library would
 * fetch their revocation lists from addresses named in them.
 */
export function readAttestation(attestationObject: string): Attestation | null {
  const bytes = decodeBase64Url(attestationObject)
  const object = bytes && readCbor(bytes)
  if (!(object instanceof Map)) return null
  const fmt = object.get('fmt')
  const statement = object.get('attStmt')
  const authenticatorData = object.get('authData')
  if (!(authenticatorData instanceof Uint8Array) || !(statement instanceof Map)) return null
  const isSelfSigned = fmt === 'packed' && [...statement.keys()].every((key) => key === 'alg' || key === 'sig')
  if (!isSelfSigned && !(fmt === 'none' && statement.size === 0)) return null
  const alg = statement.get('alg')
  return { fmt, alg: typeof alg === 'number' ? alg : null, authenticatorData }
}
