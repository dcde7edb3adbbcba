const MAX_NAME = 100
/** Control and format characters: line breaks in a subject, and those that change the text direction. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** Characters by which mail programs find links. */
const LINKING = /[.:/@?#&=%]/g
const WORD_JOINER = '\u2060'
const [ISOLATE, END_ISOLATE] = ['\u2068', '\u2069']
const ELLIPSIS = '…'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * A name made safe for a mail. A user could choose an address as their name, and mail programs make links of
 * `evil.example`, so an invisible character goes before each dot, colon and slash.
 */
export function nameIn(text: string): string {
  const seen = text
    .slice(0, 4 * MAX_NAME)
    .replace(UNSEEN, ' ')
    .trim()
  const characters = Array.from(seen)
  const short = characters.length > MAX_NAME ? `${characters.slice(0, MAX_NAME).join('')}${ELLIPSIS}` : seen
  return short.replace(LINKING, (character) => `${WORD_JOINER}${character}${WORD_JOINER}`)
}

/** The same, isolated so that it does not change the direction of the text around it. */
export function isolated(name: string): string {
  return `${ISOLATE}${name}${END_ISOLATE}`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
