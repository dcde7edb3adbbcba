/** The table of CRC-32 (IEEE 802.3, bits reversed). */
const TABLE: Int32Array = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** CRC-32 as in Ethernet, ZIP and PNG, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (let index = 0; index < bytes.length; index++) crc = withByte(crc, bytes[index] ?? 0)
  return ~crc >>> 0
}

/** The same for the first `length` characters of ASCII text. */
export function crc32OfText(ascii: string, length: number): number {
  let crc = -1
  for (let index = 0; index < length; index++) crc = withByte(crc, ascii.charCodeAt(index))
  return ~crc >>> 0
}

function withByte(crc: number, byte: number): number {
  return (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0)
}
