import { crc32 } from '../encoding/crc32.ts'
import { utf8Bytes } from '../encoding/utf8.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const GREYSCALE = 0
const MAX_STORED = 0xffff

/**
 * A square black-and-white PNG (RFC 2083), one bit per pixel. Its data is stored, not compressed: no synchronous
 * deflate exists in all runtimes, and an ordinary QR code is 5 KiB this way.
 */
export function pngOf(rows: readonly (readonly boolean[])[], scale: number): Uint8Array {
  const pixels = rows.length * scale
  const header = [...uint32(pixels), ...uint32(pixels), 1, GREYSCALE, 0, 0, 0]
  return joined([SIGNATURE, chunk('IHDR', header), chunk('IDAT', zlib(scanlines(rows, scale))), chunk('IEND', [])])
}

/** Each line has a byte for 'no filter', then the pixels from the highest bit on; 1 is white. */
function scanlines(rows: readonly (readonly boolean[])[], scale: number): Uint8Array {
  const pixels = rows.length * scale
  const length = 1 + Math.ceil(pixels / 8)
  const lines = new Uint8Array(length * pixels)
  rows.forEach((row, y) => {
    const line = new Uint8Array(length)
    for (let x = 0; x < pixels; x++) {
      if (!row[Math.floor(x / scale)]) line[1 + (x >> 3)] = (line[1 + (x >> 3)] ?? 0) | (0x80 >> (x & 7))
    }
    for (let copy = 0; copy < scale; copy++) lines.set(line, (y * scale + copy) * length)
  })
  return lines
}

/** A zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4). */
function zlib(data: Uint8Array): Uint8Array {
  const parts: ArrayLike<number>[] = [[0x78, 0x01]]
  for (let start = 0; start < data.length; start += MAX_STORED) {
    const block = data.subarray(start, start + MAX_STORED)
    const isLast = start + MAX_STORED >= data.length
    parts.push([isLast ? 1 : 0, ...uint16(block.length), ...uint16(~block.length)], block)
  }
  return joined([...parts, uint32(adler32(data))])
}

function chunk(type: string, data: ArrayLike<number>): Uint8Array {
  const body = joined([utf8Bytes(type), data])
  return joined([uint32(data.length), body, uint32(crc32(body))])
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Deflate counts from the low byte up, PNG from the high one down. */
function uint16(value: number): number[] {
  return [value & 255, (value >> 8) & 255]
}

function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

/** RFC 1950 §8.2. */
function adler32(data: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of data) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return b * 65536 + a
}
