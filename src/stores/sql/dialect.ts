import type { SqlValue } from './driver.ts'

/** The SQL of a kind of database. `table` is what {@link SqlDialect.quote} returned. */
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
  /** Turns each `?` into the parameter form of this database. */
  placeholders(sql: string): string
  /** The parameter that a record's text is bound to. */
  recordIn: string
  /** A record's column, in a form that survives any connection. */
  recordOut(column: string): string
  /** The record's text, from the value of {@link SqlColumns.recordOut}. */
  readRecord(value: unknown): unknown
  /** A column of user ids, in a form that survives any connection. */
  userIdOut(column: string): string
  /** The user id, from the value of {@link SqlColumns.userIdOut}. */
  readUserId(value: unknown): unknown
  /** What a listing of a users table is ordered by. */
  order(column: string): string
  /** For ASCII ids: a condition on the column of user ids, and the values bound in it. */
  plainId: SqlIdCondition
  /** For any other id. The column must then hold text, of any type and collation. */
  wideId: SqlIdCondition
}

/** Finds the row of a user, through a connection with any character set. */
export interface SqlIdCondition {
  condition(column: string): string
  bind(userId: string): SqlValue[]
  /** The users after this one in {@link SqlColumns.order}. */
  after(column: string): string
  bindAfter(userId: string): SqlValue[]
}

/** The audit: written by the statement that writes the record, or by others in the same transaction. */
export type SqlAudit = {
  /** Creates the table of events and its index by user, if they don't exist. */
  schema(parts: readonly string[]): string
} & (SqlAuditBeside | SqlAuditInsert)

/** For databases where one statement can write to two tables. */
export interface SqlAuditBeside {
  /**
   * A statement of {@link TableStatements} that also writes events: one more parameter, their JSON, and one row if it
   * wrote.
   */
  beside(sql: string, table: string): string
}

/** For databases where none can. */
export interface SqlAuditInsert {
  /**
   * user id, at, type, event, then the parameters of `holder`; writes if the holder has that version, and locks it
   * against other writers until the transaction ends. `holder` is what follows FROM.
   */
  insert(table: string, holder: string): string
}

/** The statements of a store, each atomic by itself, with its parameters in this order. */
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
  /**
   * No parameters → `id` of the users with a record, in order, as {@link SqlColumns.readUserId} reads it. A LIMIT is
   * appended
   */
  firstUserIds: string
  /** The values of `after` of a user's statements → the same, for the users after that one */
  nextUserIds: string
  /** What follows FROM: user id, version → the row with that version. Each parameter a `?` */
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
