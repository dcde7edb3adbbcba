import type { TwoFactorEvent } from './events.ts'
import type { JsonValue } from './json.ts'

/**
 * All two-factor state of one user: plain JSON below 16 KiB. A store writes it and returns it unchanged; its fields belong
 * to the engine and can change in any release.
 */
export type TwoFactorRecord = { readonly [field: string]: JsonValue }

/** What `save` is asked to do. */
export interface StoreChange {
  /** The version that must be stored now; null: there must be no record. */
  expected: string | null
  /** Fresh and random, made by the engine. A store with revisions of its own may ignore it. */
  version: string
  /** The new record; null: delete. */
  record: TwoFactorRecord | null
  /** Since when two-factor authentication is on; null: it is off. The one fact worth a column. */
  enabledAtMs: number | null
  /** May be written in the same transaction, for an audit trail that misses nothing. */
  events: readonly TwoFactorEvent[]
}

/**
 * Where the host keeps two-factor state: two functions. Replay protection, single-use recovery codes and throttling
 * all rest on `save` being one atomic compare-and-set.
 */
export interface UserStore {
  /**
   * Returns the user's record and the version it was saved under, or null if there is none.
   * Must see every save that has finished, so it must not read from a stale replica.
   */
  load(userId: string): Promise<{ record: unknown; version: string } | null>
  /**
   * Writes only if the stored version is still `change.expected`, in one atomic step.
   * Resolves to true if it wrote and false if it did not; rejects if it cannot tell.
   */
  save(userId: string, change: StoreChange): Promise<boolean>
}
