import { tokenSchema } from 'countersign/stores/libsql'
import { tokenStoreCases } from 'countersign/testing'
import { memoryTokenStore, type StoredToken } from 'countersign/tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SqlDriver, SqlResult } from '../../src/stores/sql/driver.ts'
import { sqlite } from '../../src/stores/sql/sqlite.ts'
import { sqlTokenStore } from '../../src/stores/sql/tokens.ts'
import { sqliteDrivers, type TestDatabase, temporaryFile } from './databases.ts'

const token: StoredToken = {
  schema: 1,
  id: 'id-1',
  userId: 'ada',
  hash: 'h'.repeat(43),
  name: "It's mine",
  scopes: ['read'],
  createdAtMs: 1,
  expiresAtMs: 5,
  lastUsedAtMs: null,
  revokedAtMs: 7,
}

describe('the token store in memory', () => {
  const store = memoryTokenStore()
  const cases = tokenStoreCases(() => store, { anotherConnection: () => store, anotherTable: memoryTokenStore })
  test.each(cases)('$name', ({ run }) => run())
})

for (const { name, open } of await sqliteDrivers()) {
  describe(`access tokens in SQLite through ${name}, in a file`, () => {
    const file = temporaryFile()
    afterAll(() => file.remove())
    runCases(
      () => open(file.path),
      () => open(file.path),
    )

    test('migrateTokens runs twice, and in several connections at once, and keeps what is there', async () => {
      const databases = Array.from({ length: 8 }, () => open(file.path))
      await Promise.all(databases.map((database) => database.migrateTokens('again')))
      const [first, second] = databases
      await first?.tokenStore('again').save(token.hash, { expected: null, version: 'v1', userId: 'ada', token })
      await second?.migrateTokens('again')
      expect(await second?.tokenStore('again').find(token.hash)).toEqual({ token, version: 'v1' })
      for (const database of databases) database.close()
    })

    test('the columns say whose each is, when it expires and when it was revoked, and list has an index', async () => {
      const database = open(file.path)
      await database.migrateTokens('main.columns')
      await database
        .tokenStore('main.columns')
        .save(token.hash, { expected: null, version: 'v1', userId: 'ada', token })
      expect(await database.query('SELECT hash, user_id, expires_at, revoked_at FROM columns')).toMatchObject([
        { hash: token.hash, user_id: 'ada', expires_at: 5, revoked_at: 7 },
      ])
      for (const column of ['user_id', 'hash']) {
        const [plan] = await database.query(`EXPLAIN QUERY PLAN SELECT * FROM columns WHERE ${column} = 'ada'`)
        expect(plan).toMatchObject({ detail: expect.stringMatching(/^SEARCH columns USING INDEX/) })
      }
      database.close()
    })

    test.each(['no JSON', '', 'null', '[]', '5', '{"schema":1'])('a stored text %j is handed up', async (text) => {
      const database = open(file.path)
      await database.migrateTokens('damaged')
      await database.query('DELETE FROM damaged')
      await database.query(`INSERT INTO damaged (hash, user_id, version, token) VALUES ('h', 'ada', 'v', '${text}')`)
      const store = database.tokenStore('damaged')
      expect(await store.find('h')).not.toBeNull()
      expect(await store.list('ada')).toHaveLength(1)
      expect(await store.save('h', { expected: 'v', version: 'w', userId: 'ada', token: null })).toBe(true)
      database.close()
    })
  })
  describe(`access tokens in SQLite through ${name}, in memory`, () => runCases(() => open(':memory:')))
}

function runCases(open: () => TestDatabase, anotherConnection?: () => TestDatabase): void {
  let database: TestDatabase
  let other: TestDatabase | undefined
  beforeAll(async () => {
    database = open()
    other = anotherConnection?.()
    await database.migrateTokens()
    await database.migrateTokens('beside')
  })
  afterAll(() => {
    database.close()
    other?.close()
  })

  const cases = tokenStoreCases(() => database.tokenStore(), {
    anotherTable: () => database.tokenStore('beside'),
    anotherConnection: () => (other ?? database).tokenStore(),
    disconnected: async () => {
      const closing = open()
      await closing.migrateTokens()
      const store = closing.tokenStore()
      await store.list('ada')
      closing.close()
      return store
    },
  })
  test.each(cases)('$name', ({ run }) => run())
}

describe('any SQL token store', () => {
  test('is one statement for each function, whose values are all bound', async () => {
    const { store, asked } = answering({ rows: [], rowsAffected: 1 })
    const userId = "'; DROP TABLE access_tokens; --"
    await store.find('h')
    await store.list(userId)
    await store.save('h', { expected: null, version: 'v1', userId, token })
    await store.save('h', { expected: 'v1', version: 'v2', userId, token })
    await store.save('h', { expected: 'v2', version: 'v3', userId, token: null })
    const text = JSON.stringify(token)
    expect(asked.map(({ params }) => params)).toEqual([
      ['h'],
      [userId],
      ['h', userId, 'v1', text, 5, 7],
      ['v2', text, 5, 7, 'h', 'v1'],
      ['h', 'v2'],
    ])
    for (const { sql, params } of asked) {
      expect(sql).not.toContain("'")
      expect(sql.split('?')).toHaveLength(params.length + 1)
    }
  })

  const row = { hash: 'h', version: 'v', token: '{}' }
  test.each([
    ['two rows for one hash', [row, row]],
    ['a row without a version', [{ token: '{}' }]],
    ['a row without a token', [{ version: 'v' }]],
    ['a version that is no text', [{ version: 5, token: '{}' }]],
    ['a row that is no object', [5]],
  ])('rejects a find that finds %s', async (_what, rows) => {
    const { store } = answering({ rows, rowsAffected: 0 })
    await expect(store.find('h')).rejects.toMatchObject({ code: 'store_invalid' })
  })

  test('rejects a list without hashes, and a save that wrote two rows', async () => {
    const { store } = answering({ rows: [{ version: 'v', token: '{}' }], rowsAffected: 2 })
    await expect(store.list('ada')).rejects.toMatchObject({ code: 'store_invalid' })
    const change = { expected: 'v1', version: 'v2', userId: 'ada', token }
    await expect(store.save('h', change)).rejects.toMatchObject({ code: 'store_invalid' })
  })

  test.each(['', 'a b', 'a"b', '1a', 'a.b.c', 'x"; DROP TABLE users; --'])('refuses the table name %j', (table) => {
    for (const use of [() => tokenSchema('sqlite', { table }), () => sqlTokenStore(silent, sqlite, { table })]) {
      expect(use).toThrow(expect.objectContaining({ code: 'invalid_option' }))
    }
  })

  test('names table and index as it is told, by default access_tokens', () => {
    expect(tokenSchema('sqlite')).toContain('TABLE IF NOT EXISTS "access_tokens"')
    expect(tokenSchema('sqlite', { table: 'auth.keys' })).toMatch(
      /TABLE IF NOT EXISTS "auth"\."keys"[\s\S]+INDEX IF NOT EXISTS "auth"\."keys_user_id" ON "keys" \(user_id\)/,
    )
    const dialect: 'sqlite' = JSON.parse('"constructor"')
    expect(() => tokenSchema(dialect)).toThrow(/^dialect: .*Use one of: .*sqlite/)
  })
})

const silent: SqlDriver = { query: async () => ({ rows: [], rowsAffected: 0 }) }

/** A store over a driver that gives the same answer to everything and writes down what it was asked. */
function answering(answer: SqlResult) {
  const asked: { sql: string; params: unknown[] }[] = []
  const driver: SqlDriver = {
    query: async (sql, params) => {
      asked.push({ sql, params })
      return answer
    },
  }
  return { asked, store: sqlTokenStore(driver, sqlite) }
}
