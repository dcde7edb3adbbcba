import { whileBusy } from './busy.ts'
import { schema } from './schema.ts'
import type { TableOption } from './table.ts'

/** Readers and a writer then do not wait for each other. The file remembers it; a database in memory ignores it. */
const WRITE_AHEAD_LOG = 'PRAGMA journal_mode = WAL;\n'

/** Makes the table in an SQLite file, where there is none yet, and puts the file on a write-ahead log. */
export async function migrateFile(run: (script: string) => unknown, options?: TableOption): Promise<void> {
  const script = WRITE_AHEAD_LOG + schema('sqlite', options)
  await whileBusy(async () => {
    await run(script)
  })
}
