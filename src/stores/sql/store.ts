import type { StoreChange, UserStore } from '../../engine/store.ts'
import { checkedLimit, lastIsCursor } from '../answers/page-of-all.ts'
import { readJson } from '../answers/read-json.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { asciiJson } from './ascii.ts'
import { auditedWrite } from './audit.ts'
import type { SqlDialect } from './dialect.ts'
import type { SqlDriver, SqlStatement } from './driver.ts'
import type { StoreOptions } from './options.ts'
import { ownTable, type UserStatements } from './record-table.ts'
import { checkedDriver, readColumns, readText } from './rows.ts'
import { tableName } from './table.ts'
import { usersTableOf } from './users-table.ts'
import { wrote } from './wrote.ts'

/**
 * A store over any SQL database: each load and each save is one statement, apart from events in their own table.
 * Comparing and writing the version in one statement makes it atomic, at any isolation level and without a transaction.
 *
 * @throws CountersignError `invalid_option` for an invalid table or column name, or if `audit` is impossible
 */
export function sqlStore(given: SqlDriver, dialect: SqlDialect, options?: StoreOptions): UserStore {
  const driver = checkedDriver(given)
  const table = usersTableOf(dialect, options) ?? ownTable(dialect, dialect.quote(tableName(options)))
  const writeAudited = auditedWrite(driver, dialect, options?.audit)

  return {
    async load(userId) {
      const { sql, id } = table.statementsFor(userId)
      const { rows } = await driver.query(sql.load, [...id])
      if (rows.length > 1) throw storeInvalid(`load found ${rows.length} rows for one user: user_id must be unique`)
      const [row] = rows
      if (row === undefined) return null
      const { version, record } = readRow(row)
      return { record: readJson(table.readRecord(record)), version }
    },

    async save(userId, change) {
      const statements = table.statementsFor(userId)
      const isWritten = await write(statements, change)
      if (!isWritten && table.name !== null && change.expected === null) await expectUser(statements, table.name)
      return isWritten
    },

    async userIds({ cursor, limit }) {
      const count = checkedLimit(limit)
      const { sql, after } = table.statementsFor(cursor ?? '')
      const page = `${cursor === undefined ? sql.firstUserIds : sql.nextUserIds} LIMIT ${count}`
      const { rows } = await driver.query(page, cursor === undefined ? [] : [...after])
      return lastIsCursor(rows.map(readUserId), count)
    },
  }

  function readUserId(row: unknown): string {
    const [userId] = readColumns('userIds', row, ['id'])
    return readText('userIds', 'id', table.readUserId(userId))
  }

  async function write(statements: UserStatements, change: StoreChange): Promise<boolean> {
    const statement = statementFor(statements, change)
    if (writeAudited !== null && change.events.length > 0) return writeAudited(statement, statements, change)
    return wrote(await driver.query(statement.sql, statement.params))
  }

  /** A lost race can be retried; without a row, no retry can succeed. */
  async function expectUser({ sql, id }: UserStatements, name: string): Promise<void> {
    const { rows } = await driver.query(sql.find, [...id])
    if (rows.length === 0) throw storeInvalid(`${name} has no row for this user, which must be there first`)
  }
}

function statementFor({ sql, id, insertValues }: UserStatements, change: StoreChange): SqlStatement {
  const { expected, version, record, enabledAtMs } = change
  if (record === null) return { sql: sql.delete, params: [...id, expected] }
  const content = [version, asciiJson(record), enabledAtMs]
  if (expected === null) return { sql: sql.insert, params: insertValues(content) }
  return { sql: sql.update, params: [...content, ...id, expected] }
}

function readRow(row: unknown): { record: unknown; version: string } {
  const [version, record] = readColumns('load', row, ['version', 'record'])
  return { record, version: readText('load', 'version', version) }
}
