import { storeInvalid } from '../answers/store-invalid.ts'
import { hexOf, textOfHex } from './ascii.ts'
import type { SqlDialect, SqlIdCondition } from './dialect.ts'
import type { SqlResult } from './driver.ts'

const TEXT = 'VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
const JSON_TEXT = 'MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'

/** A user id, bound as the hexadecimal digits of its UTF-8, so that no connection's character set changes it. */
const USER_ID = 'UNHEX(?)'

/** By the id's UTF-8, whatever the column's collation; no index helps, so each page reads the whole table. */
const AFTER: Pick<SqlIdCondition, 'after' | 'bindAfter'> = {
  after: (column) => `${order(column)} > ${asText(USER_ID)}`,
  bindAfter: (userId) => [hexOf(userId)],
}

/**
 * For MariaDB and MySQL alike. The collations that both have ignore trailing spaces, so user ids are bytes: 255
 * characters of at most four. Columns of type JSON would not keep the text as written.
 */
export const mysql: SqlDialect = {
  quote,

  schema: (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  user_id VARBINARY(1020) NOT NULL PRIMARY KEY,
  version ${TEXT} NOT NULL,
  record ${JSON_TEXT} NOT NULL CHECK (JSON_VALID(record)),
  enabled_at BIGINT
) ENGINE = InnoDB;
`,

  bindUserId: hexOf,

  statements: (table) => ({
    load: `SELECT version, ${asText('record')} AS record FROM ${table} WHERE user_id = ${USER_ID}`,
    insert: `INSERT INTO ${table} (user_id, version, record, enabled_at) VALUES (${USER_ID}, ?, ?, ?)`,
    update: `UPDATE ${table} SET version = ?, record = ?, enabled_at = ? WHERE user_id = ${USER_ID} AND version = ?`,
    delete: `DELETE FROM ${table} WHERE user_id = ${USER_ID} AND version = ?`,
    find: `SELECT 1 AS found FROM ${table} WHERE user_id = ${USER_ID}`,
    firstUserIds: `SELECT HEX(user_id) AS id FROM ${table} ORDER BY ${table}.user_id`,
    nextUserIds: `SELECT HEX(user_id) AS id FROM ${table} WHERE user_id > ${USER_ID} ORDER BY ${table}.user_id`,
    holder: `${table} WHERE user_id = ${USER_ID} AND version = ?`,
  }),

  tokenSchema: (parts) => `CREATE TABLE IF NOT EXISTS ${quote(parts)} (
  hash VARBINARY(64) NOT NULL PRIMARY KEY,
  user_id VARBINARY(1020) NOT NULL,
  version ${TEXT} NOT NULL,
  token ${JSON_TEXT} NOT NULL CHECK (JSON_VALID(token)),
  expires_at BIGINT,
  revoked_at BIGINT,
  INDEX user_id (user_id)
) ENGINE = InnoDB;
`,

  tokenStatements: (table) => ({
    find: `SELECT version, ${asText('token')} AS token FROM ${table} WHERE hash = ?`,
    list: `SELECT ${asText('hash')} AS hash, version, ${asText('token')} AS token FROM ${table} WHERE user_id = ${USER_ID}`,
    insert: `INSERT INTO ${table} (hash, user_id, version, token, expires_at, revoked_at) VALUES (?, ${USER_ID}, ?, ?, ?, ?)`,
    update: `UPDATE ${table} SET version = ?, token = ?, expires_at = ?, revoked_at = ? WHERE hash = ? AND version = ?`,
    delete: `DELETE FROM ${table} WHERE hash = ? AND version = ?`,
  }),

  columns: {
    types: { version: TEXT, record: JSON_TEXT, enabledAt: 'BIGINT' },
    placeholders: (sql) => sql,
    recordIn: '?',
    recordOut: (column) => `HEX(${asText(column)})`,
    readRecord: textOfHex,
    userIdOut: (column) => `HEX(${asText(column)})`,
    readUserId: textOfHex,
    order,
    plainId: { condition: (column) => `${column} = ?`, bind: (userId) => [userId], ...AFTER },
    wideId: { condition: wideCondition, bind: (userId) => [userId, userId, hexOf(userId), hexOf(userId)], ...AFTER },
  },

  audit: {
    schema: (parts) => `CREATE TABLE IF NOT EXISTS ${quote(parts)} (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id VARBINARY(1020) NOT NULL,
  at BIGINT NOT NULL,
  type ${TEXT} NOT NULL,
  event ${JSON_TEXT} NOT NULL CHECK (JSON_VALID(event)),
  INDEX user_id (user_id)
) ENGINE = InnoDB;
`,

    // FOR UPDATE: at READ COMMITTED the SELECT would lock nothing, and at REPEATABLE READ two could hold its lock at
    // once.
    insert: (table, holder) =>
      `INSERT INTO ${table} (user_id, at, type, event) SELECT ${USER_ID}, ?, ?, ? FROM ${holder} FOR UPDATE`,
  },
}

/**
 * Exact, by the id's UTF-8. The comparison before it can use the column's index; it applies only if the connection can
 * carry the id, which is a constant to the optimizer. Otherwise all rows are read.
 */
function wideCondition(column: string): string {
  const isMangled = 'COALESCE(HEX(CONVERT(? USING utf8mb4)) <> ?, TRUE)'
  return `(${column} = ? OR ${isMangled}) AND ${asText(column)} COLLATE utf8mb4_bin = ${asText(USER_ID)}`
}

function order(column: string): string {
  return `${asText(column)} COLLATE utf8mb4_bin`
}

/** For bytes, and for JSON, which some drivers would parse and some query builders then change. */
function asText(column: string): string {
  return `CONVERT(${column} USING utf8mb4)`
}

function quote(parts: readonly string[]): string {
  return parts.map((part) => `\`${part}\``).join('.')
}

/** What the drivers return: a list of rows, or the count of those written. */
export function resultOf(result: unknown): SqlResult {
  if (Array.isArray(result)) return { rows: result, rowsAffected: 0 }
  if (typeof result === 'object' && result !== null && 'affectedRows' in result) {
    const { affectedRows } = result
    if (typeof affectedRows === 'number' || typeof affectedRows === 'bigint')
      return { rows: [], rowsAffected: affectedRows }
  }
  throw storeInvalid('the driver returned neither rows nor affectedRows; that of mariadb/callback returns no promises')
}
