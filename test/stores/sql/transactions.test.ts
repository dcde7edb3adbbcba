import type { UserStore } from 'countersign'
import { drizzleStore } from 'countersign/stores/drizzle'
import { kyselyStore } from 'countersign/stores/kysely'
import { mariadbStore } from 'countersign/stores/mariadb'
import { migrate as migrateMysql, mysql2Store } from 'countersign/stores/mysql2'
import { migrate as migratePostgres, pgStore } from 'countersign/stores/pg'
import { postgresStore } from 'countersign/stores/postgres'
import { sql as drizzleSql } from 'drizzle-orm'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { createPool as createMariadbPool, type Pool as MariadbPool } from 'mariadb'
import { createPool, type Pool } from 'mysql2/promise'
import { Pool as PgPool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { writtenRecord } from '../written-record.ts'

const record = await writtenRecord()
const creating = { expected: null, version: 'v1', record, enabledAtMs: 5, events: [] }
const replacing = { ...creating, expected: 'v1', version: 'v2' }

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

/** Runs work with a store inside of a transaction, which is undone where the work throws. */
type InTransaction = <T>(work: (store: UserStore) => Promise<T>) => Promise<T>

class Undo extends Error {}

function holdsTransaction(outside: () => UserStore, inTransaction: InTransaction): void {
  test('what is saved in a transaction is there after it, and before that inside of it alone', async () => {
    const userId = crypto.randomUUID()
    await inTransaction(async (store) => {
      expect(await store.save(userId, creating)).toBe(true)
      expect(await store.load(userId)).toEqual({ record, version: 'v1' })
      expect(await outside().load(userId)).toBeNull()
    })
    expect(await outside().load(userId)).toEqual({ record, version: 'v1' })
  })

  test('who loses in a transaction is told so, and can go on in it', async () => {
    const userId = crypto.randomUUID()
    await outside().save(userId, creating)
    const answers = await inTransaction(async (store) => [
      await store.save(userId, { ...creating, version: 'v9' }),
      await store.save(userId, { ...replacing, expected: 'v0' }),
      await store.save(userId, replacing),
    ])
    expect(answers).toEqual([false, false, true])
    expect(await outside().load(userId)).toMatchObject({ version: 'v2' })
  })

  test('what is saved in a transaction that is undone is not there', async () => {
    const userId = crypto.randomUUID()
    const undone = inTransaction(async (store) => {
      expect(await store.save(userId, creating)).toBe(true)
      throw new Undo()
    })
    await expect(undone).rejects.toThrow(Undo)
    expect(await outside().load(userId)).toBeNull()
  })
}

describe.skipIf(skipPostgres)("a transaction of the host's, on PostgreSQL", () => {
  const pool = new PgPool({ connectionString: postgresUrl })
  const sql = postgres(postgresUrl, { onnotice: () => undefined })
  const kysely = new Kysely({ dialect: new PostgresDialect({ pool }) })
  const drizzle = drizzlePg(pool)
  beforeAll(() => migratePostgres(pool))
  afterAll(async () => {
    await sql.end()
    await pool.end()
  })
  const outside = () => pgStore(pool)

  async function withClient<T>(begin: string, work: (store: UserStore) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    try {
      await client.query(begin)
      const result = await work(pgStore(client))
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    } finally {
      client.release()
    }
  }

  describe('through pg', () => holdsTransaction(outside, (work) => withClient('BEGIN', work)))
  describe('through Kysely', () => {
    holdsTransaction(outside, (work) =>
      kysely.transaction().execute((inside) => work(kyselyStore(inside, { dialect: 'postgres' }))),
    )
  })
  describe('through Drizzle', () => {
    holdsTransaction(outside, (work) =>
      drizzle.transaction((inside) => work(drizzleStore(inside, { dialect: 'postgres', sql: drizzleSql }))),
    )
  })
  describe('through postgres', () => {
    holdsTransaction(outside, async (work) => {
      let result: unknown
      await sql.begin(async (inside) => {
        result = await work(postgresStore(inside))
      })
      return JSON.parse(JSON.stringify(result ?? null))
    })
  })

  test('one that another overtook rejects with the serialization failure, so that the host can begin anew', async () => {
    const userId = crypto.randomUUID()
    await outside().save(userId, creating)
    const overtaken = withClient('BEGIN ISOLATION LEVEL REPEATABLE READ', async (store) => {
      expect(await store.load(userId)).toMatchObject({ version: 'v1' })
      await outside().save(userId, replacing)
      return store.save(userId, { ...replacing, version: 'v3' })
    })
    await expect(overtaken).rejects.toMatchObject({ code: '40001' })
    expect(await outside().load(userId)).toMatchObject({ version: 'v2' })
  })
})

describe.skipIf(skipMysql)("a transaction of the host's, on MariaDB", () => {
  let pool: Pool
  let mariadb: MariadbPool
  beforeAll(async () => {
    pool = createPool(mysqlUrl)
    mariadb = createMariadbPool(mysqlUrl.replace(/^mysql:/, 'mariadb:'))
    await migrateMysql(pool)
  })
  afterAll(async () => {
    await pool?.end()
    await mariadb?.end()
  })
  const outside = () => mysql2Store(pool)

  async function withConnection<T>(work: (store: UserStore) => Promise<T>): Promise<T> {
    const connection = await pool.getConnection()
    try {
      await connection.beginTransaction()
      const result = await work(mysql2Store(connection))
      await connection.commit()
      return result
    } catch (error) {
      await connection.rollback()
      throw error
    } finally {
      connection.release()
    }
  }

  describe('through mysql2', () => holdsTransaction(outside, withConnection))
  describe('through Drizzle', () => {
    holdsTransaction(outside, (work) =>
      drizzleMysql(pool).transaction((inside) => work(drizzleStore(inside, { dialect: 'mysql', sql: drizzleSql }))),
    )
  })
  describe('through mariadb', () => {
    holdsTransaction(outside, async (work) => {
      const connection = await mariadb.getConnection()
      try {
        await connection.beginTransaction()
        const result = await work(mariadbStore(connection))
        await connection.commit()
        return result
      } catch (error) {
        await connection.rollback()
        throw error
      } finally {
        await connection.release()
      }
    })
  })

  test('one that ends in a deadlock rejects, and nothing of it is written outside of it', async () => {
    const [ada, bob] = [crypto.randomUUID(), crypto.randomUUID()]
    for (const userId of [ada, bob]) await outside().save(userId, creating)
    let open = () => {}
    const bothHere = new Promise<void>((resolve) => {
      open = resolve
    })
    let arrived = 0
    const crossing = (first: string, second: string) =>
      withConnection(async (store) => {
        expect(await store.save(first, replacing)).toBe(true)
        arrived += 1
        if (arrived === 2) open()
        await bothHere
        return store.save(second, replacing)
      })
    const outcomes = await Promise.allSettled([crossing(ada, bob), crossing(bob, ada)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({ errno: 1213 })
    for (const userId of [ada, bob]) expect(await outside().load(userId)).toMatchObject({ version: 'v2' })
  })
})
