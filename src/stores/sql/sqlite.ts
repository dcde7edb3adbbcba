import type { SqlDialect, SqlIdCondition } from './dialect.ts'

const BOUND: SqlIdCondition = {
  condition: (column) => `${column} = ?`,
  bind: (userId) => [userId],
  after: (column) => `${column} > ?`,
  bindAfter: (userId) => [userId],
}

/** SQLite compares TEXT byte by byte: upper and lower case, composed and decomposed letters differ. */
export const sqlite: SqlDialect = {
  quote,

  schema: (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  user_id TEXT NOT NULL COLLATE BINARY PRIMARY KEY,
  version TEXT NOT NULL,
  record TEXT NOT NULL,
  enabled_at INTEGER
);
`,

  // SQLite connections have no character set: bound text is Unicode.
  bindUserId: (userId) => userId,

  statements: (table) => ({
    load: `SELECT version, record FROM ${table} WHERE user_id = ?`,
    insert: `INSERT INTO ${table} (user_id, version, record, enabled_at) VALUES (?, ?, ?, ?) ON CONFLICT (user_id) DO NOTHING`,
    update: `UPDATE ${table} SET version = ?, record = ?, enabled_at = ? WHERE user_id = ? AND version = ?`,
    delete: `DELETE FROM ${table} WHERE user_id = ? AND version = ?`,
    find: `SELECT 1 AS found FROM ${table} WHERE user_id = ?`,
    firstUserIds: `SELECT user_id AS id FROM ${table} ORDER BY user_id`,
    nextUserIds: `SELECT user_id AS id FROM ${table} WHERE user_id > ? ORDER BY user_id`,
    holder: `${table} WHERE user_id = ? AND version = ?`,
  }),

  tokenSchema: (parts) => `CREATE TABLE IF NOT EXISTS ${quote(parts)} (
  hash TEXT NOT NULL COLLATE BINARY PRIMARY KEY,
  user_id TEXT NOT NULL COLLATE BINARY,
  version TEXT NOT NULL,
  token TEXT NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
);
CREATE INDEX IF NOT EXISTS ${indexName(parts)} ON ${quote(parts.slice(-1))} (user_id);
`,

  tokenStatements: (table) => ({
    find: `SELECT version, token FROM ${table} WHERE hash = ?`,
    list: `SELECT hash, version, token FROM ${table} WHERE user_id = ?`,
    insert: `INSERT INTO ${table} (hash, user_id, version, token, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`,
    update: `UPDATE ${table} SET version = ?, token = ?, expires_at = ?, revoked_at = ? WHERE hash = ? AND version = ?`,
    delete: `DELETE FROM ${table} WHERE hash = ? AND version = ?`,
  }),

  columns: {
    types: { version: 'TEXT', record: 'TEXT', enabledAt: 'INTEGER' },
    placeholders: (sql) => sql,
    recordIn: '?',
    recordOut: (column) => column,
    readRecord: (value) => value,
    userIdOut: (column) => `CAST(${column} AS TEXT)`,
    readUserId: (value) => value,
    order: (column) => column,
    plainId: BOUND,
    wideId: BOUND,
  },

  // AUTOINCREMENT: ids are never reused, so that reading the audit by id misses nothing after old rows were deleted.
  audit: {
    schema: (parts) => `CREATE TABLE IF NOT EXISTS ${quote(parts)} (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL COLLATE BINARY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ${indexName(parts)} ON ${quote(parts.slice(-1))} (user_id);
`,

    insert: (table, holder) => `INSERT INTO ${table} (user_id, at, type, event) SELECT ?, ?, ?, ? FROM ${holder}`,
  },
}

function quote(parts: readonly string[]): string {
  return parts.map((part) => `"${part}"`).join('.')
}

function indexName(parts: readonly string[]): string {
  return quote([...parts.slice(0, -1), `${parts.at(-1)}_user_id`])
}

/** Whether a statement returns rows: SQLite's drivers run it with another method. */
export function isRead(sql: string): boolean {
  return sql.startsWith('SELECT')
}
