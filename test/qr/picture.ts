import { crc32, inflateSync } from 'node:zlib'
import decodeQR from 'qr/decode.js'

/** Rows of pixels, true where dark. */
export type Picture = readonly (readonly boolean[])[]

/** What a QR reader sees in a picture. */
export function read(picture: Picture): string {
  const scale = 4
  const size = picture.length * scale
  const data = new Uint8Array(size * size * 4).fill(255)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (picture[Math.floor(y / scale)]?.[Math.floor(x / scale)])
        data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3)
    }
  }
  return decodeQR({ width: size, height: size, data })
}

/** How many light rows, and light columns, there are on each side: top, right, bottom, left. */
export function quietZone(picture: Picture): number[] {
  const rows = picture.map((row) => row.includes(true))
  const columns = (picture[0] ?? []).map((_, x) => picture.some((row) => row[x]))
  return [
    rows.indexOf(true),
    columns.toReversed().indexOf(true),
    rows.toReversed().indexOf(true),
    columns.indexOf(true),
  ]
}

/** The dark runs of our SVG, painted. */
export function pictureOfSvg(svg: string): Picture {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1])
  const picture = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1H\1z/g)) {
    picture[Number(y)]?.fill(true, Number(x), Number(x) + Number(width))
  }
  return picture
}

/** The modules that half blocks show. */
export function pictureOfTerminal(text: string): Picture {
  return text
    .split('\n')
    .map((line) => [...line.slice(line.indexOf('m') + 1, line.lastIndexOf('\u001b'))])
    .flatMap((line) => [line.map((block) => '█▀'.includes(block)), line.map((block) => '█▄'.includes(block))])
}

export function bytesOfDataUri(uri: string): Buffer {
  return Buffer.from(uri.replace(/^data:image\/png;base64,/, ''), 'base64')
}

/** A one-bit greyscale PNG, each of its checksums looked at. */
export function pictureOfPng(png: Buffer): Picture {
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const body = png.subarray(at + 4, at + 8 + png.readUInt32BE(at))
    if (crc32(body) !== png.readUInt32BE(at + 4 + body.length)) throw new Error('A checksum is wrong.')
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4))
  }
  const width = chunks.get('IHDR')?.readUInt32BE(0) ?? 0
  const lines = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  const bytes = 1 + Math.ceil(width / 8)
  return Array.from({ length: lines.length / bytes }, (_, y) =>
    Array.from({ length: width }, (_, x) => ((lines[y * bytes + 1 + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0),
  )
}
