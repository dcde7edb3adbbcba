import { encodeBase64Url } from '../encoding/base64url.ts'
import { retryOnConflict } from '../engine/retry.ts'
import { PATIENCE } from '../engine/transact.ts'
import { CountersignError } from '../errors.ts'
import type { Random } from '../vault/random.ts'
import type { TokenCore } from './core.ts'
import { parseStoredToken } from './parse-stored-token.ts'
import type { StoredToken } from './store.ts'

/** A token as it is stored now, checked. */
export interface Kept {
  token: StoredToken
  version: string
}

/** A row of a user's list, not parsed. */
export interface Row {
  hash: string
  token: unknown
  version: string
}

const VERSION_BYTES = 16

/** What is stored under this hash. If a store returns another token's row, access is refused. */
export async function findToken({ store }: TokenCore, hash: string): Promise<Kept | null> {
  const found: unknown = await store.find(hash)
  if (found === null) return null
  if (!isVersioned(found)) throw storeInvalid('find must return null, or { token, version } with the version as text')
  const token = parseStoredToken(found.token)
  if (token.hash !== hash) throw storeInvalid('find returned a different token than the one asked for')
  return { token, version: found.version }
}

/** All rows of a user, not parsed. */
export async function listRows({ store }: TokenCore, userId: string): Promise<Row[]> {
  const rows: unknown = await store.list(userId)
  if (!Array.isArray(rows)) throw storeInvalid('list must return an array')
  return rows.map((row: unknown) => {
    if (isVersioned(row) && 'hash' in row && typeof row.hash === 'string') {
      return { hash: row.hash, token: row.token, version: row.version }
    }
    throw storeInvalid('list must return { hash, token, version } for each token, with hash and version as text')
  })
}

/** @throws CountersignError `record_invalid` if one is damaged */
export async function listTokens(core: TokenCore, userId: string): Promise<Kept[]> {
  return (await listRows(core, userId)).map((row) => readRow(row, userId))
}

export function readRow({ hash, token: stored, version }: Row, userId: string): Kept {
  const token = parseStoredToken(stored)
  if (token.hash !== hash || token.userId !== userId) throw storeInvalid("list returned another user's token")
  return { token, version }
}

/** Null if it is damaged. */
export function readUndamaged(row: Row, userId: string): Kept | null {
  try {
    return readRow(row, userId)
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'record_invalid') return null
    throw error
  }
}

/**
 * This user's token of that id, revoked or not. A damaged token does not affect the others.
 *
 * @throws CountersignError `record_invalid` if it may be the damaged one
 */
export async function findById(core: TokenCore, userId: string, id: unknown): Promise<Kept | null> {
  const rows = await listRows(core, userId)
  const read = rows.map((row) => readUndamaged(row, userId))
  const found = read.find((kept) => kept?.token.id === id)
  if (found !== undefined) return found
  const damaged = rows[read.indexOf(null)]
  return damaged === undefined ? null : readRow(damaged, userId)
}

/** Replaces or deletes what was read. False if it has changed since then. */
export function replaceToken(core: TokenCore, { token, version }: Kept, next: StoredToken | null): Promise<boolean> {
  return save(core, token.hash, version, token.userId, next)
}

export function createToken(core: TokenCore, token: StoredToken): Promise<boolean> {
  return save(core, token.hash, null, token.userId, token)
}

/** Removes a row that may be damaged. */
export function deleteRow(core: TokenCore, { hash, version }: Row, userId: string): Promise<boolean> {
  return save(core, hash, version, userId, null)
}

async function save(
  { store, random }: TokenCore,
  hash: string,
  expected: string | null,
  userId: string,
  token: StoredToken | null,
): Promise<boolean> {
  const version = encodeBase64Url(random(VERSION_BYTES))
  const wrote: unknown = await store.save(hash, { expected, version, userId, token })
  if (typeof wrote === 'boolean') return wrote
  throw storeInvalid('save must return true or false. Whether it wrote is unknown, so this counts as a failure')
}

/**
 * Retries while other writers win, until `attempt` returns something other than null.
 *
 * @throws CountersignError `store_conflict`
 */
export async function untilWritten<Result>(random: Random, attempt: () => Promise<Result | null>): Promise<Result> {
  const outcome = await retryOnConflict(PATIENCE, random, async () => {
    const result = await attempt()
    return result === null ? { conflict: null } : { result }
  })
  if ('result' in outcome) return outcome.result
  throw new CountersignError(
    'store_conflict',
    `Other writers changed this user's access tokens ${PATIENCE.tries} times in a row. Try again; if this persists, check that the store's save compares versions as TokenStore requires.`,
  )
}

function isVersioned(row: unknown): row is { token: unknown; version: string } {
  return (
    typeof row === 'object' &&
    row !== null &&
    'token' in row &&
    'version' in row &&
    typeof row.version === 'string' &&
    row.version !== ''
  )
}

function storeInvalid(what: string): CountersignError {
  return new CountersignError('store_invalid', `The token store's ${what}. Check the adapter.`)
}
