import { encodeBase64Url } from '../../encoding/base64url.ts'
import type { StoreChange, TwoFactorRecord, UserStore } from '../../index.ts'
import { randomBytes } from '../../vault/random.ts'
import { type Explanation, fault } from './contract-case.ts'
import { difference, show } from './difference.ts'

/*
 * The steps that cases are made of. Each throws what the store did where that is not what it had to do.
 */

const LOADS: Explanation = {
  asks: 'load returns null if there is no record, else { record, version }: the record as an object, the version as text.',
  mistake:
    'Passing on what the driver returns: undefined for no row, JSON that is not parsed, a version that is a number. Write `row === undefined ? null : { record: JSON.parse(row.record), version: String(row.version) }`.',
}

export const SAVES: Explanation = {
  asks: 'save returns true if it wrote and false if not. Anything unclear is a rejection.',
  mistake:
    "Passing on the driver's answer: a number of rows, { changes: 0 } (which is truthy), 'OK' or nothing. Write `return rows === 1`.",
}

/** A change, without what is the same in most. */
export type Save = Pick<StoreChange, 'expected' | 'record'> & { enabledAtMs?: number | null }

export function changeOf(save: Save): StoreChange {
  return { version: newVersion(), enabledAtMs: null, events: [], ...save }
}

/** As the engine makes them: 22 characters of base64url. */
export function newVersion(): string {
  return encodeBase64Url(randomBytes(16))
}

export async function load(store: UserStore, userId: string): Promise<Awaited<ReturnType<UserStore['load']>>> {
  const found = await loaded(store, userId)
  if (found === null || typeof found === 'object') return found
  throw fault(`load gave ${show(found)} for ${show(userId)}, which is neither null nor { record, version }.`, LOADS)
}

async function loaded(store: UserStore, userId: string): ReturnType<UserStore['load']> {
  try {
    return await store.load(userId)
  } catch (error) {
    throw new Error(`load rejected for ${show(userId)}: ${said(error)}.`, { cause: error })
  }
}

export async function save(store: UserStore, userId: string, wanted: Save): Promise<boolean> {
  const answer = await attempt(store, userId, wanted)
  if (typeof answer === 'boolean') return answer
  throw fault(`save gave ${show(answer)}, which is neither true nor false.`, SAVES)
}

/** Whatever it answers. */
export async function attempt(store: UserStore, userId: string, wanted: Save): Promise<unknown> {
  try {
    return await store.save(userId, changeOf(wanted))
  } catch (error) {
    throw new Error(`save rejected for ${show(userId)}, ${manner(wanted)}: ${said(error)}.`, { cause: error })
  }
}

export async function writes(store: UserStore, userId: string, wanted: Save): Promise<void> {
  if (await save(store, userId, wanted)) return
  throw new Error(`save gave false for ${show(userId)}, ${manner(wanted)}; it had to write.`)
}

export async function refuses(store: UserStore, userId: string, wanted: Save, because: string): Promise<void> {
  if (!(await save(store, userId, wanted))) return
  throw new Error(`save gave true for ${show(userId)}, ${manner(wanted)}, where ${because}.`)
}

/** Under a version that no store ever gave. One with revisions of its own may reject it as none. */
export async function refusesInvented(store: UserStore, userId: string, record: TwoFactorRecord | null): Promise<void> {
  const wanted = { expected: newVersion(), record }
  const answer = await attempt(store, userId, wanted).catch(() => false)
  if (answer === false) return
  throw new Error(`save gave ${show(answer)} for ${show(userId)}, ${manner(wanted)}, where that version never was.`)
}

/** Returns the version it is stored under, which may be one of the store's own. */
export async function create(store: UserStore, userId: string, record: TwoFactorRecord): Promise<string> {
  await writes(store, userId, { expected: null, record })
  return versionOf(store, userId)
}

export async function replace(store: UserStore, userId: string, record: TwoFactorRecord): Promise<string> {
  await writes(store, userId, { expected: await versionOf(store, userId), record })
  return versionOf(store, userId)
}

export async function remove(store: UserStore, userId: string): Promise<void> {
  await writes(store, userId, { expected: await versionOf(store, userId), record: null })
}

export async function versionOf(store: UserStore, userId: string): Promise<string> {
  return (await stored(store, userId)).version
}

export async function recordOf(store: UserStore, userId: string): Promise<TwoFactorRecord> {
  return (await stored(store, userId)).record
}

async function stored(store: UserStore, userId: string): Promise<{ record: TwoFactorRecord; version: string }> {
  const found = await load(store, userId)
  if (found === null) throw new Error(`load gave null for ${show(userId)}, whose record was saved.`)
  const { record, version }: { record: unknown; version: unknown } = found
  if (typeof record !== 'object' || record === null) {
    throw fault(`load gave ${show(record)} for the record, which is no object.`, LOADS)
  }
  if (typeof version !== 'string' || version === '') {
    throw fault(`load gave ${show(version)} for the version, which must be text with something in it.`, LOADS)
  }
  return { record: record as TwoFactorRecord, version }
}

/** That exactly this record is stored; null: none. */
export async function holds(
  store: UserStore,
  userId: string,
  record: TwoFactorRecord | null,
  when: string,
): Promise<void> {
  if (record === null) {
    const found = await load(store, userId)
    if (found === null) return
    throw new Error(`load gave ${show(found)} for ${show(userId)} ${when}; it had to give null.`)
  }
  const found = difference(await recordOf(store, userId), record)
  if (found !== null) throw new Error(`load gave another record for ${show(userId)} ${when}: ${found}.`)
}

/** How a save came, in words. */
function manner({ expected, record }: Save): string {
  if (expected === null) return 'asked to create a record'
  return record === null ? 'asked to delete under a version' : 'asked to update under a version'
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : show(error)
}
