import Database from 'better-sqlite3'
import type { TwoFactorEvent } from 'countersign'
import { betterSqlite3Store, migrate as migrateFile } from 'countersign/stores/better-sqlite3'
import { type Connection, createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { trailOf } from '../audit/trail.ts'
import { writtenRecord } from '../written-record.ts'
import * as drizzle from './backends/drizzle.ts'
import * as kysely from './backends/kysely.ts'
import * as mariadb from './backends/mariadb.ts'
import * as mysql2 from './backends/mysql2.ts'
import * as pg from './backends/pg.ts'
import * as postgres from './backends/postgres.ts'
import type { Open, TestDatabase } from './backends/test-database.ts'

const record = await writtenRecord()
const creating = { expected: null, version: 'v1', record, enabledAtMs: 5, events: [] }
const replacing = { ...creating, expected: 'v1', version: 'v2' }

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

describe.skipIf(skipPostgres)('PostgreSQL', () => {
  let admin: Client
  // Inside of a transaction pg_stat_activity stands still.
  let killer: Client
  let database: TestDatabase
  beforeAll(async () => {
    admin = new Client({ connectionString: postgresUrl })
    killer = new Client({ connectionString: postgresUrl })
    await admin.connect()
    await killer.connect()
    database = await pg.open(postgresUrl)
    await database.migrate()
    await database.migrateTokens()
  })
  afterAll(async () => {
    await database?.close()
    await admin?.end()
    await killer?.end()
  })

  const DRIVERS: readonly [string, Open][] = [
    ['pg', pg.open],
    ['postgres', postgres.open],
    ['Kysely', kysely.openPostgres],
    ['Drizzle', drizzle.openPg],
  ]
  test.each(DRIVERS)('a save whose connection is killed rejects, and wrote nothing: %s', async (_driver, open) => {
    const userId = crypto.randomUUID()
    const cut = await open(postgresUrl)
    const store = cut.store()
    await store.save(userId, creating)
    await admin.query('BEGIN')
    await admin.query('SELECT 1 FROM two_factor WHERE user_id = $1 FOR UPDATE', [userId])
    const saved = expect(store.save(userId, replacing)).rejects.toThrow(/terminat|closed/i)
    const killed = await untilFound(async () => {
      const { rows } = await killer.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE%'",
      )
      return rows.length
    })
    expect(killed).toBe(1)
    await saved
    await admin.query('ROLLBACK')
    expect(await database.store().load(userId)).toMatchObject({ version: 'v1' })
    await cut.close()
  })

  test('a user id with U+0000 is refused in words, by both stores', async () => {
    const store = database.store()
    const refusal = { code: 'invalid_option', message: expect.stringMatching(/^userId: .*U\+0000/) }
    await expect(store.load('a\0b')).rejects.toMatchObject(refusal)
    await expect(store.save('a\0b', creating)).rejects.toMatchObject(refusal)
    await expect(database.tokenStore().list('a\0b')).rejects.toMatchObject(refusal)
  })

  test("Drizzle's error, which tells all parameters, is not passed on", async () => {
    const opened = await drizzle.openPg(postgresUrl)
    const failed: unknown = await opened
      .store({ table: 'no_such_table' })
      .save('ada', creating)
      .catch((error: unknown) => error)
    expect(String(failed)).toContain('no_such_table')
    expect(String(failed)).not.toContain(record['enrollment'])
    await opened.close()
  })

  test('at SERIALIZABLE, one wins who creates and others delete, and nobody sees an error', async () => {
    const stores = await Promise.all([pg.open(postgresUrl, 'serializable'), postgres.open(postgresUrl, 'serializable')])
    await createAndDelete(stores)
  })
})

describe.skipIf(skipMysql)('MariaDB', () => {
  let admin: Connection
  let database: TestDatabase
  beforeAll(async () => {
    admin = await createConnection(mysqlUrl)
    database = await mysql2.open(mysqlUrl)
    await database.migrate()
  })
  afterAll(async () => {
    await database?.close()
    await admin?.end()
  })

  const DRIVERS: readonly [string, Open][] = [
    ['mysql2', mysql2.open],
    ['mariadb', mariadb.open],
    ['Kysely', kysely.openMysql],
    ['Drizzle', drizzle.openMysql2],
  ]
  test.each(DRIVERS)('a save whose connection is killed rejects, and wrote nothing: %s', async (_driver, open) => {
    const userId = crypto.randomUUID()
    const cut = await open(mysqlUrl)
    const store = cut.store()
    await store.save(userId, creating)
    await admin.beginTransaction()
    await admin.execute('SELECT 1 FROM two_factor WHERE user_id = ? FOR UPDATE', [userId])
    const saved = expect(store.save(userId, replacing)).rejects.toThrow(/clos|kill|lost|reset|hang/i)
    await untilFound(async () => {
      // Of what MariaDB and MySQL both have; the lock holds the only UPDATE there is.
      const [rows] = await admin.query("SELECT id AS id FROM information_schema.processlist WHERE info LIKE 'UPDATE%'")
      const found: unknown[] = Array.isArray(rows) ? rows : []
      for (const row of found) {
        if (typeof row === 'object' && row !== null && 'id' in row) await admin.query(`KILL ${Number(row.id)}`)
      }
      return found.length
    })
    await saved
    await admin.rollback()
    expect(await database.store().load(userId)).toMatchObject({ version: 'v1' })
    await cut.close()
  })

  test('a user id with U+0000 is one of its own', async () => {
    const fresh = crypto.randomUUID()
    await holdsApart(database, [fresh, `${fresh}\0`, `${fresh}\0b`, `${fresh}\0B`])
  })

  test.each([
    ['', []],
    [', with a trail of events', [{ type: 'code.wrong' as const, atMs: 7, notify: false, context: null }]],
  ])('one wins who creates and others delete, and nobody sees a deadlock%s', async (_which, events) => {
    await createAndDelete([await mysql2.open(mysqlUrl, 'serializable'), await mariadb.open(mysqlUrl)], events)
  })

  test('a record too large for the column is an error, not a shorter record', async () => {
    const store = database.store({ table: 'narrow' })
    await admin.query(
      'CREATE TABLE IF NOT EXISTS narrow (user_id varchar(4) PRIMARY KEY, version varchar(64), record varchar(20), enabled_at bigint)',
    )
    await expect(store.save('ada', creating)).rejects.toMatchObject({ code: 'ER_DATA_TOO_LONG' })
    expect(await store.load('ada')).toBeNull()
    await admin.query('DROP TABLE narrow')
  })
})

describe('SQLite', () => {
  test('a user id with U+0000 is one of its own', async () => {
    const file = new Database(':memory:')
    await migrateFile(file)
    await holdsApart({ store: () => betterSqlite3Store(file) }, ['a', 'a\0', 'a\0b', 'a\0B'])
    file.close()
  })
})

async function holdsApart(database: Pick<TestDatabase, 'store'>, userIds: readonly string[]): Promise<void> {
  const store = database.store()
  for (const [index, userId] of userIds.entries()) {
    expect(await store.save(userId, { ...creating, version: `v${index}` })).toBe(true)
  }
  for (const [index, userId] of userIds.entries())
    expect(await store.load(userId)).toMatchObject({ version: `v${index}` })
}

/** As many create as delete, all at once: of the deletions and creations that say true, each pair is one row. */
async function createAndDelete(
  databases: readonly TestDatabase[],
  details: readonly Omit<TwoFactorEvent, 'userId'>[] = [],
): Promise<void> {
  const userId = crypto.randomUUID()
  const events = details.map((each) => ({ ...each, userId }))
  const options = events.length > 0 ? { audit: {} } : {}
  for (const database of databases) await database.migrate(options)
  let [rows, writes] = [0, 0]
  const work = async (database: TestDatabase) => {
    const store = database.store(options)
    for (let turn = 0; turn < 40; turn += 1) {
      const version = crypto.randomUUID()
      if (await store.save(userId, { ...creating, version, events })) {
        rows += 1
        writes += 1
        if (await store.save(userId, { ...creating, expected: version, record: null, events })) {
          rows -= 1
          writes += 1
        }
      }
    }
  }
  await Promise.all(databases.flatMap((database) => Array.from({ length: 8 }, () => work(database))))
  expect(rows).toBe(0)
  const [first] = databases
  if (first !== undefined && events.length > 0) expect(await trailOf(first, userId)).toHaveLength(writes)
  for (const database of databases) {
    expect(await database.store().load(userId)).toBeNull()
    await database.close()
  }
}

async function untilFound(look: () => Promise<number>): Promise<number> {
  for (let tries = 0; tries < 500; tries += 1) {
    const found = await look()
    if (found > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('Nobody waits for the lock.')
}
