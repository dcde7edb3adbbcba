/** What each byte adds: CRC-32 of IEEE 802.3, bits reversed. */
const TABLE: Int32Array = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** CRC-32 as in Ethernet, ZIP and PNG, of the first characters of an ASCII text. */
export function crc32(text: string, length: number): number {
  let crc = -1
  for (let index = 0; index < length; index++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ text.charCodeAt(index)) & 255] ?? 0)
  }
  return ~crc >>> 0
}
