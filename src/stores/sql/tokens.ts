import type { StoredToken, TokenChange, TokenStore } from '../../tokens/store.ts'
import { readJson } from '../answers/read-json.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { asciiJson } from './ascii.ts'
import type { SqlDialect } from './dialect.ts'
import type { SqlDriver, SqlValue } from './driver.ts'
import type { TableOption } from './options.ts'
import { tokenTableName } from './table.ts'
import { wrote } from './wrote.ts'

/**
 * A token store over any SQL database, each function of it one statement: that makes each save atomic.
 *
 * @throws CountersignError `invalid_option` where no table can have that name
 */
export function sqlTokenStore(driver: SqlDriver, dialect: SqlDialect, options?: TableOption): TokenStore {
  const statements = dialect.tokenStatements(dialect.quote(tokenTableName(options)))

  return {
    async find(hash) {
      const { rows } = await driver.query(statements.find, [hash])
      if (rows.length > 1) throw storeInvalid(`find found ${rows.length} rows for one hash: hash must be unique`)
      const [row] = rows
      return row === undefined ? null : readRow(row)
    },

    async list(userId) {
      const { rows } = await driver.query(statements.list, [dialect.bindUserId(userId)])
      return rows.map((row) => ({ hash: readHash(row), ...readRow(row) }))
    },

    async save(hash, change) {
      const [sql, params] = statementFor(hash, change)
      return wrote(await driver.query(sql, params))
    },
  }

  function statementFor(hash: string, change: TokenChange): [sql: string, params: SqlValue[]] {
    const { expected, version, userId, token } = change
    if (token === null) return [statements.delete, [hash, expected]]
    const content = [version, asciiJson(token), token.expiresAtMs, token.revokedAtMs]
    if (expected === null) return [statements.insert, [hash, dialect.bindUserId(userId), ...content]]
    return [statements.update, [...content, hash, expected]]
  }
}

function readRow(row: unknown): { token: StoredToken; version: string } {
  if (typeof row !== 'object' || row === null || !('version' in row) || !('token' in row)) {
    throw storeInvalid('it found a row without the columns version and token')
  }
  if (typeof row.version !== 'string') throw storeInvalid('it found a version that is no text')
  return { token: readJson(row.token), version: row.version }
}

function readHash(row: unknown): string {
  if (typeof row === 'object' && row !== null && 'hash' in row && typeof row.hash === 'string') return row.hash
  throw storeInvalid('list found a row without the column hash')
}
