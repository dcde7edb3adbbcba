import { bunSqliteStore } from 'countersign/stores/bun-sqlite'
import { d1Store } from 'countersign/stores/d1'
import { drizzleStore } from 'countersign/stores/drizzle'
import { kyselyStore } from 'countersign/stores/kysely'
import { mariadbStore } from 'countersign/stores/mariadb'
import { mysql2Store } from 'countersign/stores/mysql2'
import { migrate, pgStore, pgTokenStore, schema, tokenSchema } from 'countersign/stores/pg'
import { pgliteStore } from 'countersign/stores/pglite'
import { postgresStore } from 'countersign/stores/postgres'
import { prismaStore } from 'countersign/stores/prisma'
import { Client } from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { writtenRecord } from '../written-record.ts'
import * as drizzle from './backends/drizzle.ts'
import * as kysely from './backends/kysely.ts'
import * as mariadb from './backends/mariadb.ts'
import * as mysql2 from './backends/mysql2.ts'
import * as pg from './backends/pg.ts'
import * as postgres from './backends/postgres.ts'
import type { Open } from './backends/test-database.ts'

const CONNECTIONS = 8
const ROUNDS = 4
const record = await writtenRecord()
const creating = { expected: null, version: 'v1', record, enabledAtMs: 5, events: [] }

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

const DRIVERS: readonly [name: string, open: Open, url: string, skipped: boolean][] = [
  ['pg', pg.open, postgresUrl, skipPostgres],
  ['postgres', postgres.open, postgresUrl, skipPostgres],
  ['Kysely on PostgreSQL', kysely.openPostgres, postgresUrl, skipPostgres],
  ['Drizzle on PostgreSQL', drizzle.openPg, postgresUrl, skipPostgres],
  ['mysql2', mysql2.open, mysqlUrl, skipMysql],
  ['mariadb', mariadb.open, mysqlUrl, skipMysql],
  ['Kysely on MariaDB', kysely.openMysql, mysqlUrl, skipMysql],
]

for (const [name, open, url, skipped] of DRIVERS) {
  describe.skipIf(skipped)(`migrate through ${name}`, () => {
    test(`runs on ${CONNECTIONS} connections at once, and again, and keeps what is there`, async () => {
      const databases = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(url)))
      for (let round = 0; round < ROUNDS; round += 1) {
        const fresh = `t_${crypto.randomUUID().replaceAll('-', '')}`
        const options = { table: fresh, audit: { table: `${fresh}_events` } }
        const tokens = { table: `${fresh}_tokens` }
        await Promise.all(databases.flatMap((database) => [database.migrate(options), database.migrateTokens(tokens)]))
        const [first, second] = databases
        expect(await first?.store(options).save('ada', creating)).toBe(true)
        await second?.migrate(options)
        await second?.migrateTokens(tokens)
        expect(await second?.store(options).load('ada')).toEqual({ record, version: 'v1' })
      }
      await Promise.all(databases.map((database) => database.close()))
    })

    test("is nothing for the host's own table of users", async () => {
      const database = await open(url)
      expect(() => database.migrate({ usersTable: 'users' })).toThrow(/^usersTable: migrate does not/)
      await database.close()
    })
  })
}

describe.skipIf(skipPostgres)('the schema on PostgreSQL', () => {
  test('may stand in a schema, and the index has its place there, however long the name is', async () => {
    const client = new Client({ connectionString: postgresUrl })
    await client.connect()
    const table = 'x'.repeat(63)
    await client.query('CREATE SCHEMA IF NOT EXISTS apart')
    await client.query(tokenSchema('postgres', { table: `apart.${table}` }))
    const { rows } = await client.query('SELECT indexdef FROM pg_indexes WHERE schemaname = $1 AND tablename = $2', [
      'apart',
      table,
    ])
    expect(rows.map(({ indexdef }) => indexdef.replace(/.* USING /, '')).sort()).toEqual([
      'btree (hash)',
      'btree (user_id)',
    ])
    await migrate(client, { table: 'apart.two_factor' })
    expect(await pgStore(client, { table: 'apart.two_factor' }).save('ada', creating)).toBe(true)
    expect(await pgTokenStore(client, { table: `apart.${table}` }).find('h')).toBeNull()
    await client.query('DROP SCHEMA apart CASCADE')
    await client.end()
  })

  test('keeps the record as JSON that the host can read', async () => {
    const client = new Client({ connectionString: postgresUrl })
    await client.connect()
    await migrate(client, { table: 'readable' })
    await pgStore(client, { table: 'readable' }).save('ada', creating)
    const { rows } = await client.query("SELECT record->>'schema' AS schema, enabled_at FROM readable")
    expect(rows).toEqual([{ schema: '1', enabled_at: '5' }])
    await client.query('DROP TABLE readable')
    await client.end()
  })
})

describe('names', () => {
  const HOSTILE = [
    '',
    'a b',
    'a"b',
    'a`b',
    "a'b",
    '1a',
    'a.b.c',
    'a;b',
    'x"; DROP TABLE users; --',
    'é',
    '$1',
    '?',
    'x'.repeat(64),
  ]

  /** Never asked. */
  const nobody = {
    query: () => Promise.reject(new Error('asked')),
    unsafe: () => Promise.reject(new Error('asked')),
    execute: () => Promise.reject(new Error('asked')),
    executeQuery: () => Promise.reject(new Error('asked')),
    $queryRawUnsafe: () => Promise.reject(new Error('asked')),
    $executeRawUnsafe: () => Promise.reject(new Error('asked')),
    isTransaction: false,
    transaction: () => {
      throw new Error('asked')
    },
    batch: () => Promise.reject(new Error('asked')),
    prepare: () => {
      throw new Error('asked')
    },
    exec: () => {
      throw new Error('asked')
    },
  }

  test.each(HOSTILE)('%j is refused as a name of anything by every store', (name) => {
    for (const options of [{ table: name }, { usersTable: name }, { usersTable: 'users', columns: { record: name } }]) {
      for (const make of [
        () => pgStore(nobody, options),
        () => postgresStore(nobody, options),
        () => pgliteStore(nobody, options),
        () => mysql2Store(nobody, options),
        () => mariadbStore(nobody, options),
        () => bunSqliteStore(nobody, options),
        () => d1Store(nobody, options),
        () => kyselyStore(nobody, { ...options, dialect: 'postgres' }),
        () => drizzleStore(nobody, { ...options, dialect: 'mysql', sql: () => nobody }),
        () => prismaStore(nobody, { ...options, dialect: 'sqlite' }),
        () => schema('mysql', options),
      ]) {
        expect(make).toThrow(expect.objectContaining({ code: 'invalid_option' }))
      }
    }
  })

  test('a dialect that is not there is refused', () => {
    const dialect: 'sqlite' = JSON.parse('"constructor"')
    for (const make of [
      () => kyselyStore(nobody, { dialect }),
      () => prismaStore(nobody, { dialect }),
      () => drizzleStore(nobody, { dialect, sql: () => nobody }),
      () => schema(dialect),
    ]) {
      expect(make).toThrow(/^dialect: .*Use one of: sqlite, postgres, mysql/)
    }
  })
})
