import { checkOptionNames, groupOption, optionNames } from '../../options/groups.ts'
import { invalidOption } from '../../options/invalid-option.ts'

/** The name of a table. */
export interface TableOption {
  /** Letters, digits and underscores, at most 63, optionally after a schema: `auth.two_factor`. */
  table?: string | undefined
}

/** A complete audit trail: a change and its events are written together, or neither is. */
export interface AuditOption extends TableOption {
  /**
   * What to keep of an event's `context`, as JSON. Default: nothing. A bigint is kept as text; a cycle, an error, or
   * more than 65,536 characters or 24 levels as a note.
   */
  context?: ((context: unknown) => unknown) | undefined
}

/** Which tables to create. */
export interface MigrateOptions extends TableOption {
  /** The table of events too, by default `two_factor_events`. */
  audit?: AuditOption | undefined
}

/** Where records are stored: in their own table, or in columns of your users table. */
export interface StoreOptions extends TableOption {
  /** Your users table, instead of `table`. A user's row must exist before two-factor authentication is set up. */
  usersTable?: string | undefined
  /** The columns of `usersTable`. */
  columns?: UsersTableColumns | undefined
  /** Writes events to a table, by default `two_factor_events`. */
  audit?: AuditOption | undefined
}

/** Names of columns: letters, digits and underscores, at most 63. */
export interface UsersTableColumns {
  /** What the user id is compared with; unique. Default `id`. */
  userId?: string | undefined
  /** Text, NULL at first. Default `two_factor_version`. */
  version?: string | undefined
  /** Text or JSON (PostgreSQL: text, json or jsonb), NULL at first. Default `two_factor`. */
  record?: string | undefined
  /** A 64-bit integer, Unix milliseconds; NULL: off. Default `two_factor_enabled_at`. */
  enabledAt?: string | undefined
}

const TABLE_OPTIONS = optionNames<TableOption>({ table: true })
const AUDIT_OPTIONS = optionNames<AuditOption>({ table: true, context: true })
const COLUMN_OPTIONS = optionNames<UsersTableColumns>({ userId: true, version: true, record: true, enabledAt: true })
const STORE_OPTIONS = optionNames<StoreOptions>({ table: true, usersTable: true, columns: true, audit: true })

/**
 * Refuses an unknown option of a token store.
 *
 * @param more the other options of this function, which are required
 * @throws CountersignError `invalid_option`
 */
export function checkTableOptions(where: string, options: object | undefined, more: readonly string[] = []): void {
  checkNames(where, options, TABLE_OPTIONS, more)
}

/** The same for a store, or for its `migrate`, which refuses `usersTable` itself. */
export function checkStoreOptions(
  where: string,
  options: StoreOptions | undefined,
  more: readonly string[] = [],
): void {
  checkNames(where, options, STORE_OPTIONS, more)
  checkOptionNames(`${where}: columns`, groupOption('columns', options?.columns), COLUMN_OPTIONS)
  checkOptionNames(`${where}: audit`, groupOption('audit', options?.audit), AUDIT_OPTIONS)
}

function checkNames(where: string, options: object | undefined, own: readonly string[], more: readonly string[]): void {
  if (options === undefined && more[0] !== undefined) {
    throw invalidOption(`${where}: options`, options, `an object with '${more[0]}'`)
  }
  checkOptionNames(where, groupOption(`${where}: options`, options), [...own, ...more])
}
