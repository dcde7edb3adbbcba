import { modulesOf } from './modules.ts'

/** Black on white from the 256-color cube, which no theme changes; themes change the 16 named colors. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m'
const RESET = '\u001b[0m'

/**
 * A QR code for a terminal: two rows of modules per line, black on white in every theme, so that phones can scan it on
 * a dark terminal too. Lines are separated by '\n'; there is none at the end.
 *
 * @param text 1 to 2331 bytes of UTF-8
 * @throws CountersignError `invalid_option`
 * @example
 * console.log(qrTerminal(setup.uri))
 */
export function qrTerminal(text: string): string {
  const rows = modulesOf(text)
  const lines: string[] = []
  for (let y = 0; y < rows.length; y += 2) {
    const lower = rows[y + 1] ?? []
    const blocks = rows[y]?.map((isUpperDark, x) => block(isUpperDark, lower[x] ?? false)) ?? []
    lines.push(BLACK_ON_WHITE + blocks.join('') + RESET)
  }
  return lines.join('\n')
}

function block(isUpperDark: boolean, isLowerDark: boolean): string {
  if (isUpperDark) return isLowerDark ? '█' : '▀'
  return isLowerDark ? '▄' : ' '
}
