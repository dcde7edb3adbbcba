import * as stores from 'countersign/stores/pg'
import { Pool } from 'pg'
import { type Isolation, openStoreWith, type TestDatabase } from './test-database.ts'

export async function open(url: string, isolation: Isolation = 'read committed'): Promise<TestDatabase> {
  const pool = new Pool({
    connectionString: url,
    options: `-c default_transaction_isolation=${isolation.replaceAll(' ', '\\ ')}`,
  })
  pool.on('error', () => undefined)
  return {
    store: (options) => stores.pgStore(pool, options),
    migrate: (options) => stores.migrate(pool, options),
    tokenStore: (options) => stores.pgTokenStore(pool, options),
    migrateTokens: (options) => stores.migrateTokens(pool, options),
    query: async (sql) => (await pool.query(sql)).rows,
    async transaction(work) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await work((options) => stores.pgStore(client, options))
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

export const openStore = openStoreWith(open)
