import { CountersignError } from '../../errors.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { retryWhileLocked } from './busy.ts'
import { retryOnCodes } from './conflicts.ts'
import type { SqlDialect } from './dialect.ts'
import type { RunQuery } from './guarded.ts'
import type { StoreOptions } from './options.ts'
import { CAUSES, checkedDriver, readColumns, readText } from './rows.ts'
import { type SqlDialectName, schema } from './schema.ts'

/** So that readers and a writer don't wait for each other. The file remembers it; an in-memory database ignores it. */
const WRITE_AHEAD_LOG = 'PRAGMA journal_mode = WAL;\n'

/** Runs a schema on an SQLite file, and switches it to a write-ahead log. */
export async function migrateFile(run: (script: string) => unknown, schema: string): Promise<void> {
  await retryWhileLocked(async () => {
    await run(WRITE_AHEAD_LOG + schema)
  })
}

/** PostgreSQL's errors if another process creates the table at the same moment, even with IF NOT EXISTS. */
const MADE_MEANWHILE = ['23505', '42P07', '42710']

/** Runs a schema statement by statement, which every driver can do. */
export async function migrateTables(run: RunQuery, schema: string, dialect: SqlDialect): Promise<void> {
  const statements = schema.split(';\n').filter((statement) => statement !== '')
  for (const statement of statements) await retryOnCodes(MADE_MEANWHILE, () => run(statement, []))
  await probe(run, dialect)
}

/** Characters that some connections' character sets lack or read as others. */
const PROBE = '{"probe":"\\u00e9 ~"}'

/** Reads a row as the stores do, so that a client that returns no or different rows fails before the first sign-in. */
async function probe(run: RunQuery, { columns }: SqlDialect): Promise<void> {
  const { placeholders, recordIn, recordOut, readRecord } = columns
  const sql = placeholders(`SELECT 'probe' AS version, ${recordOut(recordIn)} AS record`)
  const { rows } = await checkedDriver({ query: run }).query(sql, [PROBE])
  if (rows.length !== 1) throw storeInvalid(`migrate read one row, and the driver returned ${rows.length}. ${CAUSES}`)
  const [version, record] = readColumns('migrate', rows[0], ['version', 'record'])
  readText('migrate', 'version', version)
  if (readRecord(record) === PROBE) return
  throw storeInvalid(
    "migrate read other text than it sent. Use utf8mb4 as the connection's character set, or find what changes values",
  )
}

/** @throws CountersignError `invalid_option` if it is your users table, which only your own migrations change */
export function migration(dialect: SqlDialectName, options?: StoreOptions): string {
  if (options?.usersTable === undefined) return schema(dialect, options)
  throw new CountersignError(
    'invalid_option',
    'usersTable: migrate does not change your tables. Put the text that schema() returns into a migration of your own.',
  )
}
