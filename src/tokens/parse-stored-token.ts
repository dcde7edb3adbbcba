import { CountersignError } from '../errors.ts'
import { isScope, MAX_SCOPES } from './scopes.ts'
import type { StoredToken } from './store.ts'

const SCHEMA = 1
const MAX_ID = 64
const MAX_USER_ID = 255
const MAX_NAME = 64
const HASH = /^[\w-]{43}$/

type Fields = Readonly<Record<string, unknown>>

/**
 * What a store returned, checked field by field.
 *
 * @throws CountersignError `record_invalid` naming the field: such a token never verifies
 */
export function parseStoredToken(stored: unknown): StoredToken {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) throw damaged('it', 'an object')
  const fields = stored as Fields
  if (fields['schema'] !== SCHEMA) throw damaged('schema', `${SCHEMA} (a higher one: a newer countersign wrote it)`)
  const { hash } = fields
  if (typeof hash !== 'string' || !HASH.test(hash)) throw damaged('hash', '43 characters of base64url')
  return {
    schema: SCHEMA,
    id: text(fields, 'id', MAX_ID),
    userId: text(fields, 'userId', MAX_USER_ID),
    hash,
    name: text(fields, 'name', MAX_NAME),
    scopes: scopes(fields),
    createdAtMs: time(fields, 'createdAtMs'),
    expiresAtMs: timeOrNull(fields, 'expiresAtMs'),
    lastUsedAtMs: timeOrNull(fields, 'lastUsedAtMs'),
    revokedAtMs: timeOrNull(fields, 'revokedAtMs'),
  }
}

function text(fields: Fields, key: string, most: number): string {
  const value = fields[key]
  if (typeof value === 'string' && value.length > 0 && value.length <= most) return value
  throw damaged(key, `text of 1 to ${most} characters`)
}

function scopes({ scopes }: Fields): readonly string[] {
  if (Array.isArray(scopes) && scopes.length <= MAX_SCOPES && scopes.every(isScope)) return [...scopes]
  throw damaged('scopes', `a list of at most ${MAX_SCOPES} scopes`)
}

function timeOrNull(fields: Fields, key: string): number | null {
  return fields[key] === null ? null : time(fields, key)
}

function time(fields: Fields, key: string): number {
  const value = fields[key]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw damaged(key, 'a time in Unix milliseconds')
}

function damaged(field: string, allowed: string): CountersignError {
  return new CountersignError(
    'record_invalid',
    `A stored access token is damaged: ${field} must be ${allowed}. Nothing was changed; restore it, or revoke all tokens of its user with revokeAll, which also deletes damaged ones.`,
  )
}
