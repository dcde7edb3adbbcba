/** What a statement's parameters hold. */
export type SqlValue = string | number | null

/** What a statement gave. */
export interface SqlResult {
  /** One object a row, by column name; empty where the statement reads nothing. */
  rows: readonly unknown[]
  /** How many rows an INSERT, UPDATE or DELETE wrote; of no meaning for a SELECT. */
  rowsAffected: number | bigint
}

/**
 * The one thing that a store needs of a database's driver: runs one statement, atomically, with its values bound.
 * A statement whose outcome is unknown rejects.
 */
export interface SqlDriver {
  query(sql: string, params: SqlValue[]): Promise<SqlResult>
}
