import type { TwoFactorEvent } from './events.ts'
import type { TwoFactorRecord } from './record.ts'

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
   * The user's record and the version it was saved under; null where there is none.
   * Must see every save that has finished: no stale replica.
   */
  load(userId: string): Promise<{ record: TwoFactorRecord; version: string } | null>
  /**
   * Writes only if the stored version still is `change.expected`, in one atomic step.
   * True if it wrote, false if not; anything unclear is a rejection.
   */
  save(userId: string, change: StoreChange): Promise<boolean>
}
