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

/** The part of `PGlite` or its `Transaction` that is used. */
export interface PgliteDatabase {
  query(query: string, params: SqlValue[]): Promise<{ rows: unknown[]; affectedRows?: number }>
}

const CLIENT: ClientNeeds = {
  pass: "a PGlite, such as new PGlite('./data')",
  from: 'pglite',
  functions: ['query'],
}

/**
 * Stores records in a PGlite: PostgreSQL inside this process, for tests and single-process programs.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same statement.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * const database = new PGlite('./data')
 * await migrate(database)
 * const twoFactor = createTwoFactor({ store: pgliteStore(database), … })
 */
export function pgliteStore(database: PgliteDatabase, options?: StoreOptions): UserStore {
  checkStoreOptions('pgliteStore', options)
  checkClient('pgliteStore', database, CLIENT)
  return sqlStore(postgresDriver(runOn(database)), postgres, options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(database: PgliteDatabase, options?: MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options)
  checkClient('migrate', database, CLIENT)
  return migrateTables(runOn(database), migration('postgres', options), postgres)
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` for an invalid table name
 * @example
 * await migrateTokens(database)
 * const tokens = createAccessTokens({ twoFactor, store: pgliteTokenStore(database), prefix: 'acme' })
 */
export function pgliteTokenStore(database: PgliteDatabase, options?: TableOption): TokenStore {
  checkTableOptions('pgliteTokenStore', options)
  checkClient('pgliteTokenStore', database, CLIENT)
  return sqlTokenStore(postgresDriver(runOn(database)), postgres, options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(database: PgliteDatabase, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', database, CLIENT)
  return migrateTables(runOn(database), tokenSchema('postgres', options), postgres)
}

function runOn(database: PgliteDatabase): SqlDriver['query'] {
  return async (sql, params) => {
    const { rows, affectedRows } = await database.query(sql, params)
    return { rows, rowsAffected: affectedRows ?? 0 }
  }
}
