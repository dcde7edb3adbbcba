import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import { hasFunction } from './clients/known.ts'
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

/** The part of mysql2/promise's `Pool`, `Connection` or `PoolConnection` that is used. */
export interface Mysql2Client extends Mysql2Queryable {
  query(sql: string): Promise<[result: unknown, fields: unknown]>
  /** Only on a `Pool`. */
  getConnection?(): Promise<Mysql2Queryable & MysqlPoolConnection>
}

/** Runs a statement with its values bound. */
export interface Mysql2Queryable {
  execute(sql: string, values: SqlValue[]): Promise<[result: unknown, fields: unknown]>
}

const CLIENT: ClientNeeds = {
  pass: 'a pool or a connection of mysql2/promise: createPool(process.env.DATABASE_URL)',
  from: 'mysql2',
  functions: ['execute', 'query'],
  wrong: (client) =>
    hasFunction(client, 'promise')
      ? 'the client is of mysql2, whose functions return no promises; client.promise() has them.'
      : null,
}

/**
 * Stores records in MySQL or MariaDB through mysql2. A connection inside your own transaction also works, but only for
 * operations that consume no code: a rollback would make the code valid again. A pool must reach the primary, not a
 * replica.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * import { createPool } from 'mysql2/promise'
 * const pool = createPool(process.env.DATABASE_URL)
 * await migrate(pool)
 * const twoFactor = createTwoFactor({ store: mysql2Store(pool), … })
 */
export function mysql2Store(client: Mysql2Client, options?: StoreOptions): UserStore {
  checkStoreOptions('mysql2Store', options)
  checkClient('mysql2Store', client, CLIENT)
  return sqlStore(driverOf(client), mysql, options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(client: Mysql2Client, options?: MigrateOptions): Promise<void> {
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
 * const tokens = createAccessTokens({ twoFactor, store: mysql2TokenStore(pool), prefix: 'acme' })
 */
export function mysql2TokenStore(client: Mysql2Client, options?: TableOption): TokenStore {
  checkTableOptions('mysql2TokenStore', options)
  checkClient('mysql2TokenStore', client, CLIENT)
  return sqlTokenStore(driverOf(client), mysql, options)
}

/**
 * Creates the table of access tokens if it doesn't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(client: Mysql2Client, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', client, CLIENT)
  return migrateTables(runOn(client), tokenSchema('mysql', options), mysql)
}

function driverOf(client: Mysql2Client): SqlDriver {
  return clientDriver(client, runOn, (sql) => statusAfter(client, sql))
}

async function statusAfter(client: Mysql2Client, sql: string): Promise<unknown> {
  const [header] = await client.query(sql)
  return typeof header === 'object' && header !== null && 'serverStatus' in header ? header.serverStatus : undefined
}

/** With `execute` the server binds the values; `query` would escape them into the text. */
function runOn(client: Mysql2Queryable): SqlDriver['query'] {
  return async (sql, params) => {
    const [result] = await client.execute(sql, params)
    return resultOf(result)
  }
}
