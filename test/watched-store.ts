import { memoryStore, type StoreChange, type TwoFactorRecord, type UserStore } from 'countersign'
import type { UserRecord } from '../src/engine/record.ts'

/** A store that counts its calls and lets a test look at what it holds. */
export interface WatchedStore extends UserStore {
  loads: number
  saves: number
  /** What was asked to be saved, last one last. */
  changes: StoreChange[]
  /** Counts from zero again. */
  forget(): void
  /** What is stored, without counting. */
  record(userId: string): Promise<UserRecord | null>
  /** Writes any JSON value as the user's record, as somebody with a database console would. */
  plant(userId: string, record: unknown): Promise<void>
}

export function watchedStore(inner: UserStore = memoryStore()): WatchedStore {
  const store: WatchedStore = {
    loads: 0,
    saves: 0,
    changes: [],
    load(userId) {
      store.loads += 1
      return inner.load(userId)
    },
    save(userId, change) {
      store.saves += 1
      store.changes.push(change)
      return inner.save(userId, change)
    },
    forget() {
      store.loads = 0
      store.saves = 0
      store.changes = []
    },
    record: async (userId) => ((await inner.load(userId))?.record ?? null) as UserRecord | null,
    async plant(userId, record) {
      const expected = (await inner.load(userId))?.version ?? null
      const version = `planted-${crypto.randomUUID()}`
      await inner.save(userId, { expected, version, record: record as TwoFactorRecord, enabledAtMs: null, events: [] })
    },
  }
  return store
}
