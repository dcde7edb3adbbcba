import * as stores from 'countersign/stores/postgres'
import postgres from 'postgres'
import { type Isolation, openStoreWith, type TestDatabase } from './test-database.ts'

export async function open(url: string, isolation: Isolation = 'read committed'): Promise<TestDatabase> {
  return openWith(url, isolation, true)
}

/** As behind PgBouncer. */
export async function openUnprepared(url: string, isolation: Isolation = 'read committed'): Promise<TestDatabase> {
  return openWith(url, isolation, false)
}

async function openWith(url: string, isolation: Isolation, prepare: boolean): Promise<TestDatabase> {
  const sql = postgres(url, {
    prepare,
    onnotice: () => undefined,
    connection: { default_transaction_isolation: isolation },
  })
  return {
    store: (options) => stores.postgresStore(sql, options),
    migrate: (options) => stores.migrate(sql, options),
    tokenStore: (options) => stores.postgresTokenStore(sql, options),
    migrateTokens: (options) => stores.migrateTokens(sql, options),
    query: (text) => sql.unsafe(text),
    async transaction(work) {
      await sql.begin((inside) => work((options) => stores.postgresStore(inside, options)))
    },
    // Without a limit it waits for ever where a connection was killed before.
    close: () => sql.end({ timeout: 1 }),
  }
}

export const openStore = openStoreWith(open)
