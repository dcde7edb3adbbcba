import type { TwoFactorEvent } from '../../engine/events.ts'
import { CountersignError } from '../../errors.ts'
import type { SqlAudit, SqlDialect } from './dialect.ts'
import { type TableOption, tableName } from './table.ts'
import type { StoreOptions } from './users-table.ts'

/** A trail of what happened, which misses nothing: the statement that writes the record also writes its events. */
export interface AuditOption extends TableOption {
  /**
   * What of an event's `context` is kept, as JSON. Default: nothing. An error that it throws is one of the save.
   */
  context?: ((context: unknown) => unknown) | undefined
}

/** Options of the stores on PostgreSQL. */
export interface AuditedStoreOptions extends StoreOptions {
  /** Writes events to a table, by default `two_factor_events`. */
  audit?: AuditOption | undefined
}

/** Default of {@link AuditOption}. */
const TABLE = 'two_factor_events'

export interface Audit {
  /** The statement that also writes events; its last parameter is what `text` gives. */
  beside(sql: string): string
  text(events: readonly TwoFactorEvent[]): string
}

export function auditOf(dialect: SqlDialect, option: AuditOption | undefined): Audit | null {
  if (option === undefined) return null
  const table = dialect.quote(auditTableName(option))
  const { beside } = auditIn(dialect)
  const { context: kept = () => undefined } = option
  return {
    beside: (sql) => beside(sql, table),
    text: (events) => readable(JSON.stringify(events.map((event) => ({ ...event, context: kept(event.context) })))),
  }
}

/**
 * PostgreSQL reads no field of a JSON value that has U+0000 or half a surrogate pair in it, anywhere: neither this
 * statement nor the queries of the host. As JSON they are always escapes; an escaped backslash is skipped with what it escapes.
 */
function readable(json: string): string {
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (pair, what: string) => (what.length > 1 ? '\\ufffd' : pair))
}

/** '' where none is asked for. */
export function auditSchema(dialect: SqlDialect, option: AuditOption | undefined): string {
  return option === undefined ? '' : auditIn(dialect).schema(auditTableName(option))
}

function auditTableName({ table = TABLE }: AuditOption): readonly string[] {
  return tableName({ table }, 'audit.table')
}

function auditIn({ audit }: SqlDialect): SqlAudit {
  if (audit !== undefined) return audit
  throw new CountersignError(
    'invalid_option',
    'audit: only PostgreSQL can write to two tables in one statement. Elsewhere write events in onEvent.',
  )
}
