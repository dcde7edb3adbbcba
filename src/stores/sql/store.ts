import type { TwoFactorRecord } from '../../engine/record.ts'
import type { StoreChange, UserStore } from '../../engine/store.ts'
import { CountersignError } from '../../errors.ts'
import type { SqlDialect } from './dialect.ts'
import type { SqlDriver, SqlResult, SqlValue } from './driver.ts'
import { type TableOption, tableName } from './table.ts'

/**
 * A store over any SQL database: load is one statement, and so is each save. That the version is looked at and
 * written in the same statement is what makes it atomic, at any isolation level and without a transaction.
 *
 * @throws CountersignError `invalid_option` where no table can have that name
 */
export function sqlStore(driver: SqlDriver, dialect: SqlDialect, options?: TableOption): UserStore {
  const statements = dialect.statements(dialect.quote(tableName(options)))

  return {
    async load(userId) {
      const { rows } = await driver.query(statements.load, [userId])
      if (rows.length > 1) throw storeInvalid(`load found ${rows.length} rows for one user: user_id must be unique`)
      const [row] = rows
      return row === undefined ? null : readRow(row)
    },

    async save(userId, change) {
      const [sql, params] = statementFor(userId, change)
      return wrote(await driver.query(sql, params))
    },
  }

  function statementFor(userId: string, change: StoreChange): [sql: string, params: SqlValue[]] {
    const { expected, version, record, enabledAtMs } = change
    if (record === null) return [statements.delete, [userId, expected]]
    const text = JSON.stringify(record)
    if (expected === null) return [statements.insert, [userId, version, text, enabledAtMs]]
    return [statements.update, [version, text, enabledAtMs, userId, expected]]
  }
}

function readRow(row: unknown): { record: TwoFactorRecord; version: string } {
  if (typeof row !== 'object' || row === null || !('version' in row) || !('record' in row)) {
    throw storeInvalid('load found a row without the columns version and record')
  }
  if (typeof row.version !== 'string') throw storeInvalid('load found a version that is no text')
  return { record: readJson(row.record), version: row.version }
}

/**
 * The engine checks every field of a record before it trusts any, and so it does here: text that is no JSON is handed
 * up as it is. The engine refuses it by name, and `admin.reset`, which reads no record, can still delete it.
 */
function readJson(stored: unknown): TwoFactorRecord {
  try {
    if (typeof stored === 'string') return JSON.parse(stored)
  } catch {
    // No JSON.
  }
  return stored as TwoFactorRecord
}

function wrote({ rowsAffected }: SqlResult): boolean {
  if (rowsAffected === 1 || rowsAffected === 1n) return true
  if (rowsAffected === 0 || rowsAffected === 0n) return false
  throw storeInvalid(`the driver says that a save wrote ${rowsAffected} rows`)
}

function storeInvalid(what: string): CountersignError {
  return new CountersignError('store_invalid', `The store answered what it must not: ${what}.`)
}
