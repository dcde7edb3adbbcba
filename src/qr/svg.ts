import { modulesOf } from './modules.ts'

const PIXELS_PER_MODULE = 4

/**
 * A QR code as an SVG element, ready for a page or a file. It has its own white background and quiet zone, so it can be
 * scanned in dark mode too, and scales without blur to any CSS size. The text is in it only as modules, so none of it
 * can become markup.
 *
 * @param text 1 to 2331 bytes of UTF-8: an otpauth URI, which contains the secret
 * @throws CountersignError `invalid_option`
 * @example
 * const svg = qrSvg(setup.uri)
 */
export function qrSvg(text: string): string {
  const rows = modulesOf(text)
  const size = rows.length
  const pixels = size * PIXELS_PER_MODULE
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${pixels}" viewBox="0 0 ${size} ${size}"` +
    ' shape-rendering="crispEdges" role="img" aria-label="QR code">' +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${rows.map(rowPath).join('')}"/></svg>`
  )
}

/** One rectangle for each run of dark modules. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue
    const light = row.indexOf(false, x)
    path += `M${x} ${y}h${light - x}v1H${x}z`
    x = light
  }
  return path
}
