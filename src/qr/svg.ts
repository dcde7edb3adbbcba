import { modulesOf } from './modules.ts'

const PIXELS_PER_MODULE = 4

/**
 * A QR code as an SVG element, to be put into a page or a file as it is. It brings its own white ground and quiet zone,
 * so it is read in dark mode too, and grows without blur to whatever size CSS gives it. The text stands in it as
 * modules only, so nothing in the text can become markup.
 *
 * @param text 1 to 2331 bytes of UTF-8: an otpauth URI, which holds the secret
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
