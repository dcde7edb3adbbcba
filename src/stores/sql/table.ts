import { CountersignError } from '../../errors.ts'

/** Where the records are. */
export interface TableOption {
  /** Letters, digits and underscores, at most 63, with a schema before it if need be: `auth.two_factor`. */
  table?: string | undefined
}

/** Default of {@link TableOption}. */
const TABLE = 'two_factor'

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

/** The parts of a table's name, checked: nothing in them needs escaping, in any dialect. */
export function tableName({ table = TABLE }: TableOption = {}): readonly string[] {
  const parts = typeof table === 'string' ? table.split('.') : []
  if (parts.length < 1 || parts.length > 2 || !parts.every((part) => NAME.test(part))) {
    throw new CountersignError(
      'invalid_option',
      `table: ${JSON.stringify(table)} is no table name. Allowed are letters, digits and underscores, ` +
        "at most 63 and no digit first, with a schema before it if need be, as in 'auth.two_factor'.",
    )
  }
  return parts
}
