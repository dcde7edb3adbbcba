import { invalidOption } from '../options/invalid-option.ts'
import { LAST_MS, looksLikeSeconds, timeHint } from '../options/numbers.ts'

const PREFIX = /^[a-z](?:_?[a-z0-9])+$/
const MAX_PREFIX = 20

export function prefixOption(prefix: unknown): string {
  if (typeof prefix === 'string' && prefix.length <= MAX_PREFIX && PREFIX.test(prefix)) return prefix
  throw invalidOption(
    'prefix',
    prefix,
    `2 to ${MAX_PREFIX} lower-case letters, digits and single underscores between them, starting with a letter`,
  )
}

/** Null: never. */
export function expiresAtArgument(expiresAtMs: unknown): number | null {
  if (expiresAtMs === undefined || expiresAtMs === null) return null
  if (typeof expiresAtMs === 'number' && Number.isInteger(expiresAtMs) && Math.abs(expiresAtMs) <= LAST_MS) {
    if (!looksLikeSeconds(expiresAtMs)) return expiresAtMs
  }
  throw invalidOption('expiresAtMs', expiresAtMs, 'a whole number of Unix milliseconds', timeHint(expiresAtMs))
}
