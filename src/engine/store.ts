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
  /** Fresh and random, made by the engine. A store with its own revisions may ignore it. */
  version: string
  /** The new record; null: delete. */
  record: TwoFactorRecord | null
  /** When two-factor authentication was turned on; null: it is off. Worth a column of its own. */
  enabledAtMs: number | null
  /** May be written in the same transaction, for a complete audit trail. */
  events: readonly TwoFactorEvent[]
}

/**
 * Where you store two-factor state: two functions. Replay protection, single-use recovery codes and throttling all rest
 * on `save` being one atomic compare-and-set.
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
  /**
   * Lists the users who have a record, page by page, for scripts that go over all of them (`npx countersign reseal`).
   * Optional: no other operation needs it. The pages may name a user twice, but never miss one who had a record from
   * the first page to the last, whatever is saved meanwhile. A page may have more or fewer than `limit`, or none at
   * all: only `cursor: null` is the end.
   */
  userIds?(options: UserIdsOptions): Promise<UserIdsPage>
}

/** Which page of {@link UserStore.userIds}. */
export interface UserIdsOptions {
  /** The `cursor` of the page before, which can be from an earlier process. Left out: the first page. */
  cursor?: string | undefined
  /** How many to aim for: 1 to 1000. */
  limit: number
}

/** A page of {@link UserStore.userIds}. */
export interface UserIdsPage {
  userIds: readonly string[]
  /** Opaque, and only for the store that made it. Null: this was the last page. */
  cursor: string | null
}
