import type { TwoFactorEvent } from '../../engine/events.ts'
import type { StoreChange } from '../../engine/store.ts'
import { CountersignError } from '../../errors.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { escaped } from './ascii.ts'
import type { SqlAuditBeside, SqlDialect } from './dialect.ts'
import type { SqlDriver, SqlStatement } from './driver.ts'
import type { AuditOption } from './options.ts'
import type { UserStatements } from './record-table.ts'
import { tableName } from './table.ts'
import { wrote } from './wrote.ts'

/** Default of {@link AuditOption}. */
const TABLE = 'two_factor_events'

/** Runs the statement of a change, and writes its events if it wrote: both or neither. True if it wrote. */
export type AuditedWrite = (write: SqlStatement, statements: UserStatements, change: StoreChange) => Promise<boolean>

/** An event as JSON. */
type TextOf = (event: TwoFactorEvent) => string

/**
 * Null if no audit is requested.
 *
 * @throws CountersignError `invalid_option` if this driver cannot do it
 */
export function auditedWrite(
  driver: SqlDriver,
  { audit, quote, bindUserId }: SqlDialect,
  option: AuditOption | undefined,
): AuditedWrite | null {
  if (option === undefined) return null
  const table = quote(auditTableName(option))
  const { context: kept = () => undefined } = option
  const textOf: TextOf = (event) =>
    escaped(readable(JSON.stringify({ ...event, context: jsonOf(() => kept(event.context)) })))
  if ('beside' in audit) return inOneStatement(driver, audit, table, textOf)
  return inOneBatch(driver, (holder) => audit.insert(table, holder), bindUserId, textOf)
}

function inOneStatement(driver: SqlDriver, { beside }: SqlAuditBeside, table: string, textOf: TextOf): AuditedWrite {
  return async ({ sql, params }, _statements, { events }) => {
    const { rows } = await driver.query(beside(sql, table), [...params, `[${events.map(textOf)}]`])
    return wrote({ rows, rowsAffected: rows.length })
  }
}

/**
 * No result is needed between the statements, since versions are random and never recur: the new one exists only after
 * a successful write, the expected one only before a deletion that will succeed.
 */
function inOneBatch(
  { batch }: SqlDriver,
  insert: (holder: string) => string,
  bindUserId: SqlDialect['bindUserId'],
  textOf: TextOf,
): AuditedWrite {
  if (batch === undefined) throw new CountersignError('invalid_option', NO_BATCH)
  return async (write, { sql: { holder }, id }, { expected, version, record, events }) => {
    const holding = [...id, record === null ? expected : version]
    const sql = insert(holder)
    const inserts = events.map((event) => ({
      sql,
      params: [bindUserId(event.userId), event.atMs, event.type, textOf(event), ...holding],
    }))
    const statements = record === null ? [...inserts, write] : [write, ...inserts]
    const results = (await batch(statements)).map(wrote)
    const isWritten = results[0] === true
    if (results.length === statements.length && results.every((each) => each === isWritten)) return isWritten
    throw storeInvalid('the driver says that a change was written without its events, or they without it')
  }
}

const NO_BATCH =
  'audit: the driver cannot run several statements in one transaction. Give the driver of countersign/stores/sql a ' +
  '`batch`; elsewhere use the store of the database driver itself.'

/**
 * PostgreSQL reads no field of a JSON value that contains U+0000 or half a surrogate pair anywhere: neither in this
 * statement nor in the host's queries. In JSON they are always escapes; an escaped backslash is skipped with what it
 * escapes. Other databases get the same text.
 */
function readable(json: string): string {
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (pair, what: string) => (what.length > 1 ? '\\ufffd' : pair))
}

/**
 * The part of `context` that JSON can express: a bigint as text; a note instead of a cycle, a thrown error, or more than
 * the limits. No code is refused because the audit could not be written.
 */
function jsonOf(context: () => unknown): unknown {
  try {
    const text = JSON.stringify(context(), (_, value) => (typeof value === 'bigint' ? String(value) : value))
    if (text === undefined) return undefined
    if (text.length > MAX_CONTEXT_CHARACTERS) return TOO_LARGE
    const kept: unknown = JSON.parse(text)
    return isDeeper(kept, MAX_CONTEXT_LEVELS) ? TOO_LARGE : kept
  } catch {
    return NOT_JSON
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1))
}

const NOT_JSON = '(context that is not JSON)'
const TOO_LARGE = '(context that is too large)'
/** Escaped, still less than any server's largest packet. */
const MAX_CONTEXT_CHARACTERS = 65_536
/** MariaDB accepts no JSON of 32 levels, and the event has one. */
const MAX_CONTEXT_LEVELS = 24

/** '' if none is requested. */
export function auditSchema({ audit }: SqlDialect, option: AuditOption | undefined): string {
  return option === undefined ? '' : audit.schema(auditTableName(option))
}

function auditTableName({ table = TABLE }: AuditOption): readonly string[] {
  return tableName({ table }, 'audit.table')
}
