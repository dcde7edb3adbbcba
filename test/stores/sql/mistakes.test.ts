import { PGlite } from '@electric-sql/pglite'
import Database from 'better-sqlite3'
import * as betterSqlite3 from 'countersign/stores/better-sqlite3'
import * as drizzle from 'countersign/stores/drizzle'
import * as kysely from 'countersign/stores/kysely'
import * as mariadbStores from 'countersign/stores/mariadb'
import * as mysql2Stores from 'countersign/stores/mysql2'
import * as pgStores from 'countersign/stores/pg'
import * as pgliteStores from 'countersign/stores/pglite'
import * as postgresStores from 'countersign/stores/postgres'
import * as sqlStores from 'countersign/stores/sql'
import * as mariadb from 'mariadb'
import * as mysqlCallbacks from 'mysql2'
import * as mysql2 from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { writtenRecord } from '../written-record.ts'

/** As JavaScript calls: with anything. */
type Loose = (...args: unknown[]) => unknown
const loose = (fn: unknown): Loose => {
  if (typeof fn !== 'function') throw new Error('not a function')
  return (...args) => fn(...args)
}

const SECRET = 'postgres://ada:hunter2@db.example/app'
const pool = new pg.Pool({ connectionString: 'postgres://127.0.0.1:1/none' })
const callbacks = mysqlCallbacks.createPool({ host: '127.0.0.1', port: 1 })
const promises = mysql2.createPool({ host: '127.0.0.1', port: 1 })
const sql = postgres('postgres://127.0.0.1:1/none')
const lite = new PGlite()
const file = new Database(':memory:')
const mariadbPool = mariadb.createPool({ host: '127.0.0.1', port: 1, minimumIdle: 0, connectionLimit: 1 })
afterAll(async () => {
  await lite.close()
  await promises.end()
  await mariadbPool.end()
})

/** What is passed, and what one is told. */
const CLIENTS: readonly [what: string, call: () => unknown, told: RegExp][] = [
  [
    'mysql2 in place of mysql2/promise',
    () => loose(mysql2Stores.mysql2Store)(callbacks),
    /mysql2Store: the client is of mysql2, whose functions return no promises; client\.promise\(\) has them\. Pass a pool or a connection of mysql2\/promise/,
  ],
  ['the same to migrate', () => loose(mysql2Stores.migrate)(callbacks), /migrate: .*mysql2\/promise/],
  [
    'a class',
    () => loose(pgStores.pgStore)(pg.Pool),
    /the client is the class \w+, not an instance of it\. Pass a Pool/,
  ],
  [
    'a connection string, which is not repeated',
    () => loose(pgStores.pgStore)(SECRET),
    /^pgStore: the client is a string of 37 characters\. A connection string is not a client\. Pass a Pool or a Client of pg/,
  ],
  ['nothing', () => loose(pgStores.pgTokenStore)(undefined), /pgTokenStore: the client is undefined\. Pass a Pool/],
  [
    'a promise of a client',
    () => loose(mysql2Stores.mysql2TokenStore)(Promise.resolve(promises)),
    /is a promise \(is an await missing\?\)\. Pass/,
  ],
  [
    'a function that has to be called',
    () => loose(postgresStores.postgresStore)(postgres),
    /^postgresStore: the client is .*(function without 'unsafe'|class)/,
  ],
  [
    'a Pool of pg to postgresStore',
    () => loose(postgresStores.postgresStore)(pool),
    /is a Pool of pg, which pgStore of countersign\/stores\/pg takes/,
  ],
  ['the sql of postgres to pgStore', () => loose(pgStores.pgStore)(sql), /is a function without 'query'/],
  [
    'a Pool of pg to pgliteStore',
    () => loose(pgliteStores.pgliteStore)(pool),
    /pgStore of countersign\/stores\/pg takes/,
  ],
  ['a PGlite to pgStore', () => loose(pgStores.migrateTokens)(lite), /is a PGlite, which pgliteStore of/],
  [
    'a pool of mysql2 to mariadbStore',
    () => loose(mariadbStores.mariadbStore)(promises),
    /is a pool of mysql2, which mysql2Store of/,
  ],
  [
    'a pool of mariadb to mysql2Store',
    () => loose(mysql2Stores.mysql2Store)(mariadbPool),
    /is a pool of mariadb, which mariadbStore of/,
  ],
  [
    'a Pool of pg to sqlStore',
    () => loose(sqlStores.sqlStore)(pool, { dialect: 'postgres' }),
    /is a Pool of pg, which pgStore of/,
  ],
  [
    'a Database of better-sqlite3 to kyselyStore',
    () => loose(kysely.kyselyStore)(file, { dialect: 'sqlite' }),
    /is a Database of better-sqlite3, which betterSqlite3Store of/,
  ],
  [
    'an empty object',
    () => loose(sqlStores.sqlStore)({}, { dialect: 'sqlite' }),
    /sqlStore: the client has no function 'query'\. Pass a driver/,
  ],
  [
    "no `sql` of Drizzle's",
    () => loose(drizzle.drizzleStore)({ execute: loose, transaction: loose }, { dialect: 'mysql' }),
    /^sql must be Drizzle's own: import/,
  ],
]

test.each(CLIENTS)('a wrong client is named: %s', (_what, call, told) => {
  expect(call).toThrow(expect.objectContaining({ code: 'invalid_option', message: expect.stringMatching(told) }))
  expect(call).not.toThrow(/hunter2/)
})

/** Each function of a store that takes options. */
const FUNCTIONS: readonly [name: string, call: (options: unknown) => unknown][] = [
  ...Object.entries({ ...pgStores }).flatMap(withOptions((fn, options) => fn(pool, options))),
  ...Object.entries({ ...mysql2Stores }).flatMap(withOptions((fn, options) => fn(promises, options))),
  ...Object.entries({ ...betterSqlite3 }).flatMap(withOptions((fn, options) => fn(file, options))),
  ['schema', (options) => loose(pgStores.schema)('postgres', options)],
  ['tokenSchema', (options) => loose(pgStores.tokenSchema)('postgres', options)],
]

function withOptions(call: (fn: Loose, options: unknown) => unknown) {
  return ([name, fn]: [string, unknown]): [string, (options: unknown) => unknown][] =>
    /Store$|^migrate/.test(name) ? [[name, (options) => call(loose(fn), options)]] : []
}

test.each(FUNCTIONS)('%s refuses an option that it does not have, and names the nearest', (name, call) => {
  const told = { code: 'invalid_option', message: `${name} has no option 'tabel'. Did you mean 'table'?` }
  expect(() => call({ tabel: 'two_factor' })).toThrow(expect.objectContaining(told))
  expect(() => call('users')).toThrow(/options must be an object/)
})

test('so it is within groups, and for what only some stores take', () => {
  expect(() => loose(pgStores.pgStore)(pool, { usersTable: 'users', columns: { userID: 'id' } })).toThrow(
    "pgStore: columns has no option 'userID'. Did you mean 'userId'?",
  )
  expect(() => loose(pgStores.pgStore)(pool, { audit: { tabel: 'x' } })).toThrow(/pgStore: audit has no option 'tabel'/)
  expect(() => loose(pgStores.pgStore)(pool, { dialect: 'postgres' })).toThrow(/pgStore has no option 'dialect'/)
  const driver = { query: loose }
  expect(() => loose(sqlStores.sqlStore)(driver)).toThrow(/sqlStore: options must be an object with 'dialect'/)
  expect(() => loose(sqlStores.sqlStore)(driver, { dialekt: 'mysql' })).toThrow(/Did you mean 'dialect'\?/)
})

const mysqlUrl = inject('mysqlUrl')
const url = new URL(mysqlUrl || 'mysql://x')
const server = { host: url.hostname, port: Number(url.port), user: url.username, database: url.pathname.slice(1) }
const record = await writtenRecord()
const table = 'odd_rows'

describe.skipIf(needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL'))(
  'rows of another shape, on MariaDB',
  () => {
    test.each([
      ['rowsAsArray', { rowsAsArray: true }],
      ['nestTables: true', { nestTables: true }],
      ['typeCast: false', { typeCast: false }],
    ])('%s of mysql2 changes nothing', async (_name, options) => {
      const odd = mysql2.createPool({ ...server, ...options })
      await mysql2Stores.migrate(odd, { table })
      const store = mysql2Stores.mysql2Store(odd, { table })
      const userId = crypto.randomUUID()
      expect(await store.save(userId, { expected: null, version: 'v1', record, enabledAtMs: 5, events: [] })).toBe(true)
      expect(await store.load(userId)).toEqual({ record, version: 'v1' })
      await odd.end()
    })

    test.each([
      [
        "nestTables: '_' of mysql2",
        () => mysql2.createPool({ ...server, nestTables: '_' }),
        mysql2Stores.migrate,
        /without the column version, record; it has .*nestTables/,
      ],
      [
        'metaAsArray of mariadb',
        () => mariadb.createPool({ ...server, metaAsArray: true }),
        mariadbStores.migrate,
        /read one row, and the driver returned 2\. .*metaAsArray/,
      ],
    ])('%s fails in migrate, by name', async (_name, open, migrate, told) => {
      const odd = open()
      await expect(async () => loose(migrate)(odd, { table })).rejects.toMatchObject({
        code: 'store_invalid',
        message: expect.stringMatching(told),
      })
      await odd.end()
    })
  },
)

test.each([
  ['no rows', { rows: [], rowsAffected: 0 }, /migrate read one row, and the driver returned 0/],
  ['no list of rows', { rowsAffected: 0 }, /returned undefined as rows, not an array/],
  ['no count', { rows: [] }, /returned undefined as the number of rows written/],
  ['nothing', undefined, /query returned undefined, not \{ rows, rowsAffected \}/],
  ['a parsed value', { rows: [{ version: 5, record: '{}' }], rowsAffected: 0 }, /found a number in the column version/],
])('a driver that gives %s fails in migrate', async (_what, result, told) => {
  const driver = { query: async () => result }
  await expect(async () => loose(sqlStores.migrate)(driver, { dialect: 'sqlite' })).rejects.toMatchObject({
    code: 'store_invalid',
    message: expect.stringMatching(told),
  })
})
