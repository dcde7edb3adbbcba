import { PGlite } from '@electric-sql/pglite'
import { createClient } from '@libsql/client'
import Database from 'better-sqlite3'
import {
  type DialectOption,
  type DrizzleDatabase,
  drizzleStore,
  drizzleTokenStore,
  migrate,
  migrateTokens,
  type StoreOptions,
} from 'countersign/stores/drizzle'
import { type SQL, sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import postgres from 'postgres'
import { listOf, openStoreWith, type TestDatabase } from './test-database.ts'

export async function openPg(url: string): Promise<TestDatabase> {
  const pool = new Pool({ connectionString: url })
  pool.on('error', () => undefined)
  return openWith(drizzlePg(pool), 'postgres', () => pool.end())
}

export async function openPostgres(url: string): Promise<TestDatabase> {
  const client = postgres(url, { onnotice: () => undefined })
  return openWith(drizzlePostgres(client), 'postgres', () => client.end())
}

export async function openPglite(): Promise<TestDatabase> {
  const client = await PGlite.create()
  return openWith(drizzlePglite(client), 'postgres', () => client.close())
}

export async function openMysql2(url: string): Promise<TestDatabase> {
  const pool = createPool(url)
  return openWith(drizzleMysql(pool), 'mysql', () => pool.end())
}

export async function openBetterSqlite3(path: string): Promise<TestDatabase> {
  const client = openFile(path)
  return openWith(drizzleSqlite(client), 'sqlite', async () => {
    client.close()
  })
}

/** In memory: for files there is libsqlStore. */
export async function openLibsql(): Promise<TestDatabase> {
  const client = createClient({ url: ':memory:' })
  return openWith(drizzleLibsql(client), 'sqlite', async () => client.close())
}

function openFile(path: string): Database.Database {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  return database
}

type Dialect = DialectOption<SQL>['dialect']

function openWith(database: DrizzleDatabase<SQL>, dialect: Dialect, close: () => Promise<void>): TestDatabase {
  return {
    store: (options) => drizzleStore(database, { ...options, dialect, sql }),
    migrate: (options) => migrate(database, { ...options, dialect, sql }),
    tokenStore: (options) => drizzleTokenStore(database, { ...options, dialect, sql }),
    migrateTokens: (options) => migrateTokens(database, { ...options, dialect, sql }),
    query: (text) => rowsOf(database, text),
    ...transactionOn(database, dialect),
    close,
  }
}

async function rowsOf(database: DrizzleDatabase<SQL>, text: string): Promise<readonly unknown[]> {
  const isRead = text.startsWith('SELECT')
  const result: unknown = await ('execute' in database
    ? database.execute(sql.raw(text))
    : isRead
      ? database.all(sql.raw(text))
      : database.run(sql.raw(text)))
  return listOf(result)
}

/** Those of better-sqlite3 take no promise. */
function transactionOn(database: DrizzleDatabase<SQL>, dialect: Dialect): Pick<TestDatabase, 'transaction'> {
  const within = (inside: DrizzleDatabase<SQL>) => (options: StoreOptions) =>
    drizzleStore(inside, { ...options, dialect, sql })
  if ('execute' in database) return { transaction: (work) => database.transaction((inside) => work(within(inside))) }
  if (!('batch' in database)) return {}
  return {
    async transaction(work) {
      await database.transaction((inside) => work(within(inside)))
    },
  }
}

/** For the processes of a race. */
export const openStore = openStoreWith(openMysql2)
