import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import type { SqlDriver, SqlValue } from './sql/driver.ts'
import { postgresDriver } from './sql/guarded.ts'
import { migrateTables, migration } from './sql/migrate.ts'
import {
  checkStoreOptions,
  checkTableOptions,
  type MigrateOptions,
  type StoreOptions,
  type TableOption,
} from './sql/options.ts'
import { postgres } from './sql/postgres.ts'
import { tokenSchema } from './sql/schema.ts'
import { sqlStore } from './sql/store.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** The part of postgres's `sql`, or of the one that `sql.begin` passes, that is used. */
export interface PostgresSql {
  unsafe(query: string, parameters: SqlValue[], options: { prepare: boolean }): PromiseLike<PostgresRows>
}

/** The rows of a statement, and how many it read or wrote. */
export interface PostgresRows extends ReadonlyArray<unknown> {
  count: number
}

const CLIENT: ClientNeeds = {
  pass: 'the sql of postgres, such as postgres(process.env.DATABASE_URL)',
  from: 'postgres',
  functions: ['unsafe'],
}

/**
 * Stores records in PostgreSQL through postgres (Postgres.js). The `sql` of your own transaction also works, but only
 * for operations that consume no code: a rollback would make the code valid again. It must reach the primary, not a
 * replica.
 *
 * After an outage Postgres.js lets a query wait up to 20 seconds before it connects again; its option `backoff` limits
 * that.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same statement.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * const sql = postgres(process.env.DATABASE_URL)
 * await migrate(sql)
 * const twoFactor = createTwoFactor({ store: postgresStore(sql), … })
 */
export function postgresStore(sql: PostgresSql, options?: StoreOptions): UserStore {
  checkStoreOptions('postgresStore', options)
  checkClient('postgresStore', sql, CLIENT)
  return sqlStore(postgresDriver(runOn(sql)), postgres, options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(sql: PostgresSql, options?: MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options)
  checkClient('migrate', sql, CLIENT)
  return migrateTables(runOn(sql), migration('postgres', options), postgres)
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` for an invalid table name
 * @example
 * await migrateTokens(sql)
 * const tokens = createAccessTokens({ twoFactor, store: postgresTokenStore(sql), prefix: 'acme' })
 */
export function postgresTokenStore(sql: PostgresSql, options?: TableOption): TokenStore {
  checkTableOptions('postgresTokenStore', options)
  checkClient('postgresTokenStore', sql, CLIENT)
  return sqlTokenStore(postgresDriver(runOn(sql)), postgres, options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(sql: PostgresSql, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', sql, CLIENT)
  return migrateTables(runOn(sql), tokenSchema('postgres', options), postgres)
}

/**
 * `unsafe` binds its values. Unprepared, each statement would first be described, in an extra round trip; a client
 * created with `prepare: false`, for PgBouncer, keeps that setting.
 */
function runOn(sql: PostgresSql): SqlDriver['query'] {
  return async (query, params) => {
    const rows = await sql.unsafe(query, params, { prepare: true })
    return { rows, rowsAffected: rows.count }
  }
}
