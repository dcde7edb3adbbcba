import { CountersignError } from '../../errors.ts'
import type { TableOption } from './options.ts'

/** Defaults of {@link TableOption}. */
const TABLE = 'two_factor'
const TOKEN_TABLE = 'access_tokens'

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

/** The parts of a table's name, checked: nothing in them needs escaping, in any dialect. */
export function tableName({ table = TABLE }: TableOption = {}, option = 'table'): readonly string[] {
  const parts = typeof table === 'string' ? table.split('.') : []
  if (parts.length < 1 || parts.length > 2 || !parts.every((part) => NAME.test(part))) {
    throw new CountersignError(
      'invalid_option',
      `${option}: ${JSON.stringify(table)} is not a table name. Allowed are letters, digits and underscores, ` +
        "at most 63, not starting with a digit, and optionally after a schema, as in 'auth.two_factor'.",
    )
  }
  return parts
}

/** The name of a column, checked in the same way. */
export function checkedName(name: unknown, option: string): string {
  if (typeof name === 'string' && NAME.test(name)) return name
  throw new CountersignError(
    'invalid_option',
    `${option}: ${JSON.stringify(name)} is not a column name. Allowed are letters, digits and underscores, at most 63, not starting with a digit.`,
  )
}

export function tokenTableName({ table = TOKEN_TABLE }: TableOption = {}): readonly string[] {
  return tableName({ table })
}
