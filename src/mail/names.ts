const MAX_NAME = 100
/** Control and format characters: line breaks in a subject, and those that turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** What mail programs find links by. */
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
 * A name as it may stand in a mail. Whoever chooses their own name could write an address into it: mail programs make links
 * of `evil.example`, so a character that is not seen stands before each dot, colon and slash.
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

/** The same, kept from turning the direction of the text around it. */
export function isolated(name: string): string {
  return `${ISOLATE}${name}${END_ISOLATE}`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
