import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import type { SqlDriver, SqlValue } from './sql/driver.ts'
import { migrateTables, migration } from './sql/migrate.ts'
import { mysql, resultOf } from './sql/mysql.ts'
import { clientDriver, type MysqlPoolConnection } from './sql/mysql-client.ts'
import {
  checkStoreOptions,
  checkTableOptions,
  type MigrateOptions,
  type StoreOptions,
  type TableOption,
} from './sql/options.ts'
import { tokenSchema } from './sql/schema.ts'
import { sqlStore } from './sql/store.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { MysqlPoolConnection } from './sql/mysql-client.ts'
export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** The part of mariadb's `Pool`, `Connection` or `PoolConnection` that is used. */
export interface MariadbClient extends MariadbQueryable {
  query(sql: string): Promise<unknown>
  /** Only on a connection: the server's status flags, after each statement. */
  readonly info?: { readonly status: number } | null
  /** Only on a `Pool`. */
  getConnection?(): Promise<MariadbQueryable & MysqlPoolConnection>
}

/** Runs a statement with its values bound. */
export interface MariadbQueryable {
  execute(sql: string, values: SqlValue[]): Promise<unknown>
}

const CLIENT: ClientNeeds = {
  pass: 'a pool or a connection of mariadb: createPool(process.env.DATABASE_URL)',
  from: 'mariadb',
  functions: ['execute', 'query'],
}

/**
 * Stores records in MariaDB or MySQL through mariadb. A connection inside your own transaction also works, but only for
 * operations that consume no code: a rollback would make the code valid again. A pool must reach the primary, not a
 * replica.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * const pool = createPool(process.env.DATABASE_URL)
 * await migrate(pool)
 * const twoFactor = createTwoFactor({ store: mariadbStore(pool), … })
 */
export function mariadbStore(client: MariadbClient, options?: StoreOptions): UserStore {
  checkStoreOptions('mariadbStore', options)
  checkClient('mariadbStore', client, CLIENT)
  return sqlStore(driverOf(client), mysql, options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(client: MariadbClient, options?: MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options)
  checkClient('migrate', client, CLIENT)
  return migrateTables(runOn(client), migration('mysql', options), mysql)
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` for an invalid table name
 * @example
 * await migrateTokens(pool)
 * const tokens = createAccessTokens({ twoFactor, store: mariadbTokenStore(pool), prefix: 'acme' })
 */
export function mariadbTokenStore(client: MariadbClient, options?: TableOption): TokenStore {
  checkTableOptions('mariadbTokenStore', options)
  checkClient('mariadbTokenStore', client, CLIENT)
  return sqlTokenStore(driverOf(client), mysql, options)
}

/**
 * Creates the table of access tokens if it doesn't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(client: MariadbClient, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', client, CLIENT)
  return migrateTables(runOn(client), tokenSchema('mysql', options), mysql)
}

function driverOf(client: MariadbClient): SqlDriver {
  return clientDriver(client, runOn, (sql) => statusAfter(client, sql))
}

async function statusAfter(client: MariadbClient, sql: string): Promise<unknown> {
  await client.query(sql)
  return client.info?.status
}

/** With `execute` the server binds the values; `query` would escape them into the text. */
function runOn(client: MariadbQueryable): SqlDriver['query'] {
  return async (sql, params) => resultOf(await client.execute(sql, params))
}
