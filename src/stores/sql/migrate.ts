import { CountersignError } from '../../errors.ts'
import { retryWhileLocked } from './busy.ts'
import { retryOnCodes } from './conflicts.ts'
import type { RunQuery } from './guarded.ts'
import type { StoreOptions } from './options.ts'
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
export async function migrateTables(run: RunQuery, schema: string): Promise<void> {
  const statements = schema.split(';\n').filter((statement) => statement !== '')
  for (const statement of statements) await retryOnCodes(MADE_MEANWHILE, () => run(statement, []))
}

/** @throws CountersignError `invalid_option` where the table is one of the host's, which its own migrations change */
export function migration(dialect: SqlDialectName, options?: StoreOptions): string {
  if (options?.usersTable === undefined) return schema(dialect, options)
  throw new CountersignError(
    'invalid_option',
    'usersTable: migrate does not change a table of yours. Put the text that schema() gives into a migration of your own.',
  )
}
