import Database from 'better-sqlite3'
import type { UserStore } from 'countersign'
import { betterSqlite3Store } from 'countersign/stores/better-sqlite3'
import { mysql2Store } from 'countersign/stores/mysql2'
import { pgStore, type SqlDialectName, type StoreOptions, schema } from 'countersign/stores/pg'
import { userStoreCases } from 'countersign/testing'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { writtenRecord } from '../written-record.ts'

const record = await writtenRecord()
const creating = { expected: null, version: 'v1', record, enabledAtMs: 5, events: [] }

/** A database with tables of users that no migration of ours makes. */
interface Host {
  store(options: StoreOptions): UserStore
  /** Runs a statement without parameters. */
  run(sql: string): Promise<readonly unknown[]>
  insertUser(table: string, column: string, id: string): Promise<unknown>
  close(): Promise<void>
}

const MEMBERS = {
  usersTable: 'members',
  columns: { userId: 'login', version: 'tf_version', record: 'tf', enabledAt: 'tf_since' },
}

function onUsersTables(dialect: SqlDialectName, idType: string, open: () => Host): void {
  let host: Host
  beforeAll(async () => {
    host = open()
    for (const [table, column, options] of [
      ['users', 'id', { usersTable: 'users' }],
      ['members', 'login', MEMBERS],
    ] as const) {
      await host.run(`DROP TABLE IF EXISTS ${table}`)
      await host.run(`CREATE TABLE ${table} (${column} ${idType} PRIMARY KEY, name varchar(80))`)
      for (const statement of schema(dialect, options).split(';\n').filter(Boolean)) await host.run(statement)
    }
  })
  afterAll(() => host?.close())

  /** Users appear as they are asked for. */
  function storeOf(options: StoreOptions): UserStore {
    const store = host.store(options)
    const signUp = async (userId: string) => {
      await host.insertUser(String(options.usersTable), options.columns?.userId ?? 'id', userId)
    }
    return {
      load: async (userId) => {
        await signUp(userId)
        return store.load(userId)
      },
      save: async (userId, change) => {
        await signUp(userId)
        return store.save(userId, change)
      },
    }
  }

  const cases = userStoreCases(() => storeOf({ usersTable: 'users' }), {
    anotherConnection: () => storeOf({ usersTable: 'users' }),
    anotherTable: () => storeOf(MEMBERS),
    readEnabledAtMs: async (userId) => {
      const [row] = await host.run(`SELECT two_factor_enabled_at AS at FROM users WHERE id = '${userId}'`)
      const at = typeof row === 'object' && row !== null && 'at' in row ? row.at : null
      return at === null ? null : Number(at)
    },
  })
  test.each(cases)('$name', ({ run }) => run())

  test('a user without a row loads as null, and a save says what is missing, for ever', async () => {
    const store = host.store({ usersTable: 'users' })
    expect(await store.load('nobody')).toBeNull()
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(store.save('nobody', creating)).rejects.toMatchObject({
        code: 'store_invalid',
        message: expect.stringContaining('users has no row for this user'),
      })
    }
    expect(await store.save('nobody', { ...creating, expected: 'v1', version: 'v2' })).toBe(false)
    expect(await store.save('nobody', { ...creating, expected: 'v1', record: null })).toBe(false)
  })

  test('deletion leaves the user', async () => {
    const store = storeOf({ usersTable: 'users' })
    await store.save('left', creating)
    await host.run("UPDATE users SET name = 'Ada' WHERE id = 'left'")
    expect(await store.save('left', { ...creating, expected: 'v1', record: null })).toBe(true)
    expect(await host.run("SELECT name, two_factor, two_factor_version FROM users WHERE id = 'left'")).toMatchObject([
      { name: 'Ada', two_factor: null, two_factor_version: null },
    ])
  })

  test('a record whose version was lost is a fault, and is not written over', async () => {
    const store = storeOf({ usersTable: 'users' })
    await store.save('damaged', creating)
    await host.run("UPDATE users SET two_factor_version = NULL WHERE id = 'damaged'")
    await expect(store.load('damaged')).rejects.toMatchObject({ code: 'store_invalid' })
    expect(await store.save('damaged', creating)).toBe(false)
    await host.run("DELETE FROM users WHERE id = 'damaged'")
  })

  test.each([
    { usersTable: 'users; DROP TABLE users' },
    { usersTable: 'users', columns: { userId: "id' OR 1 = 1 --" } },
    { usersTable: 'users', columns: { version: 'a"b' } },
    { usersTable: 'users', columns: { record: 'a`b' } },
    { usersTable: 'users', columns: { enabledAt: '' } },
    { usersTable: 'users', columns: { enabledAt: 'a.b' } },
    { usersTable: 'users', table: 'two_factor' },
    { columns: { userId: 'id' } },
  ])('refuses %j', (options) => {
    const refusal = expect.objectContaining({ code: 'invalid_option' })
    expect(() => host.store(options)).toThrow(refusal)
    expect(() => schema(dialect, options)).toThrow(options.columns?.userId === undefined ? refusal : expect.anything())
  })
}

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

describe.skipIf(skipPostgres)("the host's own table of users, on PostgreSQL", () => {
  onUsersTables('postgres', 'text', () => {
    const pool = new Pool({ connectionString: postgresUrl })
    return {
      store: (options) => pgStore(pool, options),
      run: async (sql) => (await pool.query(sql)).rows,
      insertUser: (table, column, id) =>
        pool.query(`INSERT INTO ${table} (${column}) VALUES ($1) ON CONFLICT DO NOTHING`, [id]),
      close: () => pool.end(),
    }
  })

  describe.each([
    ['uuid', 'jsonb', () => crypto.randomUUID()],
    ['bigint', 'text', () => String(crypto.getRandomValues(new Uint32Array(1))[0])],
  ])('with ids of type %s and records of type %s', (idType, recordType, newId) => {
    const pool = new Pool({ connectionString: postgresUrl })
    const usersTable = `users_by_${idType}`
    beforeAll(async () => {
      await pool.query(
        `CREATE TABLE ${usersTable} (id ${idType} PRIMARY KEY, two_factor ${recordType}, two_factor_version text)`,
      )
      await pool.query(`ALTER TABLE ${usersTable} ADD two_factor_enabled_at bigint`)
    })
    afterAll(async () => {
      await pool.query(`DROP TABLE ${usersTable}`)
      await pool.end()
    })
    const cases = userStoreCases(() => pgStore(pool, { usersTable }), {
      makeUser: async () => {
        const id = newId()
        await pool.query(`INSERT INTO ${usersTable} (id) VALUES ($1)`, [id])
        return id
      },
    })
    test.each(cases)('$name', ({ run }) => run())
  })
})

describe.skipIf(skipMysql)("the host's own table of users, on MariaDB", () => {
  onUsersTables('mysql', 'varbinary(1020)', () => {
    const pool = createPool(mysqlUrl)
    return {
      store: (options) => mysql2Store(pool, options),
      run: async (sql) => {
        const [rows] = await pool.query(sql)
        return Array.isArray(rows) ? rows : []
      },
      insertUser: (table, column, id) => pool.execute(`INSERT IGNORE INTO ${table} (${column}) VALUES (?)`, [id]),
      close: () => pool.end(),
    }
  })
})

describe("the host's own table of users, on SQLite", () => {
  onUsersTables('sqlite', 'text', () => {
    const database = new Database(':memory:')
    return {
      store: (options) => betterSqlite3Store(database, options),
      run: async (sql) => {
        const statement = database.prepare(sql)
        if (statement.reader) return statement.all()
        statement.run()
        return []
      },
      insertUser: async (table, column, id) =>
        database.prepare(`INSERT INTO ${table} (${column}) VALUES (?) ON CONFLICT DO NOTHING`).run(id),
      close: async () => {
        database.close()
      },
    }
  })
})
