import { ownBytes } from '../encoding/bytes.ts'
import type { Note } from './outcome.ts'

/** The most rows of one user that are read. */
const MAX_ROWS = 100
/** The longest text in a row that is read. */
export const MAX_TEXT = 16_384

/** The columns of a row by name, in any case, with or without underscores: `two_factor_secret`, `TwoFactorSecret`. */
export interface Row {
  get(name: string): unknown
  has(name: string): boolean
}

/** One row, or a list of the rows of one user. Anything but an object counts as a row without columns. */
export function readRows(given: unknown, note: Note): Row[] {
  const list: unknown[] = Array.isArray(given) ? given : [given]
  if (list.length > MAX_ROWS) note('rows', 'too-many', `Only the first ${MAX_ROWS} rows of a user are read.`)
  // `map` would skip the holes of a sparse list.
  return Array.from(list.slice(0, MAX_ROWS), readRow)
}

export function readRow(given: unknown): Row {
  const columns = new Map<string, unknown>()
  if (typeof given === 'object' && given !== null) {
    for (const [name, value] of Object.entries(given).slice(0, 1000)) columns.set(plain(name), value)
  }
  return { get: (name) => columns.get(plain(name)), has: (name) => columns.has(plain(name)) }
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

/** Whether nothing is stored there. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** Text, also from a column that a driver returns as bytes. Null for anything else, and for more than 16 KiB. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.length <= MAX_TEXT ? value : null
  const bytes = ownBytes(value)
  if (bytes === null || bytes.length > MAX_TEXT) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** An integer, as a number, a bigint or digits. Null for anything else. */
export function integerOf(value: unknown): number | null {
  const number = typeof value === 'number' ? value : Number(digitsOf(value))
  return Number.isSafeInteger(number) ? number : null
}

function digitsOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'string' && /^-?[0-9]{1,16}$/.test(value) ? value : 'none'
}

/** Yes or no, as databases return it: true, 1, '1', 't'. Null for anything else. */
export function booleanOf(value: unknown): boolean | null {
  // Not every object can be converted to text.
  if (typeof value === 'object' || typeof value === 'symbol') return null
  const text = String(value).toLowerCase()
  if (['true', '1', 't'].includes(text)) return true
  return ['false', '0', 'f'].includes(text) ? false : null
}

/** The value of JSON text, or null. A driver may have parsed it already. */
export function jsonOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && ownBytes(value) === null) return value
  const text = textOf(value)
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const FIRST_MS = 100_000_000_000
const LAST_MS = 4_102_444_800_000

/**
 * Unix milliseconds of a Date, a number of seconds or milliseconds, or text as databases write it. Undefined for
 * anything else.
 */
export function timeOf(value: unknown): number | undefined {
  const number = integerOf(value)
  if (number !== null) return inRange(number < FIRST_MS ? number * 1000 : number)
  if (value instanceof Date) return inRange(value.getTime())
  return typeof value === 'string' && value.length <= 40 ? inRange(Date.parse(value)) : undefined
}

/** From 2000 to 2100: nobody set up an app at any other time. */
function inRange(ms: number): number | undefined {
  return ms >= 946_684_800_000 && ms < LAST_MS ? Math.floor(ms) : undefined
}
