import { CountersignError } from '../../errors.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { retryWhileLocked } from './busy.ts'
import { retryOnCodes } from './conflicts.ts'
import type { SqlDialect } from './dialect.ts'
import type { RunQuery } from './guarded.ts'
import type { StoreOptions } from './options.ts'
import { CAUSES, checkedDriver, readColumns, readText } from './rows.ts'
import { type SqlDialectName, schema } from './schema.ts'

/** Readers and a writer then do not wait for each other. The file remembers it; a database in memory ignores it. */
const WRITE_AHEAD_LOG = 'PRAGMA journal_mode = WAL;\n'

/** Runs a schema on an SQLite file, and puts the file on a write-ahead log. */
export async function migrateFile(run: (script: string) => unknown, schema: string): Promise<void> {
  await retryWhileLocked(async () => {
    await run(WRITE_AHEAD_LOG + schema)
  })
}

/** What a table that another made in the same moment comes to in PostgreSQL, IF NOT EXISTS or not. */
const MADE_MEANWHILE = ['23505', '42P07', '42710']

/** Runs a schema statement by statement, as all drivers can. */
export async function migrateTables(run: RunQuery, schema: string, dialect: SqlDialect): Promise<void> {
  const statements = schema.split(';\n').filter((statement) => statement !== '')
  for (const statement of statements) await retryOnCodes(MADE_MEANWHILE, () => run(statement, []))
  await probe(run, dialect)
}

/** Characters that some connections' character sets have no place for, or read as others. */
const PROBE = '{"probe":"\\u00e9 ~"}'

/** Reads a row as the stores do, so that a client that returns no rows, or other ones, fails before the first sign-in. */
async function probe(run: RunQuery, { columns }: SqlDialect): Promise<void> {
  const { placeholders, recordIn, recordOut, readRecord } = columns
  const sql = placeholders(`SELECT 'probe' AS version, ${recordOut(recordIn)} AS record`)
  const { rows } = await checkedDriver({ query: run }).query(sql, [PROBE])
  if (rows.length !== 1) throw storeInvalid(`migrate read one row, and the driver returned ${rows.length}. ${CAUSES}`)
  const [version, record] = readColumns('migrate', rows[0], ['version', 'record'])
  readText('migrate', 'version', version)
  if (readRecord(record) === PROBE) return
  throw storeInvalid(
    "migrate read other text than it sent. Use utf8mb4 as the connection's character set, or see what changes values",
  )
}

/** @throws CountersignError `invalid_option` if it is your users table, which only your own migrations change */
export function migration(dialect: SqlDialectName, options?: StoreOptions): string {
  if (options?.usersTable === undefined) return schema(dialect, options)
  throw new CountersignError(
    'invalid_option',
    'usersTable: migrate does not change a table of yours. Put the text that schema() gives into a migration of your own.',
  )
}
