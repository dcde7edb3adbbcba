/** A field of a message: a number, or the bytes of text, bytes or another message. */
export interface ProtobufField {
  number: number
  value: number | Uint8Array
}

const MOST_FIELDS = 1000

/**
 * The fields of a Protocol Buffers message: varints and length-delimited ones, which is all this needs
 * (https://protobuf.dev/programming-guides/encoding/). Null for anything else, or for a message that ends too soon.
 */
export function readProtobuf(bytes: Uint8Array): ProtobufField[] | null {
  const fields: ProtobufField[] = []
  let at = 0
  while (at < bytes.length) {
    if (fields.length >= MOST_FIELDS) return null
    const key = readVarint(bytes, at)
    if (key === null) return null
    const value = readVarint(bytes, key.end)
    if (value === null) return null
    const number = Math.floor(key.value / 8)
    switch (key.value % 8) {
      case 0:
        fields.push({ number, value: value.value })
        at = value.end
        break
      case 2:
        if (value.value > bytes.length - value.end) return null
        at = value.end + value.value
        fields.push({ number, value: bytes.subarray(value.end, at) })
        break
      default:
        return null
    }
  }
  return fields
}

/** Seven bits per byte, the lowest first. Values that are not exact as a number are larger than any used here. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index]
    if (byte === undefined) return null
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, end: start + index + 1 }
  }
  return null
}
