import type { UserStore } from '../engine/store.ts'
import { CountersignError } from '../errors.ts'
import type { TokenStore } from '../tokens/store.ts'
import type { AuditedStoreOptions } from './sql/audit.ts'
import type { SqlDriver, SqlResult, SqlValue } from './sql/driver.ts'
import { guarded } from './sql/guarded.ts'
import { type MigrateOptions, migrateTables, migration } from './sql/migrate.ts'
import { dialectOf, type SqlDialectName, tokenSchema } from './sql/schema.ts'
import { sqlStore } from './sql/store.ts'
import type { TableOption } from './sql/table.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { AuditedStoreOptions, AuditOption } from './sql/audit.ts'
export type { MigrateOptions } from './sql/migrate.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'
export type { TableOption } from './sql/table.ts'
export type { StoreOptions, UsersTableColumns } from './sql/users-table.ts'

/** What is needed of a Drizzle database on PostgreSQL, MySQL or MariaDB, or of a transaction of it. */
export interface DrizzleServer<Sql> {
  execute(query: Sql): PromiseLike<unknown>
}

/** What is needed of one on SQLite. */
export interface DrizzleFile<Sql> {
  run(query: Sql): unknown
  all(query: Sql): unknown
}

/** One or the other. */
export type DrizzleDatabase<Sql> = DrizzleServer<Sql> | DrizzleFile<Sql>

/** Drizzle's own `sql`. */
export type DrizzleSql<Sql> = (strings: TemplateStringsArray, ...params: SqlValue[]) => Sql

/** What a Drizzle database does not tell of itself. */
export interface DialectOption<Sql> {
  dialect: SqlDialectName
  /** `import { sql } from 'drizzle-orm'` */
  sql: DrizzleSql<Sql>
}

/**
 * Keeps records through Drizzle, whose schema need not know the table. A transaction of yours will do too, for what spends
 * no code: a rollback would make the code good again. It must reach the primary, not a replica. For a file opened by
 * @libsql/client take `libsqlStore`, which goes around a fault of it.
 *
 * @param options.dialect `'postgres'`, `'mysql'` (MariaDB too) or `'sqlite'`: what the database speaks.
 * @param options.table Default `two_factor`.
 * @param options.usersTable Keeps records in columns beside your users instead, named by `options.columns`.
 * @param options.audit Writes events to a table in the same statement; on PostgreSQL only.
 * @throws CountersignError `invalid_option`: an unknown dialect, or a name that no table or column can have
 * @example
 * import { sql } from 'drizzle-orm'
 * await migrate(database, { dialect: 'postgres', sql })
 * const twoFactor = createTwoFactor({ store: drizzleStore(database, { dialect: 'postgres', sql }), … })
 */
export function drizzleStore<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & AuditedStoreOptions,
): UserStore {
  return sqlStore(driverOf(database, options), dialectOf(options.dialect), options)
}

/**
 * Makes the tables where there are none. May run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 */
export function migrate<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & MigrateOptions,
): Promise<void> {
  return migrateTables(driverOf(database, options).query, migration(options.dialect, options))
}

/**
 * Keeps access tokens in the same database, in a table of their own.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option`: an unknown dialect, or a name that no table can have
 * @example
 * await migrateTokens(database, { dialect: 'postgres', sql })
 * const store = drizzleTokenStore(database, { dialect: 'postgres', sql })
 * const tokens = createAccessTokens({ twoFactor, store, prefix: 'acme' })
 */
export function drizzleTokenStore<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & TableOption,
): TokenStore {
  return sqlTokenStore(driverOf(database, options), dialectOf(options.dialect), options)
}

/**
 * Makes the table of access tokens and its index where there are none, as {@link migrate} makes the other one.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens<Sql>(
  database: DrizzleDatabase<Sql>,
  options: DialectOption<Sql> & TableOption,
): Promise<void> {
  return migrateTables(driverOf(database, options).query, tokenSchema(options.dialect, options))
}

function driverOf<Sql>(database: DrizzleDatabase<Sql>, { dialect, sql }: DialectOption<Sql>): SqlDriver {
  async function run(text: string, params: SqlValue[]): Promise<SqlResult> {
    const strings = text.split(/\?|\$\d+/)
    const statement = sql(Object.assign(strings, { raw: strings }), ...params)
    const verb = text.split(' ', 1)[0]
    try {
      if ('execute' in database) return resultOf(verb, await database.execute(statement))
      return resultOf(verb, await (verb === 'SELECT' ? database.all(statement) : database.run(statement)))
    } catch (error) {
      throw unwrapped(error)
    }
  }
  return guarded(dialect, run, 'rollback' in database)
}

/** Drizzle's own error, around the driver's, has all parameters in its message: they would end in logs. */
function unwrapped(error: unknown): unknown {
  return error instanceof Error && 'params' in error && error.cause !== undefined ? error.cause : error
}

/** Drizzle gives what the driver under it gives. */
function resultOf(verb: string | undefined, result: unknown): SqlResult {
  if (verb === 'SELECT' || verb === 'WITH') return { rows: rowsOf(result), rowsAffected: 0 }
  return { rows: [], rowsAffected: verb === 'CREATE' ? 0 : countOf(result) }
}

/** mysql2 gives a list of the rows and a description of their columns. */
function rowsOf(result: unknown): readonly unknown[] {
  const rows: unknown = Array.isArray(result) && Array.isArray(result[0]) ? result[0] : result
  if (Array.isArray(rows)) return rows
  if (typeof rows === 'object' && rows !== null && 'rows' in rows && Array.isArray(rows.rows)) return rows.rows
  throw new CountersignError('store_invalid', 'The driver under Drizzle gave no rows.')
}

/** pg; PGlite and mysql2; libSQL; better-sqlite3 and D1; postgres. */
const COUNTS = ['rowCount', 'affectedRows', 'rowsAffected', 'changes', 'count']

function countOf(result: unknown): number | bigint {
  const meta: unknown = typeof result === 'object' && result !== null && 'meta' in result ? result.meta : null
  for (const found of [result, meta, Array.isArray(result) ? result[0] : null]) {
    if (typeof found !== 'object' || found === null) continue
    const count = COUNTS.map((name): unknown => Reflect.get(found, name)).find((value) => value !== undefined)
    if (typeof count === 'number' || typeof count === 'bigint') return count
  }
  throw new CountersignError(
    'store_invalid',
    'The driver under Drizzle does not say how many rows a statement wrote. Take the store of that driver instead.',
  )
}
