import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import type { SqlDriver, SqlValue } from './sql/driver.ts'
import { migrateTables, migration } from './sql/migrate.ts'
import { tokenSchema } from './sql/schema.ts'
import { sqlite } from './sql/sqlite.ts'
import { sqlStore } from './sql/store.ts'
import type { TableOption } from './sql/table.ts'
import { sqlTokenStore } from './sql/tokens.ts'
import type { StoreOptions } from './sql/users-table.ts'

export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'
export type { TableOption } from './sql/table.ts'
export type { StoreOptions, UsersTableColumns } from './sql/users-table.ts'

/** What is needed of a `D1Database`. */
export interface D1Database {
  prepare(sql: string): D1Statement
}

/** What is needed of its `D1PreparedStatement`. */
export interface D1Statement {
  bind(...values: SqlValue[]): D1Statement
  all(): Promise<{ results: unknown[]; meta: { changes?: number } }>
}

/**
 * Keeps records in Cloudflare D1. The binding itself reads from the primary, as it must; a session of it that began
 * with `first-unconstrained` may read what is old and is no place for records.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Keeps records in columns beside your users instead, named by `options.columns`.
 * @throws CountersignError `invalid_option` where no table or column can have that name
 * @example
 * const twoFactor = createTwoFactor({ store: d1Store(env.DB), … })
 */
export function d1Store(database: D1Database, options?: StoreOptions): UserStore {
  return sqlStore({ query: runOn(database) }, sqlite, options)
}

/**
 * Makes the table where there is none. May run twice; `schema('sqlite')` gives the same as text, for
 * `wrangler d1 migrations`.
 *
 * @param options.table Default `two_factor`.
 */
export function migrate(database: D1Database, options?: TableOption): Promise<void> {
  return migrateTables(runOn(database), migration('sqlite', options))
}

/**
 * Keeps access tokens in the same database, in a table of their own.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` where no table can have that name
 * @example
 * const tokens = createAccessTokens({ twoFactor, store: d1TokenStore(env.DB), prefix: 'acme' })
 */
export function d1TokenStore(database: D1Database, options?: TableOption): TokenStore {
  return sqlTokenStore({ query: runOn(database) }, sqlite, options)
}

/**
 * Makes the table of access tokens and its index where there are none, as {@link migrate} makes the other one.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(database: D1Database, options?: TableOption): Promise<void> {
  return migrateTables(runOn(database), tokenSchema('sqlite', options))
}

function runOn(database: D1Database): SqlDriver['query'] {
  return async (sql, params) => {
    const { results, meta } = await database
      .prepare(sql)
      .bind(...params)
      .all()
    return { rows: results, rowsAffected: meta.changes ?? 0 }
  }
}
