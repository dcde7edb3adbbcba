import type { UserStore } from 'countersign'
import type { StoreOptions, TableOption } from 'countersign/stores/pg'
import type { TokenStore } from 'countersign/tokens'
import type { AuditedDatabase } from '../../audit/trail.ts'
import type { OpenStore } from '../../exactly-once/backend.ts'

/** A database, opened through one of the drivers that there is a store for. */
export interface TestDatabase extends AuditedDatabase {
  store(options?: StoreOptions): UserStore
  migrate(options?: StoreOptions): Promise<void>
  tokenStore(options?: TableOption): TokenStore
  migrateTokens(options?: TableOption): Promise<void>
  close(): Promise<void>
}

/** The level that a connection begins its transactions with. */
export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

export type Open = (url: string, isolation?: Isolation) => Promise<TestDatabase>

/** For the processes of a race. */
export function openStoreWith(open: Open): (url: string) => Promise<OpenStore> {
  return async (url) => {
    const database = await open(url)
    return { store: database.store(), close: () => database.close() }
  }
}

/** The rows, out of whatever a driver gives: a list of them, an object that holds it, or mysql2's list of it and the fields. */
export function listOf(result: unknown): readonly unknown[] {
  const rows: unknown = typeof result === 'object' && result !== null && 'rows' in result ? result.rows : result
  const [first]: unknown[] = Array.isArray(rows) ? rows : []
  return Array.isArray(first) ? first : Array.isArray(rows) ? rows : []
}
