import type { StoreChange, UserStore } from '../../engine/store.ts'
import { readJson } from '../answers/read-json.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { auditedWrite } from './audit.ts'
import type { SqlDialect } from './dialect.ts'
import type { SqlDriver, SqlStatement } from './driver.ts'
import type { StoreOptions } from './options.ts'
import { tableName } from './table.ts'
import { type UsersTable, usersTableOf } from './users-table.ts'
import { wrote } from './wrote.ts'

/**
 * A store over any SQL database: load is one statement, and so is each save, but for events that go to a table of their
 * own. That the version is looked at and written in the same statement is what makes it atomic, at any isolation level
 * and without a transaction.
 *
 * @throws CountersignError `invalid_option` where no table or column can have that name, or `audit` cannot be done
 */
export function sqlStore(driver: SqlDriver, dialect: SqlDialect, options?: StoreOptions): UserStore {
  const users = usersTableOf(dialect, options)
  const table = dialect.quote(tableName(options))
  const statements = users ?? dialect.statements(table)
  const holder = users?.holder ?? `${table} WHERE user_id = ? AND version = ?`
  const writeAudited = auditedWrite(driver, dialect, options?.audit, holder)

  return {
    async load(userId) {
      const { rows } = await driver.query(statements.load, [userId])
      if (rows.length > 1) throw storeInvalid(`load found ${rows.length} rows for one user: user_id must be unique`)
      const [row] = rows
      return row === undefined ? null : readRow(row)
    },

    async save(userId, change) {
      const isWritten = await write(userId, change)
      if (!isWritten && users !== null && change.expected === null) await expectUser(users, userId)
      return isWritten
    },
  }

  async function write(userId: string, change: StoreChange): Promise<boolean> {
    const statement = statementFor(userId, change)
    if (writeAudited !== null && change.events.length > 0) return writeAudited(statement, userId, change)
    return wrote(await driver.query(statement.sql, statement.params))
  }

  function statementFor(userId: string, change: StoreChange): SqlStatement {
    const { expected, version, record, enabledAtMs } = change
    if (record === null) return { sql: statements.delete, params: [userId, expected] }
    const content = [version, JSON.stringify(record), enabledAtMs]
    if (expected !== null) return { sql: statements.update, params: [...content, userId, expected] }
    return { sql: statements.insert, params: users === null ? [userId, ...content] : [...content, userId] }
  }

  /** Who lost may try again; without a row nobody ever wins. */
  async function expectUser({ find, name }: UsersTable, userId: string): Promise<void> {
    const { rows } = await driver.query(find, [userId])
    if (rows.length === 0) throw storeInvalid(`${name} has no row of this user, which must be there first`)
  }
}

function readRow(row: unknown): { record: unknown; version: string } {
  if (typeof row !== 'object' || row === null || !('version' in row) || !('record' in row)) {
    throw storeInvalid('load found a row without the columns version and record')
  }
  if (typeof row.version !== 'string') throw storeInvalid('load found a version that is no text')
  return { record: readJson(row.record), version: row.version }
}
