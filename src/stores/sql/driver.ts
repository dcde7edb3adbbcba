/** The value of a parameter. */
export type SqlValue = string | number | null

/** The result of a statement. */
export interface SqlResult {
  /** One object per row, by column name; empty if the statement reads nothing. */
  rows: readonly unknown[]
  /** How many rows an INSERT, UPDATE or DELETE wrote; ignored for a SELECT. */
  rowsAffected: number | bigint
}

/** A statement and its bound values. */
export interface SqlStatement {
  sql: string
  params: SqlValue[]
}

/** What a store needs of a database's driver. Both functions reject if the outcome is unknown. */
export interface SqlDriver {
  /** Runs one statement, atomically, with its values bound. */
  query(sql: string, params: SqlValue[]): Promise<SqlResult>
  /**
   * Runs statements in order, all or none: in their own transaction, with nothing else in it, or in the host's if that
   * is open on the connection. Returns each result. Needed only for `audit`, and not on PostgreSQL.
   */
  batch?: ((statements: readonly SqlStatement[]) => Promise<readonly SqlResult[]>) | undefined
}
