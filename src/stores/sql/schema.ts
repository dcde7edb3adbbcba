import { CountersignError } from '../../errors.ts'
import type { SqlDialect } from './dialect.ts'
import { sqlite } from './sqlite.ts'
import { type TableOption, tableName } from './table.ts'

/** The kinds of database that there are statements for. */
export type SqlDialectName = 'sqlite'

const DIALECTS: Readonly<Record<SqlDialectName, SqlDialect>> = { sqlite }

/**
 * The statements that make the table, as text, for a migration of the host's own: columns `user_id`, `version`,
 * `record` (JSON text) and `enabled_at` (since when two-factor authentication is on, in Unix milliseconds; NULL: off).
 *
 * @param dialect `'sqlite'`
 * @throws CountersignError `invalid_option`: an unknown dialect, or a name that no table can have
 * @example
 * console.log(schema('sqlite', { table: 'two_factor' }))
 */
export function schema(dialect: SqlDialectName, options?: TableOption): string {
  if (!Object.hasOwn(DIALECTS, dialect)) {
    const known = Object.keys(DIALECTS).join(', ')
    throw new CountersignError(
      'invalid_option',
      `dialect: ${JSON.stringify(dialect)} is not known. There is: ${known}.`,
    )
  }
  const { quote, schema } = DIALECTS[dialect]
  return schema(quote(tableName(options)))
}
