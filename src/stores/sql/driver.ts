/** What a statement's parameters hold. */
export type SqlValue = string | number | null

/** What a statement gave. */
export interface SqlResult {
  /** One object a row, by column name; empty where the statement reads nothing. */
  rows: readonly unknown[]
  /** How many rows an INSERT, UPDATE or DELETE wrote; of no meaning for a SELECT. */
  rowsAffected: number | bigint
}

/** A statement and its bound values. */
export interface SqlStatement {
  sql: string
  params: SqlValue[]
}

/** What a store needs of a database's driver. Both of its functions reject where the outcome is unknown. */
export interface SqlDriver {
  /** Runs one statement, atomically, with its values bound. */
  query(sql: string, params: SqlValue[]): Promise<SqlResult>
  /**
   * Runs statements in order, all or none: in a transaction of their own, into which nothing else comes; in the host's,
   * where that is open on the connection. What each gave. Needed for `audit` alone, and not on PostgreSQL.
   */
  batch?: ((statements: readonly SqlStatement[]) => Promise<readonly SqlResult[]>) | undefined
}
