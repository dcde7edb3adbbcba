import * as stores from 'countersign/stores/mariadb'
import { createPool } from 'mariadb'
import { type Isolation, openStoreWith, type TestDatabase } from './test-database.ts'

export async function open(url: string, isolation: Isolation = 'repeatable read'): Promise<TestDatabase> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const pool = createPool({
    host: hostname,
    port: Number(port),
    user: username,
    password,
    database: pathname.slice(1),
    initSql: `SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`,
  })
  return {
    store: (options) => stores.mariadbStore(pool, options),
    migrate: (options) => stores.migrate(pool, options),
    tokenStore: (options) => stores.mariadbTokenStore(pool, options),
    migrateTokens: (options) => stores.migrateTokens(pool, options),
    query: async (sql) => {
      const result: unknown = await pool.query(sql)
      return Array.isArray(result) ? result : []
    },
    async transaction(work) {
      const connection = await pool.getConnection()
      try {
        await connection.beginTransaction()
        await work((options) => stores.mariadbStore(connection, options))
        await connection.commit()
      } catch (error) {
        await connection.rollback()
        throw error
      } finally {
        await connection.release()
      }
    },
    close: () => pool.end(),
  }
}

export const openStore = openStoreWith(open)
