import type { SqlDialect } from './dialect.ts'

/** SQLite compares TEXT byte by byte: upper and lower case, composed and decomposed letters are apart. */
export const sqlite: SqlDialect = {
  quote: (parts) => parts.map((part) => `"${part}"`).join('.'),

  schema: (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  user_id TEXT NOT NULL COLLATE BINARY PRIMARY KEY,
  version TEXT NOT NULL,
  record TEXT NOT NULL,
  enabled_at INTEGER
);
`,

  statements: (table) => ({
    load: `SELECT version, record FROM ${table} WHERE user_id = ?`,
    insert: `INSERT INTO ${table} (user_id, version, record, enabled_at) VALUES (?, ?, ?, ?) ON CONFLICT (user_id) DO NOTHING`,
    update: `UPDATE ${table} SET version = ?, record = ?, enabled_at = ? WHERE user_id = ? AND version = ?`,
    delete: `DELETE FROM ${table} WHERE user_id = ? AND version = ?`,
  }),
}

/** Which of these statements gives rows: SQLite's drivers run it by another method. */
export function isRead(sql: string): boolean {
  return sql.startsWith('SELECT')
}
