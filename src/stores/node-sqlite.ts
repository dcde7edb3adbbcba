import type { UserStore } from '../engine/store.ts'
import type { SqlValue } from './sql/driver.ts'
import { migrateFile } from './sql/migrate.ts'
import { preparedDriver } from './sql/prepared.ts'
import { sqlite } from './sql/sqlite.ts'
import { sqlStore } from './sql/store.ts'
import type { TableOption } from './sql/table.ts'

export { type SqlDialectName, schema } from './sql/dialect.ts'

/** What is needed of a `DatabaseSync` of node:sqlite. */
export interface NodeSqliteDatabase {
  prepare(sql: string): NodeSqliteStatement
  exec(script: string): unknown
}

export interface NodeSqliteStatement {
  all(...params: SqlValue[]): unknown[]
  run(...params: SqlValue[]): { changes: number | bigint }
}

/**
 * Keeps records in an SQLite file through the module built into Node from 22 on, and into Deno.
 * Any number of processes may share the file.
 *
 * @param options.table Default `two_factor`.
 * @throws {CountersignError} `invalid_option`: a name that no table can have.
 * @example
 * const database = new DatabaseSync('app.db')
 * await migrate(database)
 * const twoFactor = createTwoFactor({ store: nodeSqliteStore(database), … })
 */
export function nodeSqliteStore(database: NodeSqliteDatabase, options?: TableOption): UserStore {
  const driver = preparedDriver((sql) => {
    const statement = database.prepare(sql)
    return { all: (params) => statement.all(...params), run: (params) => statement.run(...params) }
  })
  return sqlStore(driver, sqlite, options)
}

/**
 * Makes the table where there is none, and puts the file on a write-ahead log. May run at every start, in several
 * processes at once; not inside a transaction.
 *
 * @param options.table Default `two_factor`.
 */
export function migrate(database: NodeSqliteDatabase, options?: TableOption): Promise<void> {
  return migrateFile((script) => database.exec(script), options)
}
