import { type CBORType, decodeCBOR } from '@levischuck/tiny-cbor'

/** The one value that these bytes hold, or null for anything else. The library under the verifier reads with the same code. */
export function readCbor(bytes: Uint8Array): CBORType | null {
  try {
    return decodeCBOR(bytes)
  } catch {
    return null
  }
}
