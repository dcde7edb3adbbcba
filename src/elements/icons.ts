import { html, type TemplateResult } from 'lit/html.js'

const EYE =
  'M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12zM12 14.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4z'

const PATHS = {
  shield: 'M12 3l7.5 3v5.5c0 4.6-3.2 8-7.5 9.5-4.3-1.5-7.5-4.9-7.5-9.5V6z',
  shieldCheck: 'M12 3l7.5 3v5.5c0 4.6-3.2 8-7.5 9.5-4.3-1.5-7.5-4.9-7.5-9.5V6zM8.8 11.8l2.3 2.3 4.2-4.4',
  phone:
    'M8 2.8h8a1.7 1.7 0 0 1 1.7 1.7v15A1.7 1.7 0 0 1 16 21.2H8a1.7 1.7 0 0 1-1.7-1.7v-15A1.7 1.7 0 0 1 8 2.8zM10.7 18.2h2.6',
  laptop: 'M6 5h12a1.2 1.2 0 0 1 1.2 1.2V15H4.8V6.2A1.2 1.2 0 0 1 6 5zM2.8 18.6h18.4',
  key: 'M11.7 12.3L20 4M16.8 7.2l2.6 2.6M14.2 9.8l1.8 1.8M13 15.5a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0z',
  passkey:
    'M10 11.2a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6zM3 20c0-3.6 3-6 7-6M17.5 16.2v5M17.5 16.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM17.5 18.6h2',
  copy: 'M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4',
  download: 'M12 4v11M7.5 11l4.5 4.3 4.5-4.3M4.5 19.5h15',
  print: 'M7 8.5V3.8h10v4.7M7 16.5H4.2v-8h15.6v8H17M7 13.5h10v6.7H7z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  alert: 'M12 4.2L21 19.5H3zM12 10v4.5M12 17h.01',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  eye: EYE as string,
  eyeOff: `M4 4l16 16${EYE}` as string,
} as const

export type IconName = keyof typeof PATHS

/** A small picture beside text; screen readers skip it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]}></path></svg>`
}
