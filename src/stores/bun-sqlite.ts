import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import { migrateFile, migration } from './sql/migrate.ts'
import {
  checkStoreOptions,
  checkTableOptions,
  type MigrateOptions,
  type StoreOptions,
  type TableOption,
} from './sql/options.ts'
import { type PreparingDatabase, preparedDriver } from './sql/prepared.ts'
import { tokenSchema } from './sql/schema.ts'
import { sqlite } from './sql/sqlite.ts'
import { sqlStore } from './sql/store.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** A `Database` of bun:sqlite. */
export type BunSqliteDatabase = PreparingDatabase

const CLIENT: ClientNeeds = {
  pass: "a Database of bun:sqlite, such as new Database('app.db')",
  from: 'bun-sqlite',
  functions: ['prepare', 'exec'],
}

/**
 * Stores records in an SQLite file through the module built into Bun. Any number of processes may share the file.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * import { Database } from 'bun:sqlite'
 * const database = new Database('app.db')
 * await migrate(database)
 * const twoFactor = createTwoFactor({ store: bunSqliteStore(database), … })
 */
export function bunSqliteStore(database: BunSqliteDatabase, options?: StoreOptions): UserStore {
  checkStoreOptions('bunSqliteStore', options)
  checkClient('bunSqliteStore', database, CLIENT)
  return sqlStore(preparedDriver(database), sqlite, options)
}

/**
 * Creates the tables if they don't exist, and switches the file to a write-ahead log. May run at every start, in
 * several processes at once; not inside a transaction.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(database: BunSqliteDatabase, options?: MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options)
  checkClient('migrate', database, CLIENT)
  return migrateFile((script) => database.exec(script), migration('sqlite', options))
}

/**
 * Stores access tokens in the same file, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` for an invalid table name
 * @example
 * await migrateTokens(database)
 * const tokens = createAccessTokens({ twoFactor, store: bunSqliteTokenStore(database), prefix: 'acme' })
 */
export function bunSqliteTokenStore(database: BunSqliteDatabase, options?: TableOption): TokenStore {
  checkTableOptions('bunSqliteTokenStore', options)
  checkClient('bunSqliteTokenStore', database, CLIENT)
  return sqlTokenStore(preparedDriver(database), sqlite, options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(database: BunSqliteDatabase, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', database, CLIENT)
  return migrateFile((script) => database.exec(script), tokenSchema('sqlite', options))
}
