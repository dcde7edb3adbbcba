import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildOtpauthUri, generateSecret, parseOtpauthUri } from 'countersign/otp'
import { qrDataUri, qrSvg } from 'countersign/qr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { bytesOfDataUri } from './picture.ts'

const isMissing =
  needs('zbarimg', hasProgram('zbarimg'), 'apt-get install zbar-tools') ||
  needs('rsvg-convert', hasProgram('rsvg-convert'), 'apt-get install librsvg2-bin')

const plain = { issuer: 'Acme Cloud', accountName: 'ann@example.com', secret: generateSecret() }
const long = {
  issuer: 'Überraschung & Söhne',
  accountName: '山田太郎@例え.jp',
  secret: generateSecret(64),
  algorithm: 'SHA512',
  digits: 8,
  periodSeconds: 60,
  image: 'https://example.com/a/rather/long/path/to/a/picture.png?size=256',
} as const

describe.skipIf(isMissing)('zbarimg, an independent reader, reads', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-qr-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  test.each([plain, long])('the SVG, on a light page and on a dark one', (options) => {
    const uri = buildOtpauthUri(options)
    for (const ground of ['#ffffff', '#121212', '#000000']) {
      const png = join(folder, `page-${ground.slice(1)}.png`)
      rsvgConvert(page(qrSvg(uri), ground), png)
      expect(zbarimg(png)).toBe(uri)
      expect(parseOtpauthUri(zbarimg(png))).toMatchObject(options)
    }
  })

  test.each([plain, long])('the PNG data URI', (options) => {
    const uri = buildOtpauthUri(options)
    const png = join(folder, 'data-uri.png')
    writeFileSync(png, bytesOfDataUri(qrDataUri(uri)))
    expect(zbarimg(png)).toBe(uri)
  })

  test.each([plain, long])('the PNG data URI as a picture on a dark page', (options) => {
    const uri = buildOtpauthUri(options)
    const png = join(folder, 'dark.png')
    rsvgConvert(page(`<image width="400" height="400" href="${qrDataUri(uri)}"/>`, '#000000'), png)
    expect(zbarimg(png)).toBe(uri)
  })
})

/** A page of one color with the code in its middle, edge to edge with nothing that helps a reader. */
function page(content: string, ground: string): string {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="700">' +
    `<path fill="${ground}" d="M0 0h700v700H0z"/><g transform="translate(100 100)">${content}</g></svg>`
  )
}

function rsvgConvert(svg: string, png: string): void {
  const { status, stderr } = spawnSync('rsvg-convert', ['--output', png], { input: svg, encoding: 'utf8' })
  if (status !== 0) throw new Error(`rsvg-convert ended with ${status}: ${stderr}`)
}

function zbarimg(png: string): string {
  const { status, stdout, stderr } = spawnSync('zbarimg', ['--quiet', '--raw', png], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`zbarimg found nothing (${status}): ${stderr}`)
  return stdout.trim()
}
