import { drizzleStore } from 'countersign/stores/drizzle'
import { mariadbStore } from 'countersign/stores/mariadb'
import { migrate, mysql2Store, type SqlDialectName } from 'countersign/stores/mysql2'
import { sql } from 'drizzle-orm'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { createConnection as createMariadbConnection } from 'mariadb'
import { createConnection, createPool } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { auditCases, prepare } from '../audit/cases.ts'
import { creating } from '../audit/trail.ts'
import { temporaryFile } from '../databases.ts'
import * as drizzle from './backends/drizzle.ts'
import * as kysely from './backends/kysely.ts'
import * as mariadb from './backends/mariadb.ts'
import * as mysql2 from './backends/mysql2.ts'
import * as pg from './backends/pg.ts'
import * as pglite from './backends/pglite.ts'
import * as postgres from './backends/postgres.ts'
import type { TestDatabase } from './backends/test-database.ts'

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

describe.skipIf(skipPostgres)('the trail of events on PostgreSQL', () => {
  describe.each([
    ['pg', pg.open],
    ['postgres', postgres.open],
    ['Kysely', kysely.openPostgres],
    ['Drizzle', drizzle.openPg],
  ])('through %s', (_driver, open) => holdsTrail({ dialect: 'postgres', open: () => open(postgresUrl) }))
})

describe('the trail of events in PGlite', () => holdsTrail({ dialect: 'postgres', open: pglite.open, isShared: false }))

describe.skipIf(skipMysql)('the trail of events on MariaDB', () => {
  describe.each([
    ['mysql2', mysql2.open],
    ['mysql2 at READ COMMITTED', (url: string) => mysql2.open(url, 'read committed')],
    ['mysql2 at SERIALIZABLE', (url: string) => mysql2.open(url, 'serializable')],
    ['mysql2 that counts changed rows', (url: string) => mysql2.open(`${url}?flags=-FOUND_ROWS`)],
    ['mariadb', mariadb.open],
    ['mariadb at READ COMMITTED', (url: string) => mariadb.open(url, 'read committed')],
    ['Kysely', kysely.openMysql],
    ['Drizzle', drizzle.openMysql2],
  ])('through %s', (_driver, open) => holdsTrail({ dialect: 'mysql', open: () => open(mysqlUrl) }))

  test('a connection whose transaction could not be undone is not used again', async () => {
    const pool = createPool({ uri: mysqlUrl, connectionLimit: 1 })
    await migrate(pool, { audit: {} })
    const userId = crypto.randomUUID()
    const store = mysql2Store(
      {
        execute: (statement, values) => pool.execute(statement, values),
        query: (statement) => pool.query(statement),
        async getConnection() {
          const connection = await pool.getConnection()
          connection.rollback = () => Promise.reject(new Error('lost'))
          return connection
        },
      },
      { audit: { table: 'no_such_table' } },
    )
    await expect(store.save(userId, creating(userId))).rejects.toMatchObject({ code: 'ER_NO_SUCH_TABLE' })
    expect(await mysql2Store(pool).load(userId)).toBeNull()
    await pool.end()
  })

  describe.each([
    [
      'mysql2',
      async () => {
        const connection = await createConnection(mysqlUrl)
        return {
          store: mysql2Store(connection, { audit: {} }),
          command: (sql: string) => connection.query(sql),
          close: () => connection.end(),
        }
      },
    ],
    [
      'mariadb',
      async () => {
        const connection = await createMariadbConnection(mysqlUrl.replace(/^mysql:/, 'mariadb:'))
        return {
          store: mariadbStore(connection, { audit: {} }),
          command: (sql: string) => connection.query(sql),
          close: () => connection.end(),
        }
      },
    ],
  ])('over a single connection of %s', (_driver, open) => {
    let opened: Awaited<ReturnType<typeof open>>
    let outside: TestDatabase
    beforeAll(async () => {
      opened = await open()
      outside = await mysql2.open(mysqlUrl)
      await prepare(outside, 'mysql')
    })
    afterAll(async () => {
      await opened?.close()
      await outside?.close()
    })

    test('a save without a transaction of the host is refused, and writes nothing', async () => {
      const userId = crypto.randomUUID()
      const saved = opened.store.save(userId, creating(userId))
      await expect(saved).rejects.toMatchObject({ code: 'invalid_option', message: expect.stringMatching(/^audit: /) })
      expect(await outside.store().load(userId)).toBeNull()
      expect(await opened.store.save(userId, { ...creating(userId), events: [] })).toBe(true)
    })

    test('without autocommit one is open', async () => {
      const userId = crypto.randomUUID()
      await opened.command('SET autocommit = 0')
      expect(await opened.store.save(userId, creating(userId))).toBe(true)
      expect(await outside.store().load(userId)).toBeNull()
      await opened.command('COMMIT')
      expect(await outside.store().load(userId)).not.toBeNull()
      await opened.command('SET autocommit = 1')
    })
  })
})

describe.skipIf(skipMysql)('the trail of events through Drizzle over a single connection to MariaDB', () => {
  test('is refused, but in a transaction of the host', async () => {
    const connection = await createConnection(mysqlUrl)
    const database = drizzleMysql(connection)
    const userId = crypto.randomUUID()
    const options = { dialect: 'mysql', sql, audit: {} } as const
    expect(() => drizzleStore(database, options)).toThrow(/^audit: /)
    await database.transaction(async (inside) => {
      expect(await drizzleStore(inside, options).save(userId, creating(userId))).toBe(true)
    })
    expect(await mysql2Store(connection).load(userId)).not.toBeNull()
    await connection.end()
  })
})

describe.each([
  ['Kysely', kysely.openSqlite, true],
  ['Drizzle on better-sqlite3', drizzle.openBetterSqlite3, false],
])('the trail of events in an SQLite file, through %s', (_driver, open, hasTransactions) => {
  const file = temporaryFile()
  afterAll(() => file.remove())
  holdsTrail({ dialect: 'sqlite', open: () => open(file.path), hasTransactions })
})

describe('the trail of events in SQLite, through Drizzle on @libsql/client', () => {
  holdsTrail({ dialect: 'sqlite', open: drizzle.openLibsql, isShared: false })
})

interface TrailOptions {
  dialect: SqlDialectName
  open: () => Promise<TestDatabase>
  /** Whether a second `open` reaches the same tables. */
  isShared?: boolean
  hasTransactions?: boolean
}

function holdsTrail({ dialect, open, isShared = true, hasTransactions = true }: TrailOptions): void {
  let here: TestDatabase
  let there: TestDatabase
  beforeAll(async () => {
    here = await open()
    there = isShared ? await open() : here
    await prepare(here, dialect)
  })
  afterAll(async () => {
    await here?.close()
    if (isShared) await there?.close()
  })
  test.each(auditCases(() => here, { dialect, hasTransactions, another: () => there }))('$name', ({ run }) => run())
}
