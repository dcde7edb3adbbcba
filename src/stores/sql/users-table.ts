import { CountersignError } from '../../errors.ts'
import { isAscii } from './ascii.ts'
import type { SqlDialect, SqlIdCondition, TableStatements } from './dialect.ts'
import type { StoreOptions } from './options.ts'
import type { RecordTable } from './record-table.ts'
import { checkedName, tableName } from './table.ts'

/** Defaults of the option `columns`. */
const COLUMNS = {
  userId: 'id',
  version: 'two_factor_version',
  record: 'two_factor',
  enabledAt: 'two_factor_enabled_at',
}

/** The records in columns of your users table. Null if they have their own table. */
export function usersTableOf(dialect: SqlDialect, options: StoreOptions = {}): RecordTable | null {
  const parts = usersTableName(options)
  if (parts === null) return null
  const table = dialect.quote(parts)
  const columns = quotedColumns(dialect, options)
  const { plainId, wideId, readUserId, readRecord } = dialect.columns
  const plain = usersStatements(dialect, table, columns, plainId)
  const wide = usersStatements(dialect, table, columns, wideId)

  return {
    name: parts.join('.'),
    statementsFor(userId) {
      const isPlain = isAscii(userId)
      const { bind, bindAfter } = isPlain ? plainId : wideId
      const id = bind(userId)
      return {
        sql: isPlain ? plain : wide,
        id,
        after: bindAfter(userId),
        insertValues: (content) => [...content, ...id],
      }
    },
    readUserId,
    readRecord,
  }
}

function usersStatements(
  { columns: { placeholders, recordIn, recordOut, userIdOut, order } }: SqlDialect,
  table: string,
  { userId, version, record, enabledAt }: typeof COLUMNS,
  { condition, after }: SqlIdCondition,
): TableStatements {
  const isUser = condition(userId)
  const hasRecord = `(${version} IS NOT NULL OR ${record} IS NOT NULL)`
  const userIds = `SELECT ${userIdOut(userId)} AS id FROM ${table} WHERE ${hasRecord}`
  // With the table's name: if the column is called id too, the alias would be ordered by instead.
  const inOrder = order(`${table}.${userId}`)
  const content = `${version} = ?, ${record} = ${recordIn}, ${enabledAt} = ?`
  return {
    // A record without a version is found too, and refused: damaging a row turns nothing off.
    load: placeholders(
      `SELECT ${version} AS version, ${recordOut(record)} AS record FROM ${table} WHERE ${isUser} AND ${hasRecord}`,
    ),
    insert: placeholders(`UPDATE ${table} SET ${content} WHERE ${isUser} AND ${version} IS NULL AND ${record} IS NULL`),
    update: placeholders(`UPDATE ${table} SET ${content} WHERE ${isUser} AND ${version} = ?`),
    delete: placeholders(
      `UPDATE ${table} SET ${version} = NULL, ${record} = NULL, ${enabledAt} = NULL WHERE ${isUser} AND ${version} = ?`,
    ),
    find: placeholders(`SELECT 1 AS found FROM ${table} WHERE ${isUser}`),
    firstUserIds: `${userIds} ORDER BY ${inOrder}`,
    nextUserIds: placeholders(`${userIds} AND ${after(userId)} ORDER BY ${inOrder}`),
    holder: `${table} WHERE ${isUser} AND ${version} = ?`,
  }
}

/** Adds the columns to your users table. Null if the records have their own table. */
export function usersTableSchema(dialect: SqlDialect, options: StoreOptions = {}): string | null {
  const parts = usersTableName(options)
  if (parts === null) return null
  const { types } = dialect.columns
  const { version, record, enabledAt } = quotedColumns(dialect, options)
  const added: readonly (readonly [column: string, type: string])[] = [
    [version, types.version],
    [record, types.record],
    [enabledAt, types.enabledAt],
  ]
  return added.map(([column, type]) => `ALTER TABLE ${dialect.quote(parts)} ADD COLUMN ${column} ${type};\n`).join('')
}

function usersTableName({ table, usersTable, columns }: StoreOptions): readonly string[] | null {
  if (usersTable === undefined) {
    if (columns === undefined) return null
    throw new CountersignError('invalid_option', 'columns requires usersTable.')
  }
  if (table === undefined) return tableName({ table: usersTable }, 'usersTable')
  throw new CountersignError('invalid_option', 'table, usersTable: pass only one of them.')
}

function quotedColumns({ quote }: SqlDialect, { columns = {} }: StoreOptions): typeof COLUMNS {
  const named = (key: keyof typeof COLUMNS) => quote([checkedName(columns[key] ?? COLUMNS[key], `columns.${key}`)])
  return { userId: named('userId'), version: named('version'), record: named('record'), enabledAt: named('enabledAt') }
}
