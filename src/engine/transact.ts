import { encodeBase64Url } from '../encoding/base64url.ts'
import { CountersignError } from '../errors.ts'
import type { Random } from '../vault/random.ts'
import type { Vault } from '../vault/vault.ts'
import { type ChangedBy, withChange } from './changes.ts'
import { EVENT_TYPES, type EventDetails, type TwoFactorEvent } from './events.ts'
import { type Listeners, tell } from './listeners.ts'
import { withOneNotice } from './one-notice.ts'
import { parseRecord } from './parse-record.ts'
import { fitted, type UserRecord } from './record.ts'
import { resealStale } from './reseal.ts'
import { type Patience, retryOnConflict } from './retry.ts'
import type { StoreChange, UserStore } from './store.ts'

/** What every operation needs of the host. */
export interface Shell extends Listeners<TwoFactorEvent> {
  store: UserStore
  vault: Vault
  now: () => number
  /** For secrets. */
  random: Random
  /** For values that must never repeat, and are not secret. */
  nonces: Random
}

/** Whose record, and the host's context for its events. */
export interface Subject extends ChangedBy {
  context: unknown
}

/** What an operation decided. Without `record` there is nothing to write; null deletes. */
export interface Decision<Result> {
  result: Result
  record?: UserRecord | null | undefined
  events?: readonly EventDetails[] | undefined
}

/** A pure function: it may run several times, each time on the latest stored record. */
export type Decide<Result> = (record: UserRecord | null, nowMs: number) => Decision<Result>

/** What a store returned, not parsed. */
interface Stored {
  record: unknown
  version: string
}

/** For deciding again on a fresh record. There is a wait only under heavy contention. */
export const PATIENCE: Patience = { tries: 50, triesWithoutWait: 12, longestWaitMs: 64 }
const VERSION_BYTES = 16

/**
 * Load, decide, save; if another writer won, decide again on the fresh record. It returns the result and emits the
 * events only after the write, so a code counts as used exactly when that write succeeded.
 *
 * @throws CountersignError `record_invalid`, `store_invalid`, `record_too_large`, `store_conflict`; whatever the store throws
 */
export function transact<Result>(shell: Shell, subject: Subject, decide: Decide<Result>): Promise<Result> {
  return transactStored(shell, subject, (stored, nowMs) => {
    const before = stored === null ? null : parseRecord(stored.record)
    const { result, record, events } = decide(before, nowMs)
    if (!record || events === undefined) return { result, record, events }
    return { result, record: withChange(before, record, events, subject, shell.vault, nowMs), events }
  })
}

/** The same on whatever is stored, not parsed: only for `admin.reset`, which must work on a damaged record. */
export async function transactStored<Result>(
  shell: Shell,
  subject: Subject,
  decide: (stored: Stored | null, nowMs: number) => Decision<Result>,
): Promise<Result> {
  const { store, onEvent } = shell
  const outcome = await retryOnConflict(PATIENCE, shell.random, async () => {
    const stored = readLoaded(await store.load(subject.userId))
    const nowMs = shell.now()
    const { result, record, events: details = [] } = decide(stored, nowMs)
    const events = withOneNotice(details.map((each) => eventOf(each, subject, nowMs)))
    const change = changeOf(shell, subject, stored, record, events)
    const isWritten = change === null || readSaved(await store.save(subject.userId, change))
    return isWritten ? { result: { result, events } } : { conflict: change }
  })
  if ('result' in outcome) {
    if (onEvent !== undefined) await tell(shell, outcome.result.events)
    return outcome.result.result
  }
  throw new CountersignError(
    'store_conflict',
    `Nothing was written: other writers changed this user's record ${PATIENCE.tries} times in a row. Try again; if this persists, check that the store's save compares versions as UserStore requires.`,
  )
}

/** The user's record as it is now, checked. */
export async function loadRecord(store: UserStore, userId: string): Promise<UserRecord | null> {
  const stored = readLoaded(await store.load(userId))
  return stored === null ? null : parseRecord(stored.record)
}

/** Events of an operation that writes nothing. */
export async function emitNow(shell: Shell, subject: Subject, nowMs: number, details: EventDetails): Promise<void> {
  await tell(shell, [eventOf(details, subject, nowMs)])
}

/** The same type without its name, so that TypeScript sees that all of it is JSON. */
type Plain<T> = { [Key in keyof T]: Plain<T[Key]> }

/** Null if there is nothing to write. */
function changeOf(
  { vault, nonces }: Shell,
  { userId }: Subject,
  stored: Stored | null,
  decided: UserRecord | null | undefined,
  events: readonly TwoFactorEvent[],
): StoreChange | null {
  if (decided === undefined || (decided === null && stored === null)) return null
  const record = decided === null ? null : fitted(resealStale(decided, vault, userId))
  const opaque: Plain<UserRecord> | null = record
  return {
    expected: stored === null ? null : stored.version,
    version: encodeBase64Url(nonces(VERSION_BYTES)),
    record: opaque,
    enabledAtMs: record === null ? null : record.enabledAtMs,
    events,
  }
}

function readLoaded(loaded: unknown): Stored | null {
  if (loaded === null) return null
  if (typeof loaded === 'object' && loaded !== undefined && 'record' in loaded && 'version' in loaded) {
    const { record, version } = loaded
    if (typeof version === 'string' && version !== '') return { record, version }
  }
  throw new CountersignError(
    'store_invalid',
    "The store's load must return null, or { record, version } with the version as text. Check the adapter.",
  )
}

function readSaved(wrote: unknown): boolean {
  if (typeof wrote === 'boolean') return wrote
  throw new CountersignError(
    'store_invalid',
    `The store's save must return true or false; it returned ${wrote === null ? 'null' : typeof wrote}. Whether it wrote is unknown, so this counts as a failure. Check the adapter.`,
  )
}

function eventOf(details: EventDetails, { userId, context }: Subject, nowMs: number): TwoFactorEvent {
  const { type, notify = EVENT_TYPES[type].notify } = details
  // As a later spread, it takes 6 µs of a sign-in less than as the first one.
  return { userId, atMs: nowMs, ...details, notify, context }
}
