const PATHS = {
  shield: 'M12 3l7.5 3v5.5c0 4.6-3.2 8-7.5 9.5-4.3-1.5-7.5-4.9-7.5-9.5V6z',
  shieldCheck: 'M12 3l7.5 3v5.5c0 4.6-3.2 8-7.5 9.5-4.3-1.5-7.5-4.9-7.5-9.5V6zM8.8 11.8l2.3 2.3 4.2-4.4',
  phone:
    'M8 2.8h8a1.7 1.7 0 0 1 1.7 1.7v15A1.7 1.7 0 0 1 16 21.2H8a1.7 1.7 0 0 1-1.7-1.7v-15A1.7 1.7 0 0 1 8 2.8zM10.7 18.2h2.6',
  laptop: 'M6 5h12a1.2 1.2 0 0 1 1.2 1.2V15H4.8V6.2A1.2 1.2 0 0 1 6 5zM2.8 18.6h18.4',
  key: 'M11.7 12.3L20 4M16.8 7.2l2.6 2.6M14.2 9.8l1.8 1.8M13 15.5a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0z',
  activity: 'M3 12.5h4l2.8-7.5 4.5 14 2.7-6.5h4',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.9-3.6 3.9-5.5 7.5-5.5s6.6 1.9 7.5 5.5',
  users:
    'M9 11.5a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM2.5 19.8c.7-3.2 3.3-5 6.5-5s5.8 1.8 6.5 5M15.8 4.6a3.6 3.6 0 0 1 0 6.6M17.8 15.2c1.9.7 3.2 2.3 3.7 4.6',
  server:
    'M5.5 4h13A1.5 1.5 0 0 1 20 5.5v4a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 9.5v-4A1.5 1.5 0 0 1 5.5 4zM5.5 13h13a1.5 1.5 0 0 1 1.5 1.5v4a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-4A1.5 1.5 0 0 1 5.5 13zM7.5 7.5h.01M7.5 16.5h.01',
  signOut: 'M9.5 4.5H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.5h3.5M15 8l4.5 4-4.5 4M19 12H9.5',
  theme: 'M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  alert: 'M12 4.2L21 19.5H3zM12 10v4.5M12 17h.01',
  eye: 'M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12zM12 14.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4z',
  eyeOff:
    'M4 4l16 16M9.9 6.1A9.3 9.3 0 0 1 12 5.8c6 0 9.5 6.2 9.5 6.2a16 16 0 0 1-2.9 3.6M6.3 7.7A15.7 15.7 0 0 0 2.5 12S6 18.2 12 18.2a9.4 9.4 0 0 0 4.2-1M10 10.2a2.7 2.7 0 0 0 3.8 3.8',
} as const

export type IconName = keyof typeof PATHS

const SVG = 'http://www.w3.org/2000/svg'

/** A small picture beside words; screen readers pass over it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', `icon icon-${name}`)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', PATHS[name])
  svg.append(path)
  return svg
}
