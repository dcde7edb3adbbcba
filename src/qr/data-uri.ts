import { modulesOf } from './modules.ts'
import { pngOf } from './png.ts'

const PIXELS_PER_MODULE = 4

/**
 * A QR code as a PNG image in a data URI: for `<img src>`, email, and anything without SVG. The white background and
 * quiet zone are part of the picture.
 *
 * @param text 1 to 2331 bytes of UTF-8
 * @throws CountersignError `invalid_option`
 * @example
 * const img = `<img alt="QR code" src="${qrDataUri(setup.uri)}">`
 */
export function qrDataUri(text: string): string {
  let binary = ''
  for (const byte of pngOf(modulesOf(text), PIXELS_PER_MODULE)) binary += String.fromCharCode(byte)
  return `data:image/png;base64,${btoa(binary)}`
}
