import { CountersignError } from '../../errors.ts'
import { auditSchema } from './audit.ts'
import type { SqlDialect } from './dialect.ts'
import { mysql } from './mysql.ts'
import { checkStoreOptions, checkTableOptions, type StoreOptions, type TableOption } from './options.ts'
import { postgres } from './postgres.ts'
import { sqlite } from './sqlite.ts'
import { tableName, tokenTableName } from './table.ts'
import { usersTableSchema } from './users-table.ts'

/** The supported kinds of database; `'mysql'` includes MariaDB. */
export type SqlDialectName = 'postgres' | 'mysql' | 'sqlite'

const DIALECTS: Readonly<Record<SqlDialectName, SqlDialect>> = { sqlite, postgres, mysql }

/**
 * The statements that create the table, as text for your own migration: columns `user_id`, `version`, `record` (JSON)
 * and `enabled_at` (when two-factor authentication was turned on, in Unix milliseconds; NULL: off). With `usersTable`
 * they add columns to that table; run them once. With `audit` they also create the table of events.
 *
 * @param dialect `'postgres'`, `'mysql'` or `'sqlite'`
 * @throws CountersignError `invalid_option`: an unknown dialect, or a name that no table or column can have
 * @example
 * console.log(schema('sqlite', { table: 'two_factor' }))
 */
export function schema(dialect: SqlDialectName, options?: StoreOptions): string {
  const known = dialectOf(dialect)
  checkStoreOptions('schema', options, options === undefined ? [] : ['dialect', 'sql', 'inTransaction'])
  const records = usersTableSchema(known, options) ?? known.schema(known.quote(tableName(options)))
  return records + auditSchema(known, options?.audit)
}

/**
 * The same for access tokens: columns `hash`, `user_id`, `version`, `token` (JSON text), `expires_at` and `revoked_at`
 * (Unix milliseconds; NULL: never), and an index by user.
 *
 * @param dialect `'postgres'`, `'mysql'` or `'sqlite'`
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option`: an unknown dialect, or a name that no table can have
 * @example
 * console.log(tokenSchema('sqlite', { table: 'access_tokens' }))
 */
export function tokenSchema(dialect: SqlDialectName, options?: TableOption): string {
  checkTableOptions('tokenSchema', options, options === undefined ? [] : ['dialect', 'sql', 'inTransaction'])
  return dialectOf(dialect).tokenSchema(tokenTableName(options))
}

export function dialectOf(dialect: SqlDialectName): SqlDialect {
  if (Object.hasOwn(DIALECTS, dialect)) return DIALECTS[dialect]
  const known = Object.keys(DIALECTS).join(', ')
  throw new CountersignError(
    'invalid_option',
    `dialect: ${JSON.stringify(dialect)} is not known. Use one of: ${known}.`,
  )
}
