import { type CBORType, decodeCBOR } from '@levischuck/tiny-cbor'

/** The single value in these bytes, or null for anything else. The library under the verifier uses the same parser. */
export function readCbor(bytes: Uint8Array): CBORType | null {
  try {
    return decodeCBOR(bytes)
  } catch {
    return null
  }
}
