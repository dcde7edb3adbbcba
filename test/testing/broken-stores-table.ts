import type { StoreChange, TwoFactorRecord, UserStore } from 'countersign'

/** What stands in a row. */
export interface Row {
  text: string
  version: string
  enabledAtMs: number | null
}

/** A table of a small database in memory. Every call takes a while, so that others come between two. */
export interface Table {
  isOpen: boolean
  get(key: string): Promise<Row | undefined>
  /** Writes, whatever is there; null deletes. */
  put(key: string, row: Row | null): Promise<boolean>
  /** The one atomic step: writes only where that version is, null for none. */
  swap(key: string, expected: string | null, row: Row | null): Promise<boolean>
  keys(): Promise<string[]>
  /** The column, which stays when a row goes, as in a table of users. */
  enabledAtMs: Map<string, number | null>
}

export function openTable(): Table {
  const rows = new Map<string, Row>()
  const enabledAtMs = new Map<string, number | null>()

  function write(key: string, row: Row | null): boolean {
    enabledAtMs.set(key, row?.enabledAtMs ?? null)
    if (row === null) return rows.delete(key)
    rows.set(key, row)
    return true
  }

  return {
    isOpen: true,
    enabledAtMs,
    async get(key) {
      await null
      return rows.get(key)
    },
    async put(key, row) {
      await null
      return write(key, row)
    },
    async swap(key, expected, row) {
      await null
      return (rows.get(key)?.version ?? null) === expected && write(key, row)
    },
    async keys() {
      await null
      return [...rows.keys()]
    },
  }
}

/** One whose connection is gone. */
export function closedTable(): Table {
  const fail = async () => {
    throw new Error('The connection is closed.')
  }
  return { isOpen: false, get: fail, put: fail, swap: fail, keys: fail, enabledAtMs: new Map() }
}

/** Where a store can go wrong without a word. */
export interface Seams {
  key?: (userId: string) => string
  toText?: (record: TwoFactorRecord, change: StoreChange) => string
  fromText?: (text: string) => TwoFactorRecord
}

/** A store that does what it must, but for its seams. */
export function storeOver(table: Table, seams: Seams = {}): UserStore {
  const { key = String, toText = (record) => JSON.stringify(record), fromText = (text) => JSON.parse(text) } = seams
  return {
    async load(userId) {
      const row = await table.get(key(userId))
      return row === undefined ? null : { record: fromText(row.text), version: row.version }
    },
    async save(userId, change) {
      return table.swap(key(userId), change.expected, rowOf(change, toText))
    },
  }
}

export function rowOf(change: StoreChange, toText: Seams['toText'] = (record) => JSON.stringify(record)): Row | null {
  const { record, version, enabledAtMs } = change
  return record === null ? null : { text: toText(record, change), version, enabledAtMs }
}
