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

/** The part of pg's `Pool`, `Client` or `PoolClient` that is used. */
export interface PgClient {
  query(text: string, values: SqlValue[]): Promise<{ rows: unknown[]; rowCount: number | null }>
}

const CLIENT: ClientNeeds = {
  pass: 'a Pool or a Client of pg, such as new Pool({ connectionString })',
  from: 'pg',
  functions: ['query'],
}

/**
 * Stores records in PostgreSQL through pg. A client inside your own transaction also works, but only for operations
 * that consume no code: a rollback would make the code valid again. A pool must reach the primary, not a replica.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same statement.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL })
 * pool.on('error', console.error) // without a listener, a cut connection ends the process
 * await migrate(pool)
 * const twoFactor = createTwoFactor({ store: pgStore(pool), … })
 */
export function pgStore(client: PgClient, options?: StoreOptions): UserStore {
  checkStoreOptions('pgStore', options)
  checkClient('pgStore', client, CLIENT)
  return sqlStore(postgresDriver(runOn(client)), postgres, options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(client: PgClient, options?: MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options)
  checkClient('migrate', client, CLIENT)
  return migrateTables(runOn(client), migration('postgres', options), postgres)
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` for an invalid table name
 * @example
 * await migrateTokens(pool)
 * const tokens = createAccessTokens({ twoFactor, store: pgTokenStore(pool), prefix: 'acme' })
 */
export function pgTokenStore(client: PgClient, options?: TableOption): TokenStore {
  checkTableOptions('pgTokenStore', options)
  checkClient('pgTokenStore', client, CLIENT)
  return sqlTokenStore(postgresDriver(runOn(client)), postgres, options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(client: PgClient, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', client, CLIENT)
  return migrateTables(runOn(client), tokenSchema('postgres', options), postgres)
}

function runOn(client: PgClient): SqlDriver['query'] {
  return async (sql, params) => {
    const { rows, rowCount } = await client.query(sql, params)
    return { rows, rowsAffected: rowCount === null ? 0 : rowCount }
  }
}
