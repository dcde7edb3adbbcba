import { buildOtpauthUri, generateSecret } from 'countersign/otp'
import { qrDataUri, qrSvg, qrTerminal } from 'countersign/qr'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOf } from '../otp/fault.ts'
import { bytesOfDataUri, pictureOfPng, pictureOfSvg, pictureOfTerminal, quietZone, read } from './picture.ts'

const uri = buildOtpauthUri({ issuer: 'Acme Cloud', accountName: 'ann@example.com', secret: generateSecret() })
const KINDS = [
  ['SVG', qrSvg, (text: string) => pictureOfSvg(qrSvg(text)), 1],
  ['PNG', qrDataUri, (text: string) => pictureOfPng(bytesOfDataUri(qrDataUri(text))), 4],
  ['terminal text', qrTerminal, (text: string) => pictureOfTerminal(qrTerminal(text)), 1],
] as const

test.each(KINDS)('%s is read back', (_, __, pictureOf) => {
  expect(read(pictureOf(uri))).toBe(uri)
  expect(read(pictureOf('1'))).toBe('1')
  expect(read(pictureOf('ACME 123'))).toBe('ACME 123')
})

test.each(KINDS)('%s is read back, whatever the text', (_, __, pictureOf) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
      expect(read(pictureOf(text))).toBe(text)
    }),
    { numRuns: 15 },
  )
})

test.each(KINDS)('%s has the quiet zone of four modules that ISO/IEC 18004 asks for', (name, _, pictureOf, scale) => {
  const [top, right, bottom, left] = quietZone(pictureOf(uri))
  expect([top, right, left]).toEqual([4 * scale, 4 * scale, 4 * scale])
  // Two rows to a line, and the number of rows is odd.
  expect(bottom).toBe(name === 'terminal text' ? 5 : 4 * scale)
})

test('all of them show the same modules', () => {
  const svg = pictureOfSvg(qrSvg(uri))
  expect(pictureOfTerminal(qrTerminal(uri)).slice(0, -1)).toEqual(svg)
  const png = pictureOfPng(bytesOfDataUri(qrDataUri(uri)))
  expect(png).toHaveLength(svg.length * 4)
  expect(png.filter((_, y) => y % 4 === 1).map((row) => row.filter((_, x) => x % 4 === 2))).toEqual(svg)
})

test('the SVG brings its white ground, its size, a role and a name, and refers to nothing', () => {
  const svg = qrSvg(uri)
  const size = pictureOfSvg(svg).length
  expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" ')).toBe(true)
  expect(svg).toContain(` width="${size * 4}" height="${size * 4}" viewBox="0 0 ${size} ${size}"`)
  expect(svg).toContain(' shape-rendering="crispEdges" role="img" aria-label="QR code">')
  expect(svg).toContain(`<path fill="#fff" d="M0 0h${size}v${size}H0z"/>`)
  expect(svg.indexOf('#fff')).toBeLessThan(svg.indexOf('#000'))
  expect(svg).not.toMatch(/href|url\(|<script|<style|style=| id=| class=/)
})

test('nothing of the text gets into the markup', () => {
  const text = '"/><script>alert(1)</script>'
  expect(qrSvg(text)).not.toContain('script')
  expect(read(pictureOfSvg(qrSvg(text)))).toBe(text)
})

test('each line of the terminal is black on white by itself, and ends as the terminal was', () => {
  const lines = qrTerminal(uri).split('\n')
  for (const line of lines) {
    // Of the 256-color cube: 16 is #000000 and 231 is #ffffff in every theme.
    expect(line.startsWith('\u001b[38;5;16;48;5;231m')).toBe(true)
    expect(line.endsWith('\u001b[0m')).toBe(true)
    expect(line.slice(20, -4)).toMatch(/^[ █▀▄]{29,}$/)
  }
  expect(new Set(lines.map((line) => line.length)).size).toBe(1)
})

test('the PNG data URI is small', () => {
  expect(qrDataUri(uri)).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/)
  expect(qrDataUri(uri).length).toBeLessThan(12_000)
})

test('the largest text that fits is read back, from more than one block of the PNG too', () => {
  const text = 'x'.repeat(2331)
  expect(read(pictureOfSvg(qrSvg(text)))).toBe(text)
  const png = bytesOfDataUri(qrDataUri(text))
  expect(png.length).toBeGreaterThan(0xffff)
  expect(
    read(
      pictureOfPng(png)
        .filter((_, y) => y % 4 === 0)
        .map((row) => row.filter((_, x) => x % 4 === 0)),
    ),
  ).toBe(text)
})

test.each(KINDS)('%s of no text, or of what does not fit, is an error that says so', (_, make) => {
  const values = [
    '',
    'x'.repeat(2332),
    'é'.repeat(1166),
    'x'.repeat(10_000_000),
    'a\ud800',
    undefined,
    null,
    1,
    ['x'],
    {},
  ]
  for (const value of values) {
    const { code, message } = faultOf(() => Reflect.apply(make, null, [value]))
    expect(code).toBe('invalid_option')
    expect(message).toMatch(/^text must be /)
    expect(message).not.toContain('xxx')
  }
})
