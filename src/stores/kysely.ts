import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import type { SqlDriver, SqlValue } from './sql/driver.ts'
import { guarded } from './sql/guarded.ts'
import { inOrder, inSavepoint } from './sql/in-order.ts'
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

export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** The part of `Kysely` or its `Transaction` that is used. */
export interface KyselyDatabase {
  readonly isTransaction: boolean
  executeQuery(query: KyselyQuery): Promise<{ rows: unknown[]; numAffectedRows?: bigint }>
  transaction(): { execute<T>(work: (inside: KyselyDatabase) => Promise<T>): Promise<T> }
}

/** A `CompiledQuery`, as `CompiledQuery.raw` makes it. */
export interface KyselyQuery {
  sql: string
  parameters: SqlValue[]
  query: { kind: 'RawNode'; sqlFragments: string[]; parameters: [] }
  queryId: { queryId: string }
}

/** What cannot be read from a `Kysely`. */
export interface DialectOption {
  dialect: SqlDialectName
}

const CLIENT: ClientNeeds = {
  pass: 'a Kysely, such as new Kysely({ dialect })',
  from: 'kysely',
  functions: ['executeQuery', 'transaction'],
}
const MORE_OPTIONS = ['dialect']

/**
 * Stores records through Kysely, whose types need not know the table. Your own transaction also works, but only for
 * operations that consume no code: a rollback would make the code valid again. It must reach the primary, not a
 * replica.
 *
 * @param options.dialect `'postgres'`, `'mysql'` (MariaDB too) or `'sqlite'`.
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction.
 * @throws CountersignError `invalid_option`: an unknown dialect, or an invalid table or column name
 * @example
 * await migrate(database, { dialect: 'postgres' })
 * const twoFactor = createTwoFactor({ store: kyselyStore(database, { dialect: 'postgres' }), … })
 */
export function kyselyStore(database: KyselyDatabase, options: DialectOption & StoreOptions): UserStore {
  checkStoreOptions('kyselyStore', options, MORE_OPTIONS)
  checkClient('kyselyStore', database, CLIENT)
  return sqlStore(driverOf(database, options), dialectOf(options.dialect), options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(database: KyselyDatabase, options: DialectOption & MigrateOptions): Promise<void> {
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
 * await migrateTokens(database, { dialect: 'postgres' })
 * const store = kyselyTokenStore(database, { dialect: 'postgres' })
 * const tokens = createAccessTokens({ twoFactor, store, prefix: 'acme' })
 */
export function kyselyTokenStore(database: KyselyDatabase, options: DialectOption & TableOption): TokenStore {
  checkTableOptions('kyselyTokenStore', options, MORE_OPTIONS)
  checkClient('kyselyTokenStore', database, CLIENT)
  return sqlTokenStore(driverOf(database, options), dialectOf(options.dialect), options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(database: KyselyDatabase, options: DialectOption & TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options, MORE_OPTIONS)
  checkClient('migrateTokens', database, CLIENT)
  return migrateTables(
    driverOf(database, options).query,
    tokenSchema(options.dialect, options),
    dialectOf(options.dialect),
  )
}

function driverOf(database: KyselyDatabase, { dialect }: DialectOption): SqlDriver {
  const query = runOn(database)
  const driver: SqlDriver = {
    query,
    batch: (statements) =>
      database.isTransaction
        ? inSavepoint(query, statements)
        : database.transaction().execute((inside) => inOrder(runOn(inside), statements)),
  }
  return guarded(dialect, driver, database.isTransaction)
}

function runOn(database: KyselyDatabase): SqlDriver['query'] {
  return async (sql, parameters) => {
    const query: KyselyQuery['query'] = { kind: 'RawNode', sqlFragments: [sql], parameters: [] }
    const queryId = { queryId: crypto.randomUUID() }
    const { rows, numAffectedRows = 0n } = await database.executeQuery({ sql, parameters, query, queryId })
    return { rows, rowsAffected: numAffectedRows }
  }
}
