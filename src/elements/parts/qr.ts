import { svg, type TemplateResult } from 'lit/html.js'

/**
 * The QR code that the API returns as markup, redrawn from its numbers: no foreign markup gets into the page, so
 * Trusted Types allow it, and it needs no `img-src`.
 */
export function qrView(markup: string, label: string): TemplateResult {
  const viewBox = /viewBox="([\d ]+)"/.exec(markup)?.[1] ?? '0 0 0 0'
  const paths = [...markup.matchAll(/<path fill="(#\w+)" d="([\w ]+)"/g)]
  return svg`<svg class="qr" part="qr" viewBox=${viewBox} shape-rendering="crispEdges" role="img" aria-label=${label}>
    ${paths.map(([, fill, path]) => svg`<path fill=${fill} d=${path}></path>`)}
  </svg>`
}
