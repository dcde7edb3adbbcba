import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import type { SqlDriver } from './sql/driver.ts'
import { guarded } from './sql/guarded.ts'
import { migrateTables, migration } from './sql/migrate.ts'
import {
  checkStoreOptions,
  checkTableOptions,
  type MigrateOptions,
  type StoreOptions,
  type TableOption,
} from './sql/options.ts'
import { dialectOf, type SqlDialectName, tokenSchema } from './sql/schema.ts'
import { sqlStore as storeOver } from './sql/store.ts'
import { sqlTokenStore as tokenStoreOver } from './sql/tokens.ts'

export type { SqlDriver, SqlResult, SqlStatement, SqlValue } from './sql/driver.ts'
export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** What cannot be read from a driver. */
export interface DriverOptions {
  /** `'mysql'` includes MariaDB. */
  dialect: SqlDialectName
  /**
   * Whether your own transaction may be open on the connection. If so, a statement that conflicts with another one is
   * not retried, and rejects. Default false.
   */
  inTransaction?: boolean | undefined
}

const CLIENT: ClientNeeds = {
  pass: 'a driver: { query(sql, params) }, which returns a promise of { rows, rowsAffected }',
  from: 'sql',
  functions: ['query'],
}
const MORE_OPTIONS = ['dialect', 'inTransaction']

/**
 * Stores records through any driver, for which you write one function that runs a statement: it binds the values,
 * rejects if the outcome is unknown, and reports accurately how many rows were written. Test it with `userStoreCases`.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction. Except on PostgreSQL, the driver needs a
 *   `batch`.
 * @throws CountersignError `invalid_option`: an unknown dialect, an invalid table or column name, or `audit` without a
 *   `batch`
 * @example
 * const driver: SqlDriver = {
 *   async query(sql, params) {
 *     const { rows, rowCount } = await pool.query(sql, params)
 *     return { rows, rowsAffected: rowCount ?? 0 }
 *   },
 * }
 * const twoFactor = createTwoFactor({ store: sqlStore(driver, { dialect: 'postgres' }), … })
 */
export function sqlStore(driver: SqlDriver, options: DriverOptions & StoreOptions): UserStore {
  checkStoreOptions('sqlStore', options, MORE_OPTIONS)
  checkClient('sqlStore', driver, CLIENT)
  return storeOver(guardedBy(driver, options), dialectOf(options.dialect), options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(driver: SqlDriver, options: DriverOptions & MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options, MORE_OPTIONS)
  checkClient('migrate', driver, CLIENT)
  return migrateTables(
    guardedBy(driver, options).query,
    migration(options.dialect, options),
    dialectOf(options.dialect),
  )
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option`: an unknown dialect, or an invalid table name
 * @example
 * await migrateTokens(driver, { dialect: 'postgres' })
 * const store = sqlTokenStore(driver, { dialect: 'postgres' })
 * const tokens = createAccessTokens({ twoFactor, store, prefix: 'acme' })
 */
export function sqlTokenStore(driver: SqlDriver, options: DriverOptions & TableOption): TokenStore {
  checkTableOptions('sqlTokenStore', options, MORE_OPTIONS)
  checkClient('sqlTokenStore', driver, CLIENT)
  return tokenStoreOver(guardedBy(driver, options), dialectOf(options.dialect), options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(driver: SqlDriver, options: DriverOptions & TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options, MORE_OPTIONS)
  checkClient('migrateTokens', driver, CLIENT)
  return migrateTables(
    guardedBy(driver, options).query,
    tokenSchema(options.dialect, options),
    dialectOf(options.dialect),
  )
}

function guardedBy(driver: SqlDriver, { dialect, inTransaction = false }: DriverOptions): SqlDriver {
  return guarded(dialect, driver, inTransaction)
}
