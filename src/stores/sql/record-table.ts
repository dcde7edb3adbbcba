import type { SqlDialect, TableStatements } from './dialect.ts'
import type { SqlValue } from './driver.ts'

/** Where records are stored: in their own table, or in your users table. */
export interface RecordTable {
  /** The name of your users table. Null if records have their own table, to which the first save adds a row. */
  name: string | null
  statementsFor(userId: string): UserStatements
  /** The user id, from what `firstUserIds` selects. */
  readUserId(value: unknown): unknown
  /** The record's text, from what `load` selects. */
  readRecord(value: unknown): unknown
}

/** The statements for one user, and their values. */
export interface UserStatements {
  /** Not copied into this object: next to a database, that took 10 µs of a sign-in. */
  sql: TableStatements
  /** The values bound for the user id. */
  id: readonly SqlValue[]
  /** The values of `nextUserIds`. */
  after: readonly SqlValue[]
  /** The values of `insert`. `content`: version, record, enabled at. */
  insertValues(content: readonly SqlValue[]): SqlValue[]
}

/** A table of their own. */
export function ownTable({ statements: statementsOf, bindUserId, columns }: SqlDialect, table: string): RecordTable {
  const statements = statementsOf(table)
  return {
    name: null,
    statementsFor(userId) {
      const id = bindUserId(userId)
      return { sql: statements, id: [id], after: [id], insertValues: (content) => [id, ...content] }
    },
    readUserId: columns.readUserId,
    readRecord: (value) => value,
  }
}
