import * as stores from 'countersign/stores/mysql2'
import { createPool } from 'mysql2/promise'
import { type Isolation, openStoreWith, type TestDatabase } from './test-database.ts'

export async function open(url: string, isolation: Isolation = 'repeatable read'): Promise<TestDatabase> {
  const pool = createPool(url)
  pool.on('connection', (connection) => {
    connection.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`)
  })
  return {
    store: (options) => stores.mysql2Store(pool, options),
    migrate: (options) => stores.migrate(pool, options),
    tokenStore: (options) => stores.mysql2TokenStore(pool, options),
    migrateTokens: (options) => stores.migrateTokens(pool, options),
    query: async (sql) => rowsOf((await pool.query(sql))[0]),
    async transaction(work) {
      const connection = await pool.getConnection()
      try {
        await connection.beginTransaction()
        await work((options) => stores.mysql2Store(connection, options))
        await connection.commit()
      } catch (error) {
        await connection.rollback()
        throw error
      } finally {
        connection.release()
      }
    },
    close: () => pool.end(),
  }
}

function rowsOf(result: unknown): readonly unknown[] {
  return Array.isArray(result) ? result : []
}

export const openStore = openStoreWith(open)
