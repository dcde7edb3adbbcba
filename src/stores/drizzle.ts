import type { UserStore } from '../engine/store.ts'
import { invalidOption } from '../options/invalid-option.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import { hasFunction } from './clients/known.ts'
import type { DrizzleDatabase, DrizzleSql } from './drizzle/database.ts'
import { drizzleDriver } from './drizzle/driver.ts'
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
import { sqlStore } from './sql/store.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { DrizzleDatabase, DrizzleFile, DrizzleServer, DrizzleSql } from './drizzle/database.ts'
export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** What cannot be read from a Drizzle database. */
export interface DialectOption<Sql> {
  dialect: SqlDialectName
  /** `import { sql } from 'drizzle-orm'` */
  sql: DrizzleSql<Sql>
}

const CLIENT: ClientNeeds = {
  pass: 'a database of Drizzle, such as drizzle(pool)',
  from: 'drizzle',
  functions: ['transaction'],
  wrong: (client) =>
    hasFunction(client, 'execute') || (hasFunction(client, 'run') && hasFunction(client, 'all'))
      ? null
      : "the client has no function 'execute', and no 'run' and 'all'.",
}
const MORE_OPTIONS = ['dialect', 'sql']

/**
 * Stores records through Drizzle, whose schema need not know the table. Your own transaction also works, but only for
 * operations that consume no code: a rollback would make the code valid again. It must reach the primary, not a
 * replica. For a file opened by @libsql/client use `libsqlStore`, which works around a bug in it.
 *
 * @param options.dialect `'postgres'`, `'mysql'` (MariaDB too) or `'sqlite'`.
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction. Not with D1, nor with a single connection to
 *   MySQL: pass a pool or a transaction.
 * @throws CountersignError `invalid_option`: an unknown dialect, an invalid table or column name, or `audit` where
 *   Drizzle cannot do it
 * @example
 * import { sql } from 'drizzle-orm'
 * await migrate(database, { dialect: 'postgres', sql })
 * const twoFactor = createTwoFactor({ store: drizzleStore(database, { dialect: 'postgres', sql }), … })
 */
export function drizzleStore<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & StoreOptions,
): UserStore {
  checkStoreOptions('drizzleStore', options, MORE_OPTIONS)
  checkClient('drizzleStore', database, CLIENT)
  return sqlStore(driverOf(database, options), dialectOf(options.dialect), options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & MigrateOptions,
): Promise<void> {
  checkStoreOptions('migrate', options, MORE_OPTIONS)
  checkClient('migrate', database, CLIENT)
  return migrateTables(
    driverOf(database, options).query,
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
 * await migrateTokens(database, { dialect: 'postgres', sql })
 * const store = drizzleTokenStore(database, { dialect: 'postgres', sql })
 * const tokens = createAccessTokens({ twoFactor, store, prefix: 'acme' })
 */
export function drizzleTokenStore<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & TableOption,
): TokenStore {
  checkTableOptions('drizzleTokenStore', options, MORE_OPTIONS)
  checkClient('drizzleTokenStore', database, CLIENT)
  return sqlTokenStore(driverOf(database, options), dialectOf(options.dialect), options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & TableOption,
): Promise<void> {
  checkTableOptions('migrateTokens', options, MORE_OPTIONS)
  checkClient('migrateTokens', database, CLIENT)
  return migrateTables(
    driverOf(database, options).query,
    tokenSchema(options.dialect, options),
    dialectOf(options.dialect),
  )
}

function driverOf<Sql>(database: DrizzleDatabase<Sql>, { dialect, sql }: DialectOption<Sql>): SqlDriver {
  if (typeof sql !== 'function') throw invalidOption('sql', sql, "Drizzle's own: import { sql } from 'drizzle-orm'")
  return guarded(dialect, drizzleDriver(database, sql), 'rollback' in database)
}
