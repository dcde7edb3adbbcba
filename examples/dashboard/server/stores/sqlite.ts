import { type Client, createClient } from '@libsql/client'
import { libsqlStore, libsqlTokenStore, migrate, migrateTokens } from 'countersign/stores/libsql'
import type { OpenedStores, Stores } from './opened.ts'

/** In an SQLite file that is open, in two tables of their own. */
export async function storesIn(database: Client): Promise<Stores> {
  await migrate(database)
  await migrateTokens(database)
  return { users: libsqlStore(database), tokens: libsqlTokenStore(database) }
}

export async function openSqlite(url: string): Promise<OpenedStores> {
  const database = createClient({ url, timeout: 5000 })
  return { ...(await storesIn(database)), notes: [], close: () => database.close() }
}
