import type { StoreChange, TwoFactorRecord, UserStore } from 'countersign'
import { type Row, rowOf, type Seams, storeOver, type Table } from './broken-stores-table.ts'

/** Makes a store over a table. `first` is the table that the store under test was made over. */
export type MakeBrokenStore = (table: Table, first: Table) => UserStore

type Found = Awaited<ReturnType<UserStore['load']>>
type Next = (change: StoreChange) => Promise<boolean>

export function swap(table: Table, key: string, change: StoreChange): Promise<boolean> {
  return table.swap(key, change.expected, rowOf(change))
}

export function seams(given: Seams): MakeBrokenStore {
  return (table) => storeOver(table, given)
}

export function keyed(key: (userId: string) => string): MakeBrokenStore {
  return seams({ key })
}

export function loading(give: (found: Found) => unknown, over?: UserStore): MakeBrokenStore {
  return (table) => {
    const { load, save } = over ?? storeOver(table)
    return untyped({ load: async (userId: string) => give(await load(userId)), save })
  }
}

export function answering(give: (wrote: boolean) => unknown): MakeBrokenStore {
  return (table) => {
    const { load, save } = storeOver(table)
    return untyped({ load, save: async (...given: Parameters<UserStore['save']>) => give(await save(...given)) })
  }
}

/** As JavaScript lets it through. */
function untyped(store: { load: unknown; save: unknown }): UserStore {
  return Object.assign(JSON.parse('{}'), store)
}

export function saving(work: (change: StoreChange, next: Next, userId: string) => Promise<boolean>): MakeBrokenStore {
  return (table) => {
    const { load, save } = storeOver(table)
    return { load, save: async (userId, change) => work(change, (next) => save(userId, next), userId) }
  }
}

export function writing(
  save: (table: Table, userId: string, change: StoreChange) => Promise<boolean>,
): MakeBrokenStore {
  return (table) => ({ load: storeOver(table).load, save: (userId, change) => save(table, userId, change) })
}

/** Ignores `change.version`. The row is read first only to make the next revision; what decides is one atomic step. */
export function revised(next: (row: Row | undefined, text: string) => string): MakeBrokenStore {
  return writing(async (table, userId, change) => {
    const row = await table.get(userId)
    return swap(table, userId, { ...change, version: next(row, JSON.stringify(change.record)) })
  })
}

export function coarselyRevised(): MakeBrokenStore {
  let saves = 0
  return revised(() => String(Math.floor(++saves / 4)))
}

export function caching(isEmptiedBySave: boolean): MakeBrokenStore {
  return (table) => {
    const { load, save } = storeOver(table)
    const cache = new Map<string, Found>()
    return {
      async load(userId) {
        const found = cache.has(userId) ? (cache.get(userId) ?? null) : await load(userId)
        cache.set(userId, found)
        return structuredClone(found)
      },
      async save(userId, change) {
        const wrote = await save(userId, change)
        if (isEmptiedBySave) cache.delete(userId)
        return wrote
      },
    }
  }
}

/** Reads and writes under a lock that no other process sees. */
export function locking(): MakeBrokenStore {
  return (table) => {
    let last: Promise<unknown> = Promise.resolve()
    const { load } = storeOver(table)
    return {
      load,
      save(userId, change) {
        const work = async () => {
          const row = await table.get(userId)
          return (row?.version ?? null) === change.expected && table.put(userId, rowOf(change))
        }
        const turn = last.then(work, work)
        last = turn
        return turn
      },
    }
  }
}

export function objects(keep: (record: TwoFactorRecord) => TwoFactorRecord, give: typeof keep): MakeBrokenStore {
  const kept = new Map<string, TwoFactorRecord>()
  return (table) => ({
    async load(userId) {
      const row = await table.get(userId)
      const record = kept.get(row?.version ?? '')
      return row === undefined || record === undefined ? null : { record: give(record), version: row.version }
    },
    async save(userId, change) {
      if (change.record !== null) kept.set(change.version, keep(change.record))
      return swap(table, userId, change)
    },
  })
}

/** Finds the key by a pattern; a new record gets the id itself. */
export function matching(patternOf: (userId: string) => RegExp): MakeBrokenStore {
  return (table) => {
    const keyOf = async (userId: string) => {
      const pattern = patternOf(userId)
      return (await table.keys()).find((key) => pattern.test(key)) ?? userId
    }
    const { load, save } = storeOver(table)
    return {
      load: async (userId) => load(await keyOf(userId)),
      save: async (userId, change) => save(change.expected === null ? userId : await keyOf(userId), change),
    }
  }
}

export function likePattern(userId: string): RegExp {
  return patternFrom(userId, { '%': '.*', _: '.' })
}

export function globPattern(userId: string): RegExp {
  return patternFrom(userId, { '*': '.*', '?': '.' })
}

function patternFrom(userId: string, wildcards: Readonly<Record<string, string>>): RegExp {
  const parts = [...userId].map((letter) => wildcards[letter] ?? letter.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'))
  return new RegExp(`^${parts.join('')}$`, 's')
}

export function plainObject(): MakeBrokenStore {
  const rowsOf = new WeakMap<Table, Record<string, Row>>()
  return (table) => {
    if (!table.isOpen) return storeOver(table)
    const rows = rowsOf.get(table) ?? {}
    rowsOf.set(table, rows)
    return storeOver({
      ...table,
      get: async (key) => rows[key],
      swap: async (key, expected, row) => {
        if ((rows[key]?.version ?? null) !== expected) return false
        table.enabledAtMs.set(key, row?.enabledAtMs ?? null)
        if (row === null) return delete rows[key]
        rows[key] = row
        return true
      },
    })
  }
}

export function swallowing(answer: boolean): MakeBrokenStore {
  return (table) => {
    const { load, save } = storeOver(table)
    return {
      load: (userId) => load(userId).catch(() => null),
      save: (userId, change) => save(userId, change).catch(() => answer),
    }
  }
}

export function emptied(): TwoFactorRecord {
  return JSON.parse('{}')
}

export function cutAt(levels: number, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((entry) => cutAt(levels - 1, entry))
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, cutAt(levels - 1, field)]))
}

export function keyAfterKey<T>(value: T): T
export function keyAfterKey(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(keyAfterKey)
  const copy: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) copy[key] = keyAfterKey(field)
  return copy
}
