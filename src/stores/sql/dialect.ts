import type { SqlValue } from './driver.ts'

/** What a kind of database calls things. `table` is what {@link SqlDialect.quote} made. */
export interface SqlDialect {
  /** The name of a table, from its checked parts. */
  quote(parts: readonly string[]): string
  /** Creates the table if it doesn't exist. */
  schema(table: string): string
  /** What a user id is bound to in these statements. Throws `invalid_option` if the database cannot hold it. */
  bindUserId(userId: string): SqlValue
  statements(table: string): TableStatements
  /**
   * Creates the table of access tokens and its index by user, if they don't exist. Parts as for {@link
   * SqlDialect.quote}.
   */
  tokenSchema(parts: readonly string[]): string
  tokenStatements(table: string): SqlTokenStatements
  /** For statements on your users table. */
  columns: SqlColumns
  audit: SqlAudit
}

/** How records are stored in columns that you named. */
export interface SqlColumns {
  types: { version: string; record: string; enabledAt: string }
  /** Gives each `?` the form that parameters have here. */
  placeholders(sql: string): string
  /** The parameter that a record's text is bound to. */
  recordIn: string
  /** A record's column, in a form that any connection carries. */
  recordOut(column: string): string
  /** The record's text from what {@link SqlColumns.recordOut} came to. */
  readRecord(value: unknown): unknown
  /** A column of user ids, in a form that any connection carries. */
  userIdOut(column: string): string
  /** The user id from what {@link SqlColumns.userIdOut} came to. */
  readUserId(value: unknown): unknown
  /** What a walk over a table of users is ordered by. */
  order(column: string): string
  /** For ids of ASCII: a condition on the column of user ids, and what is bound in it. */
  plainId: SqlIdCondition
  /** For any other id. The column may have any type and collation, but then it holds text. */
  wideId: SqlIdCondition
}

/** Finds the row of a user, through a connection with any character set. */
export interface SqlIdCondition {
  condition(column: string): string
  bind(userId: string): SqlValue[]
  /** The users behind this one in {@link SqlColumns.order}. */
  after(column: string): string
  bindAfter(userId: string): SqlValue[]
}

/** A trail of what happened: written by the statement that writes the record, or by others in the same transaction. */
export type SqlAudit = {
  /** Creates the table of events and its index by user, if they don't exist. */
  schema(parts: readonly string[]): string
} & (SqlAuditBeside | SqlAuditInsert)

/** Where a single statement can write to two tables. */
export interface SqlAuditBeside {
  /** A statement of {@link TableStatements} that also writes events: one more parameter, their JSON, and one row where it wrote. */
  beside(sql: string, table: string): string
}

/** Where none can. */
export interface SqlAuditInsert {
  /**
   * user id, at, type, event, then what `holder` has bound; writes where the holder has that version, and keeps other writers from
   * it until the transaction ends. `holder` is what stands behind FROM.
   */
  insert(table: string, holder: string): string
}

/** The statements of a store, each atomic by itself, each with its parameters in the order named here. */
export interface TableStatements {
  /** user id → at most one row, with `version` and `record` */
  load: string
  /** user id, version, record, enabled at; in a table of users the user id comes last. Writes nothing if the user has a record */
  insert: string
  /** version, record, enabled at, user id, expected version */
  update: string
  /** user id, expected version */
  delete: string
  /** user id → a row if there is one */
  find: string
  /** No parameters → `id` of those who have a record, in the form that {@link SqlColumns.readUserId} reads, in order. A LIMIT is put behind it */
  firstUserIds: string
  /** What `after` of the statements for a user binds → the same, of those behind that user */
  nextUserIds: string
  /** What stands behind FROM: user id, version → the row that holds that version. Each parameter a `?` */
  holder: string
}

/** The same for a store of access tokens. */
export interface SqlTokenStatements {
  /** hash → at most one row, with `version` and `token` */
  find: string
  /** user id → rows with `hash`, `version` and `token` */
  list: string
  /** hash, user id, version, token, expires at, revoked at; writes nothing if that hash exists */
  insert: string
  /** version, token, expires at, revoked at, hash, expected version */
  update: string
  /** hash, expected version */
  delete: string
}
