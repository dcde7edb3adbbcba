import { CountersignError } from '../../errors.ts'
import { hexOf, textOfHex } from './ascii.ts'
import type { SqlDialect, SqlIdCondition } from './dialect.ts'

/**
 * Columns of type json keep the text as written; jsonb would refuse `\u0000` and rewrite numbers. Records are sent and
 * read as text, so that no driver parses or prints them in its own way, whatever the column's type.
 */
export const postgres: SqlDialect = {
  quote,

  schema: (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  user_id text COLLATE "C" PRIMARY KEY,
  version text NOT NULL,
  record json NOT NULL,
  enabled_at bigint
);
`,

  bindUserId: (userId) => hexOf(withoutNul(userId)),

  statements: (table) => ({
    load: `SELECT version, record::text AS record FROM ${table} WHERE user_id = ${userId('$1')}`,
    insert: `INSERT INTO ${table} (user_id, version, record, enabled_at) VALUES (${userId('$1')}, $2, $3::text::json, $4) ON CONFLICT (user_id) DO NOTHING`,
    update: `UPDATE ${table} SET version = $1, record = $2::text::json, enabled_at = $3 WHERE user_id = ${userId('$4')} AND version = $5`,
    delete: `DELETE FROM ${table} WHERE user_id = ${userId('$1')} AND version = $2`,
    find: `SELECT 1 AS found FROM ${table} WHERE user_id = ${userId('$1')}`,
    firstUserIds: `SELECT ${userIdOut('user_id')} AS id FROM ${table} ORDER BY ${table}.user_id`,
    nextUserIds: `SELECT ${userIdOut('user_id')} AS id FROM ${table} WHERE user_id > ${userId('$1')} ORDER BY ${table}.user_id`,
    holder: `${table} WHERE user_id = ${userId('?')} AND version = ?`,
  }),

  tokenSchema: (parts) => `CREATE TABLE IF NOT EXISTS ${quote(parts)} (
  hash text COLLATE "C" PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  version text NOT NULL,
  token json NOT NULL,
  expires_at bigint,
  revoked_at bigint
);
CREATE INDEX IF NOT EXISTS ${indexName(parts)} ON ${quote(parts)} (user_id);
`,

  tokenStatements: (table) => ({
    find: `SELECT version, token::text AS token FROM ${table} WHERE hash = $1`,
    list: `SELECT hash, version, token::text AS token FROM ${table} WHERE user_id = ${userId('$1')}`,
    insert: `INSERT INTO ${table} (hash, user_id, version, token, expires_at, revoked_at) VALUES ($1, ${userId('$2')}, $3, $4::text::json, $5, $6) ON CONFLICT (hash) DO NOTHING`,
    update: `UPDATE ${table} SET version = $1, token = $2::text::json, expires_at = $3, revoked_at = $4 WHERE hash = $5 AND version = $6`,
    delete: `DELETE FROM ${table} WHERE hash = $1 AND version = $2`,
  }),

  columns: {
    types: { version: 'text', record: 'json', enabledAt: 'bigint' },
    placeholders: (sql) => sql.replaceAll('?', nextNumber(1)),
    recordIn: '?::text::json',
    recordOut: (column) => `encode(convert_to(${column}::text, 'UTF8'), 'hex')`,
    readRecord: textOfHex,
    userIdOut,
    readUserId: textOfHex,
    order: (column) => column,
    plainId: idCondition('?', (id) => [withoutNul(id)]),
    wideId: idCondition(userId('?'), (id) => [hexOf(withoutNul(id))]),
  },

  audit: {
    schema: (parts) => `CREATE TABLE IF NOT EXISTS ${quote(parts)} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  type text NOT NULL,
  event json NOT NULL
);
CREATE INDEX IF NOT EXISTS ${indexName(parts)} ON ${quote(parts)} (user_id);
`,

    beside: (sql, table) => {
      const events = nextNumber(sql.split('$').length)()
      return `WITH saved AS (${sql} RETURNING 1), audited AS (INSERT INTO ${table} (user_id, at, type, event) SELECT event->>'userId', (event->>'atMs')::bigint, event->>'type', event FROM saved, json_array_elements(${events}::text::json) AS events (event)) SELECT 1 AS saved FROM saved`
    },
  },
}

function quote(parts: readonly string[]): string {
  return parts.map((part) => `"${part}"`).join('.')
}

/** Bound as the hexadecimal digits of its UTF-8, so that no connection's character set changes it. */
function userId(placeholder: string): string {
  return `convert_from(decode(${placeholder}, 'hex'), 'UTF8')`
}

function userIdOut(column: string): string {
  return `encode(convert_to(${column}::text, 'UTF8'), 'hex')`
}

function idCondition(id: string, bind: SqlIdCondition['bind']): SqlIdCondition {
  return {
    condition: (column) => `${column} = ${id}`,
    bind,
    after: (column) => `${column} > ${id}`,
    bindAfter: bind,
  }
}

function withoutNul(id: string): string {
  if (!id.includes('\0')) return id
  throw new CountersignError('invalid_option', 'userId: text in PostgreSQL cannot hold the character U+0000.')
}

/** PostgreSQL would cut a name of more than 63 characters, down to the name of the table itself. */
function indexName(parts: readonly string[]): string {
  return quote([`${parts.at(-1)?.slice(0, 55)}_user_id`])
}

function nextNumber(first: number): () => string {
  let number = first
  return () => `$${number++}`
}
