/** What a kind of database calls things. `table` is what {@link SqlDialect.quote} made. */
export interface SqlDialect {
  /** The name of a table, from its checked parts. */
  quote(parts: readonly string[]): string
  /** Makes the table where there is none. */
  schema(table: string): string
  statements(table: string): SqlStatements
}

/** The four statements of a store, each atomic by itself, each with its parameters in the order named here. */
export interface SqlStatements {
  /** user id → at most one row, with `version` and `record` */
  load: string
  /** user id, version, record, enabled at; writes nothing where the user has a record */
  insert: string
  /** version, record, enabled at, user id, expected version */
  update: string
  /** user id, expected version */
  delete: string
}
