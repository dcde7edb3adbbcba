import type { Draft } from './draft.ts'
import { isEmpty, jsonOf, textOf } from './row.ts'

const MAX_CODES = 100
const BETWEEN = /[\s,;]+/

/**
 * Recovery codes in one column: a list, JSON of a list, or text with commas, semicolons or white space between them.
 * From a list of objects, the fields `code` or `hash` are read, except where `used` or `usedAt` says that the code was
 * used.
 *
 * @param hashedLength how many characters the codes have, if only hashes of them are stored
 */
export function addRecoveryCodes(draft: Draft, field: string, column: unknown, hashedLength?: number): void {
  if (isEmpty(column)) return
  const codes = readList(column)
  if (codes === null) {
    draft.note(field, 'malformed', 'This is not a list of recovery codes. They are left out.')
    return
  }
  if (codes.length > MAX_CODES) draft.note(field, 'too-many', `Only the first ${MAX_CODES} recovery codes are read.`)
  codes.slice(0, MAX_CODES).forEach((code, index) => {
    if (isSpent(code)) return
    if (hashedLength === undefined) draft.addRecoveryCode(`${field}[${index}]`, codeIn(code))
    else draft.addHashedCode(`${field}[${index}]`, codeIn(code), hashedLength)
  })
}

function readList(column: unknown): unknown[] | null {
  const json = jsonOf(column)
  if (Array.isArray(json)) return json
  const text = textOf(column)
  if (text === null || text.trimStart().startsWith('[') || text.trimStart().startsWith('{')) return null
  return text.split(BETWEEN).filter((code) => code !== '')
}

function codeIn(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry
  if ('code' in entry) return entry.code
  return 'hash' in entry ? entry.hash : entry
}

function isSpent(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false
  const marks = ['used', 'usedAt', 'used_at', 'usedAtMs'] as const
  const entries = new Map<string, unknown>(Object.entries(entry))
  return marks.some((mark) => entries.has(mark) && !isEmpty(entries.get(mark)) && entries.get(mark) !== false)
}
