import Database from 'better-sqlite3'
import { type DialectOption, kyselyStore, kyselyTokenStore, migrate, migrateTokens } from 'countersign/stores/kysely'
import {
  CamelCasePlugin,
  CompiledQuery,
  type Dialect,
  Kysely,
  MysqlDialect,
  PostgresDialect,
  SqliteDialect,
} from 'kysely'
import { createPool } from 'mysql2'
import { Pool } from 'pg'
import { openStoreWith, type TestDatabase } from './test-database.ts'

export async function openPostgres(url: string): Promise<TestDatabase> {
  const pool = new Pool({ connectionString: url })
  pool.on('error', () => undefined)
  // Kysely does not listen to a connection that it has.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return openWith(new PostgresDialect({ pool }), 'postgres')
}

export async function openMysql(url: string): Promise<TestDatabase> {
  return openWith(new MysqlDialect({ pool: createPool(url) }), 'mysql')
}

export async function openSqlite(path: string): Promise<TestDatabase> {
  return openWith(new SqliteDialect({ database: openFile(path) }), 'sqlite')
}

/** Two in one process must not wait for each other inside of SQLite, which stands still: Kysely holds the lock over pauses. */
function openFile(path: string): Database.Database {
  const database = new Database(path, { timeout: 0 })
  database.pragma('journal_mode = WAL')
  return database
}

function openWith(connection: Dialect, dialect: DialectOption['dialect']): TestDatabase {
  const database = new Kysely<{ users: { id: string } }>({ dialect: connection, plugins: [new CamelCasePlugin()] })
  return {
    store: (options) => kyselyStore(database, { ...options, dialect }),
    migrate: (options) => migrate(database, { ...options, dialect }),
    tokenStore: (options) => kyselyTokenStore(database, { ...options, dialect }),
    migrateTokens: (options) => migrateTokens(database, { ...options, dialect }),
    query: async (sql) => (await database.executeQuery(CompiledQuery.raw(sql))).rows,
    transaction: (work) =>
      database.transaction().execute((inside) => work((options) => kyselyStore(inside, { ...options, dialect }))),
    close: () => database.destroy(),
  }
}

/** For the processes of a race. */
export const openStore = openStoreWith(openPostgres)
