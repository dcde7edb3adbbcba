import type { StoredToken, TokenChange, TokenStore } from '../../tokens/store.ts'
import { fault } from '../user-store-cases/contract-case.ts'
import { difference, show } from '../user-store-cases/difference.ts'

/** Fails unless the two are the same JSON value, with keys in any order. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const found = difference(actual, expected, what)
  if (found !== null) throw fault(`${found}.`, FIND)
}

export async function expectRejection(work: () => Promise<unknown>, what: string): Promise<void> {
  let answer: unknown
  try {
    answer = await work()
  } catch {
    return
  }
  throw new Error(`${what} returned ${show(answer)}; it had to reject.`)
}

export function tokenOf(userId: string, fields: Partial<StoredToken> = {}): StoredToken {
  return {
    schema: 1,
    id: newVersion(),
    userId,
    hash: newHash(),
    name: 'Backup script',
    scopes: [],
    createdAtMs: 1_764_000_000_000,
    expiresAtMs: null,
    lastUsedAtMs: null,
    revokedAtMs: null,
    ...fields,
  }
}

/** Like a SHA-256 in base64url: the same length and alphabet. */
export function newHash(): string {
  return `${crypto.randomUUID()}-${crypto.randomUUID()}`.replaceAll('-', '').slice(0, 43)
}

function newVersion(): string {
  return crypto.randomUUID()
}

/** Checks that find and list return exactly these for their users. */
export async function expectStored(store: TokenStore, tokens: readonly StoredToken[]): Promise<void> {
  for (const userId of new Set(tokens.map((token) => token.userId))) {
    const mine = tokens.filter((token) => token.userId === userId)
    const listed = await store.list(userId)
    const whose = `of ${show(userId)}`
    expectSame(sorted(listed.map(({ token }) => token)), sorted(mine), `the tokens ${whose} that list returns`)
    for (const row of listed) {
      expectSame(row.hash, row.token.hash, `the hash that list returns beside a token ${whose}`)
      expectSame(await store.find(row.hash), { token: row.token, version: row.version }, `what find returns ${whose}`)
    }
  }
}

export function sorted(tokens: readonly StoredToken[]): StoredToken[] {
  return [...tokens].sort((a, b) => (a.hash < b.hash ? -1 : 1))
}

type Save = Omit<TokenChange, 'version'>

export async function save(store: TokenStore, hash: string, wanted: Save): Promise<boolean> {
  const answer: unknown = await store.save(hash, { version: newVersion(), ...wanted })
  if (typeof answer === 'boolean') return answer
  throw fault(`save returned ${show(answer)}, which is neither true nor false.`, SAVE)
}

const FIND = {
  asks: 'find returns { token, version } as they were saved, or null; list returns these for all tokens of a user, with their hash.',
  mistake: 'Passing on what the driver returns for no row, or what it makes of JSON and numbers.',
}
const SAVE = {
  asks: 'save writes only if `expected` is the stored version, or null and there is no token, and says whether it wrote.',
  mistake:
    'No comparison, or one before the write: put `expected` into the WHERE of one statement, and count its rows.',
}

export async function writes(store: TokenStore, hash: string, wanted: Save): Promise<void> {
  if (await save(store, hash, wanted)) return
  throw fault(`save returned false for a token of ${show(wanted.userId)} that it had to write.`, SAVE)
}

export async function refuses(store: TokenStore, hash: string, wanted: Save): Promise<void> {
  if (!(await save(store, hash, wanted))) return
  throw fault(`save returned true for a token of ${show(wanted.userId)} that it had to leave as it was.`, SAVE)
}

/** Under a version that no store ever returned. A store with its own revisions may reject it. */
export async function refusesInvented(
  store: TokenStore,
  { hash, userId }: StoredToken,
  token: StoredToken | null,
): Promise<void> {
  const invented = { expected: newVersion(), version: newVersion(), userId, token }
  const answer: unknown = await store.save(hash, invented).catch(() => false)
  if (answer !== false) throw fault(`save returned ${show(answer)} under a version that was never stored.`, SAVE)
}

/** Returns the version it is stored under, which may be the store's own. */
export async function create(store: TokenStore, token: StoredToken): Promise<string> {
  await writes(store, token.hash, { expected: null, userId: token.userId, token })
  return (await found(store, token.hash)).version
}

export async function replace(store: TokenStore, token: StoredToken): Promise<string> {
  const { version: expected } = await found(store, token.hash)
  await writes(store, token.hash, { expected, userId: token.userId, token })
  return (await found(store, token.hash)).version
}

export async function found(store: TokenStore, hash: string): Promise<{ token: StoredToken; version: string }> {
  const row = await store.find(hash)
  if (row === null) throw fault('find returned null for a hash that has a token.', FIND)
  if (typeof row?.version !== 'string') throw fault(`find returned ${show(row)}, without a version as text.`, FIND)
  return row
}
