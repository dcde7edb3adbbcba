import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import type { SqlDriver, SqlResult, SqlStatement, SqlValue } from './sql/driver.ts'
import { migrateTables, migration } from './sql/migrate.ts'
import {
  checkStoreOptions,
  checkTableOptions,
  type MigrateOptions,
  type StoreOptions,
  type TableOption,
} from './sql/options.ts'
import { tokenSchema } from './sql/schema.ts'
import { sqlite } from './sql/sqlite.ts'
import { sqlStore } from './sql/store.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** The part of `D1Database` that is used. */
export interface D1Database {
  prepare(sql: string): D1Statement
  batch(statements: D1Statement[]): Promise<D1Result[]>
}

/** The part of its `D1PreparedStatement` that is used. */
export interface D1Statement {
  bind(...values: SqlValue[]): D1Statement
  all(): Promise<D1Result>
}

/** The rows of a statement, and how many it wrote. */
export interface D1Result {
  results: unknown[]
  meta: { changes?: number }
}

const CLIENT: ClientNeeds = {
  pass: 'the binding of a D1 database, such as env.DB',
  from: 'd1',
  functions: ['prepare', 'batch'],
}

/**
 * Stores records in Cloudflare D1. Pass the binding itself, which reads from the primary. Do not pass a session begun
 * with `first-unconstrained`: it can read old data.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * const twoFactor = createTwoFactor({ store: d1Store(env.DB), … })
 */
export function d1Store(database: D1Database, options?: StoreOptions): UserStore {
  checkStoreOptions('d1Store', options)
  checkClient('d1Store', database, CLIENT)
  return sqlStore(driverOf(database), sqlite, options)
}

/**
 * Creates the tables if they don't exist. Safe to run twice; `schema('sqlite')` returns the same statements as text,
 * for `wrangler d1 migrations`.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(database: D1Database, options?: MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options)
  checkClient('migrate', database, CLIENT)
  return migrateTables(driverOf(database).query, migration('sqlite', options), sqlite)
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` for an invalid table name
 * @example
 * const tokens = createAccessTokens({ twoFactor, store: d1TokenStore(env.DB), prefix: 'acme' })
 */
export function d1TokenStore(database: D1Database, options?: TableOption): TokenStore {
  checkTableOptions('d1TokenStore', options)
  checkClient('d1TokenStore', database, CLIENT)
  return sqlTokenStore(driverOf(database), sqlite, options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(database: D1Database, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', database, CLIENT)
  return migrateTables(driverOf(database).query, tokenSchema('sqlite', options), sqlite)
}

function driverOf(database: D1Database): SqlDriver {
  const bound = ({ sql, params }: SqlStatement) => database.prepare(sql).bind(...params)
  return {
    query: async (sql, params) => resultOf(await bound({ sql, params }).all()),
    batch: async (statements) => (await database.batch(statements.map(bound))).map(resultOf),
  }
}

function resultOf({ results, meta }: D1Result): SqlResult {
  return { rows: results, rowsAffected: meta.changes ?? 0 }
}
