import { isDeepStrictEqual } from 'node:util'
import { mariadbStore, mariadbTokenStore } from 'countersign/stores/mariadb'
import { mysql2Store, mysql2TokenStore } from 'countersign/stores/mysql2'
import { pgStore, pgTokenStore } from 'countersign/stores/pg'
import { postgresStore, postgresTokenStore } from 'countersign/stores/postgres'
import { type StoreOptions, schema } from 'countersign/stores/sql'
import * as mariadb from 'mariadb'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import * as mysql2Backend from './backends/mysql2.ts'
import * as pgBackend from './backends/pg.ts'
import type { TestDatabase } from './backends/test-database.ts'

/** Each is one id in no character set but Unicode's: elsewhere two of them become the same, or half of one. */
const ENDINGS = ['中', '文', 'é', 'è', 'Ж', '😀', '😁', 'ÿ', '\u0080', '?', '??', 'A']
const NAME = 'Telefon — 中文 é 😀 \\ " \u0080 \u2028'

/** The stores over connections of one kind, and how to close those. */
type Through = Pick<TestDatabase, 'store' | 'tokenStore' | 'close'>
type Kind = readonly [name: string, open: () => Through]

const mysqlUrl = inject('mysqlUrl')
const postgresUrl = inject('postgresUrl')

function throughMysql2(charset: string, setNames?: string): Kind {
  const open = (): Through => {
    const pool = createPool({ uri: mysqlUrl, charset })
    if (setNames !== undefined) pool.on('connection', (connection) => connection.query(`SET NAMES ${setNames}`))
    return {
      store: (options) => mysql2Store(pool, options),
      tokenStore: (options) => mysql2TokenStore(pool, options),
      close: () => pool.end(),
    }
  }
  return [`mysql2 with charset ${charset}${setNames === undefined ? '' : ` and SET NAMES ${setNames}`}`, open]
}

function throughMariadb(setNames: string): Kind {
  const open = (): Through => {
    const { hostname: host, port, username: user, password, pathname } = new URL(mysqlUrl)
    const initSql = `SET NAMES ${setNames}`
    const pool = mariadb.createPool({
      host,
      port: Number(port),
      user,
      password,
      database: pathname.slice(1),
      initSql,
    })
    return {
      store: (options) => mariadbStore(pool, options),
      tokenStore: (options) => mariadbTokenStore(pool, options),
      close: () => pool.end(),
    }
  }
  return [`mariadb with SET NAMES ${setNames}`, open]
}

function throughPg(encoding: string): Kind {
  const open = (): Through => {
    const pool = new Pool({ connectionString: postgresUrl, max: 1 })
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.query(`SET client_encoding TO ${encoding}`))
    return {
      store: (options) => pgStore(pool, options),
      tokenStore: (options) => pgTokenStore(pool, options),
      close: () => pool.end(),
    }
  }
  return [`pg with client_encoding ${encoding}`, open]
}

function throughPostgres(encoding: string): Kind {
  const open = (): Through => {
    const sql = postgres(postgresUrl, { connection: { client_encoding: encoding }, onnotice: () => undefined })
    return {
      store: (options) => postgresStore(sql, options),
      tokenStore: (options) => postgresTokenStore(sql, options),
      close: () => sql.end({ timeout: 1 }),
    }
  }
  return [`postgres with client_encoding ${encoding}`, open]
}

function holdsThrough(kinds: readonly Kind[], dialect: 'mysql' | 'postgres', openUnicode: () => Promise<TestDatabase>) {
  const users = `charset_users_${dialect}`
  const recordColumns = dialect === 'postgres' ? ['json', 'jsonb'] : ['longtext CHARACTER SET utf8mb4', 'json']
  const idType = dialect === 'postgres' ? 'text' : 'varchar(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
  let unicode: TestDatabase

  beforeAll(async () => {
    unicode = await openUnicode()
    await unicode.migrate({ audit: {} })
    await unicode.migrateTokens()
    for (const [index, type] of recordColumns.entries()) {
      await unicode.query(`DROP TABLE IF EXISTS ${users}_${index}`)
      await unicode.query(`CREATE TABLE ${users}_${index} (id ${idType} PRIMARY KEY)`)
      const statements = schema(dialect, { usersTable: `${users}_${index}` })
        .split(';\n')
        .filter(Boolean)
      for (const statement of statements)
        await unicode.query(statement.replace(/(`two_factor`|"two_factor") .*/, `$1 ${type}`))
    }
  })
  afterAll(() => unicode?.close())

  describe.each(kinds)('through %s', (_name, open) => {
    let through: Through
    let userIds: readonly string[]
    beforeAll(() => {
      through = open()
      const fresh = crypto.randomUUID()
      userIds = ENDINGS.map((ending) => `${fresh}-${ending}`)
    })
    afterAll(() => through?.close())

    async function expectApart(options: StoreOptions): Promise<void> {
      const [store, other] = [through.store(options), unicode.store(options)]
      for (const userId of userIds) {
        expect(await store.load(userId), userId).toBeNull()
        expect(await store.save(userId, creating(userId)), userId).toBe(true)
      }
      for (const userId of userIds) {
        for (const each of [store, other]) {
          expect((await each.load(userId))?.record, userId).toEqual({ schema: 1, userId, NAME })
        }
        const replacing = { ...creating(userId), version: 'v2', expected: 'v1' }
        expect(await store.save(userId, replacing)).toBe(true)
        expect(await store.save(userId, replacing)).toBe(false)
        expect((await other.load(userId))?.version).toBe('v2')
      }
      for (const userId of userIds.slice(1)) {
        expect(await store.save(userId, { ...creating(userId), expected: 'v2', record: null })).toBe(true)
      }
      expect((await other.load(userIds[0] ?? ''))?.record).toEqual({ schema: 1, userId: userIds[0], NAME })
    }

    test('users stay apart, and their records are those of any other connection', () => expectApart({}))

    test.each(recordColumns.map((type, index) => [type, `${users}_${index}`]))(
      'so it is in a table of users whose records are %s',
      async (_type, usersTable) => {
        await insertUsers(usersTable, userIds)
        await expectApart({ usersTable })
      },
    )

    test('events are filed under the user, whole', async () => {
      const store = through.store({ audit: {} })
      for (const userId of userIds) {
        await store.load(userId)
        const id = `${userId}-audited`
        expect(await store.save(id, { ...creating(id), events: [eventOf(id)] })).toBe(true)
        const hex = Buffer.from(id).toString('hex')
        const isUser = dialect === 'postgres' ? `convert_to(user_id, 'UTF8') = '\\x${hex}'` : `user_id = x'${hex}'`
        const event = dialect === 'postgres' ? 'event::text' : 'CONVERT(event USING utf8mb4)'
        const rows = await unicode.query(`SELECT ${event} AS event FROM two_factor_events WHERE ${isUser}`)
        expect(rows).toHaveLength(1)
        expect(rows[0]).toSatisfy(({ event }) =>
          isDeepStrictEqual({ ...JSON.parse(event), context: null }, eventOf(id)),
        )
      }
    })

    test('access tokens stay with their user', async () => {
      const [store, other] = [through.tokenStore(), unicode.tokenStore()]
      for (const userId of userIds) expect(await store.save(...issuing(userId))).toBe(true)
      for (const userId of userIds) {
        for (const each of [store, other]) {
          expect((await each.list(userId)).map(({ token }) => [token.userId, token.name])).toEqual([[userId, NAME]])
        }
      }
    })
  })

  async function insertUsers(table: string, userIds: readonly string[]): Promise<void> {
    for (const userId of userIds) {
      const hex = Buffer.from(userId).toString('hex')
      const id = dialect === 'postgres' ? `convert_from('\\x${hex}', 'UTF8')` : `CONVERT(x'${hex}' USING utf8mb4)`
      await unicode.query(`INSERT INTO ${table} (id) VALUES (${id})`)
    }
  }
}

function creating(userId: string) {
  return { expected: null, version: 'v1', record: { schema: 1, userId, NAME }, enabledAtMs: 5, events: [] }
}

function eventOf(userId: string) {
  return { type: 'code.wrong', userId, atMs: 5, notify: false, authenticatorName: NAME, context: null } as const
}

function issuing(userId: string): Parameters<ReturnType<Through['tokenStore']>['save']> {
  const hash = crypto.randomUUID()
  const times = { createdAtMs: 1, expiresAtMs: null, lastUsedAtMs: null, revokedAtMs: null }
  const token = { schema: 1, id: hash, userId, hash, name: NAME, scopes: [], ...times } as const
  return [hash, { expected: null, version: 'v1', userId, token }]
}

describe.skipIf(needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL'))(
  'MariaDB',
  () =>
    holdsThrough(
      [
        throughMysql2('latin1'),
        throughMysql2('gbk'),
        throughMysql2('utf8mb4', 'latin1'),
        throughMysql2('utf8mb4'),
        throughMariadb('latin1'),
        throughMariadb('gbk'),
      ],
      'mysql',
      () => mysql2Backend.open(mysqlUrl),
    ),
)

describe.skipIf(needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL'))(
  'PostgreSQL',
  () =>
    holdsThrough(
      [throughPg('LATIN1'), throughPg('SQL_ASCII'), throughPg('WIN1252'), throughPg('SJIS'), throughPostgres('LATIN1')],
      'postgres',
      () => pgBackend.open(postgresUrl),
    ),
)
