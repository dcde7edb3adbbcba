import type { StoredToken, TokenChange, TokenStore } from '../../tokens/store.ts'
import { readJson } from '../answers/read-json.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { asciiJson } from './ascii.ts'
import type { SqlDialect } from './dialect.ts'
import type { SqlDriver, SqlValue } from './driver.ts'
import type { TableOption } from './options.ts'
import { checkedDriver, readColumns, readText } from './rows.ts'
import { tokenTableName } from './table.ts'
import { wrote } from './wrote.ts'

/**
 * A token store over any SQL database. Each function is one statement, which makes each save atomic.
 *
 * @throws CountersignError `invalid_option` for an invalid table name
 */
export function sqlTokenStore(given: SqlDriver, dialect: SqlDialect, options?: TableOption): TokenStore {
  const driver = checkedDriver(given)
  const statements = dialect.tokenStatements(dialect.quote(tokenTableName(options)))

  return {
    async find(hash) {
      const { rows } = await driver.query(statements.find, [hash])
      if (rows.length > 1) throw storeInvalid(`find found ${rows.length} rows for one hash: hash must be unique`)
      const [row] = rows
      return row === undefined ? null : readRow('find', readColumns('find', row, ['version', 'token']))
    },

    async list(userId) {
      const { rows } = await driver.query(statements.list, [dialect.bindUserId(userId)])
      return rows.map((row) => {
        const [hash, ...content] = readColumns('list', row, ['hash', 'version', 'token'])
        return { hash: readText('list', 'hash', hash), ...readRow('list', content) }
      })
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

function readRow(what: string, [version, token]: readonly unknown[]): { token: StoredToken; version: string } {
  return { token: readJson(token), version: readText(what, 'version', version) }
}
