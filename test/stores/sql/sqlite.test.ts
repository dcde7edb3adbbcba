import { afterAll, describe } from 'vitest'
import { temporaryFile } from '../databases.ts'
import * as drizzle from './backends/drizzle.ts'
import * as kysely from './backends/kysely.ts'
import { bothKits } from './cases.ts'

describe.each([
  ['Kysely', kysely.openSqlite],
  ['Drizzle on better-sqlite3', drizzle.openBetterSqlite3],
])('SQLite through %s, in a file', (_driver, open) => {
  const file = temporaryFile()
  afterAll(() => file.remove())
  bothKits({ open: () => open(file.path), isShared: true })
})

describe('SQLite through Drizzle on @libsql/client, in memory', () => {
  bothKits({ open: drizzle.openLibsql, isShared: false })
})
