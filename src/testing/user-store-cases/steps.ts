import { encodeBase64Url } from '../../encoding/base64url.ts'
import type { StoreChange, TwoFactorRecord, UserStore } from '../../index.ts'
import { randomBytes } from '../../vault/random.ts'
import { type Explanation, fault } from './contract-case.ts'
import { difference, show } from './difference.ts'

/*
 * The steps of the cases. Each throws, with what the store did, if that is wrong.
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

/** A change, without the fields that most have in common. */
export type Save = Pick<StoreChange, 'expected' | 'record'> & { enabledAtMs?: number | null }

export function changeOf(save: Save): StoreChange {
  return { version: newVersion(), enabledAtMs: null, events: [], ...save }
}

/** Like the engine's: 22 characters of base64url. */
export function newVersion(): string {
  return encodeBase64Url(randomBytes(16))
}

export async function load(store: UserStore, userId: string): Promise<Awaited<ReturnType<UserStore['load']>>> {
  const found = await loaded(store, userId)
  if (found === null || typeof found === 'object') return found
  throw fault(`load returned ${show(found)} for ${show(userId)}, which is neither null nor { record, version }.`, LOADS)
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
  throw fault(`save returned ${show(answer)}, which is neither true nor false.`, SAVES)
}

/** Any answer is accepted. */
export async function attempt(store: UserStore, userId: string, wanted: Save): Promise<unknown> {
  try {
    return await store.save(userId, changeOf(wanted))
  } catch (error) {
    throw new Error(`save rejected for ${show(userId)}, ${manner(wanted)}: ${said(error)}.`, { cause: error })
  }
}

export async function writes(store: UserStore, userId: string, wanted: Save): Promise<void> {
  if (await save(store, userId, wanted)) return
  throw new Error(`save returned false for ${show(userId)}, ${manner(wanted)}; it had to write.`)
}

export async function refuses(store: UserStore, userId: string, wanted: Save, because: string): Promise<void> {
  if (!(await save(store, userId, wanted))) return
  throw new Error(`save returned true for ${show(userId)}, ${manner(wanted)}, although ${because}.`)
}

/** Under a version that no store ever returned. A store with its own revisions may reject it. */
export async function refusesInvented(store: UserStore, userId: string, record: TwoFactorRecord | null): Promise<void> {
  const wanted = { expected: newVersion(), record }
  const answer = await attempt(store, userId, wanted).catch(() => false)
  if (answer === false) return
  throw new Error(
    `save returned ${show(answer)} for ${show(userId)}, ${manner(wanted)}, although that version never existed.`,
  )
}

/** Returns the version it is stored under, which may be the store's own. */
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
  if (found === null) throw new Error(`load returned null for ${show(userId)}, whose record was saved.`)
  const { record, version }: { record: unknown; version: unknown } = found
  if (typeof record !== 'object' || record === null) {
    throw fault(`load returned ${show(record)} for the record, which is not an object.`, LOADS)
  }
  if (typeof version !== 'string' || version === '') {
    throw fault(`load returned ${show(version)} for the version, which must be text that is not empty.`, LOADS)
  }
  return { record: record as TwoFactorRecord, version }
}

/** Checks that exactly this record is stored; null: none. */
export async function holds(
  store: UserStore,
  userId: string,
  record: TwoFactorRecord | null,
  when: string,
): Promise<void> {
  if (record === null) {
    const found = await load(store, userId)
    if (found === null) return
    throw new Error(`load returned ${show(found)} for ${show(userId)} ${when}; it had to return null.`)
  }
  const found = difference(await recordOf(store, userId), record)
  if (found !== null) throw new Error(`load returned another record for ${show(userId)} ${when}: ${found}.`)
}

/** Describes a save. */
function manner({ expected, record }: Save): string {
  if (expected === null) return 'asked to create a record'
  return record === null ? 'asked to delete under a version' : 'asked to update under a version'
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : show(error)
}
