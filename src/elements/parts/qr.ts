import { svg, type TemplateResult } from 'lit/html.js'

/**
 * The picture that the API returns as markup, drawn anew from its numbers: no foreign markup is put into the page, so
 * Trusted Types have nothing to say about it, and it needs no `img-src`.
 */
export function qrView(markup: string, label: string): TemplateResult {
  const viewBox = /viewBox="([\d ]+)"/.exec(markup)?.[1] ?? '0 0 0 0'
  const paths = [...markup.matchAll(/<path fill="(#\w+)" d="([\w ]+)"/g)]
  return svg`<svg class="qr" part="qr" viewBox=${viewBox} shape-rendering="crispEdges" role="img" aria-label=${label}>
    ${paths.map(([, fill, path]) => svg`<path fill=${fill} d=${path}></path>`)}
  </svg>`
}
