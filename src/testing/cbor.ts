import { utf8Bytes } from '../encoding/utf8.ts'

/*
 * The few kinds of CBOR (RFC 8949) that passkeys use. Lengths are below 64 KiB.
 */

export function integer(value: number): Uint8Array {
  return value < 0 ? head(1, -1 - value) : head(0, value)
}

export function bytes(content: Uint8Array): Uint8Array {
  return Uint8Array.of(...head(2, content.length), ...content)
}

export function text(content: string): Uint8Array {
  const encoded = utf8Bytes(content)
  return Uint8Array.of(...head(3, encoded.length), ...encoded)
}

export function map(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Uint8Array {
  return Uint8Array.of(...head(5, entries.length), ...entries.flatMap(([key, value]) => [...key, ...value]))
}

function head(type: number, length: number): Uint8Array {
  if (length < 24) return Uint8Array.of((type << 5) | length)
  if (length < 256) return Uint8Array.of((type << 5) | 24, length)
  return Uint8Array.of((type << 5) | 25, length >> 8, length & 255)
}
