import type { TwoFactorRecord } from '../../engine/record.ts'
import type { StoreChange, UserStore } from '../../engine/store.ts'
import { readJson } from '../answers/read-json.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { type AuditedStoreOptions, auditOf } from './audit.ts'
import type { SqlDialect } from './dialect.ts'
import type { SqlDriver, SqlResult, SqlValue } from './driver.ts'
import { tableName } from './table.ts'
import { type UsersTable, usersTableOf } from './users-table.ts'

/**
 * A store over any SQL database: load is one statement, and so is each save. That the version is looked at and
 * written in the same statement is what makes it atomic, at any isolation level and without a transaction.
 *
 * @throws CountersignError `invalid_option` where no table or column can have that name
 */
export function sqlStore(driver: SqlDriver, dialect: SqlDialect, options?: AuditedStoreOptions): UserStore {
  const users = usersTableOf(dialect, options)
  const statements = users ?? dialect.statements(dialect.quote(tableName(options)))
  const audit = auditOf(dialect, options?.audit)

  return {
    async load(userId) {
      const { rows } = await driver.query(statements.load, [userId])
      if (rows.length > 1) throw storeInvalid(`load found ${rows.length} rows for one user: user_id must be unique`)
      const [row] = rows
      return row === undefined ? null : readRow(row)
    },

    async save(userId, change) {
      const isWritten = await write(...statementFor(userId, change), change.events)
      if (!isWritten && users !== null && change.expected === null) await expectUser(users, userId)
      return isWritten
    },
  }

  async function write(sql: string, params: SqlValue[], events: StoreChange['events']): Promise<boolean> {
    if (audit === null || events.length === 0) return wrote(await driver.query(sql, params))
    const { rows } = await driver.query(audit.beside(sql), [...params, audit.text(events)])
    return wrote({ rows, rowsAffected: rows.length })
  }

  function statementFor(userId: string, change: StoreChange): [sql: string, params: SqlValue[]] {
    const { expected, version, record, enabledAtMs } = change
    if (record === null) return [statements.delete, [userId, expected]]
    const content = [version, JSON.stringify(record), enabledAtMs]
    if (expected !== null) return [statements.update, [...content, userId, expected]]
    return [statements.insert, users === null ? [userId, ...content] : [...content, userId]]
  }

  /** Who lost may try again; without a row nobody ever wins. */
  async function expectUser({ find, name }: UsersTable, userId: string): Promise<void> {
    const { rows } = await driver.query(find, [userId])
    if (rows.length === 0) throw storeInvalid(`${name} has no row of this user, which must be there first`)
  }
}

function readRow(row: unknown): { record: TwoFactorRecord; version: string } {
  if (typeof row !== 'object' || row === null || !('version' in row) || !('record' in row)) {
    throw storeInvalid('load found a row without the columns version and record')
  }
  if (typeof row.version !== 'string') throw storeInvalid('load found a version that is no text')
  return { record: readJson(row.record), version: row.version }
}

export function wrote({ rowsAffected }: SqlResult): boolean {
  if (rowsAffected === 1 || rowsAffected === 1n) return true
  if (rowsAffected === 0 || rowsAffected === 0n) return false
  throw storeInvalid(`the driver says that a save wrote ${rowsAffected} rows`)
}
