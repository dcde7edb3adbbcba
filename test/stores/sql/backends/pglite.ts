import { PGlite } from '@electric-sql/pglite'
import * as stores from 'countersign/stores/pglite'
import type { TestDatabase } from './test-database.ts'

/** In memory. */
export async function open(): Promise<TestDatabase> {
  const database = await PGlite.create()
  return {
    store: (options) => stores.pgliteStore(database, options),
    migrate: (options) => stores.migrate(database, options),
    tokenStore: (options) => stores.pgliteTokenStore(database, options),
    migrateTokens: (options) => stores.migrateTokens(database, options),
    query: async (sql) => (await database.query(sql)).rows,
    transaction: (work) => database.transaction((inside) => work((options) => stores.pgliteStore(inside, options))),
    close: () => database.close(),
  }
}
