import type { TwoFactorEvent } from 'countersign'
import { schema } from 'countersign/stores/libsql'
import { sqlStore as publicStore, type SqlStatement } from 'countersign/stores/sql'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SqlDriver, SqlResult } from '../../src/stores/sql/driver.ts'
import { preparedDriver } from '../../src/stores/sql/prepared.ts'
import { sqlite } from '../../src/stores/sql/sqlite.ts'
import { sqlStore } from '../../src/stores/sql/store.ts'
import { sqliteDrivers, type TestDatabase, temporaryFile } from './databases.ts'
import { twoFactorOver, writtenRecord } from './written-record.ts'

const change = { version: 'v2', record: null, enabledAtMs: null, events: [] }
const record = await writtenRecord()

/** A store over a driver that gives the same answer to everything and writes down what it was asked. */
function answering(answer: unknown) {
  const asked: { sql: string; params: unknown[] }[] = []
  const driver: SqlDriver = {
    query: async (sql, params) => {
      asked.push({ sql, params })
      return answer as SqlResult
    },
  }
  return { asked, store: sqlStore(driver, sqlite) }
}

describe('any SQL store', () => {
  test('loads with one statement, and saves with one, whose values are all bound', async () => {
    const { store, asked } = answering({ rows: [], rowsAffected: 1 })
    const userId = "'; DROP TABLE two_factor; --"
    await store.load(userId)
    await store.save(userId, { ...change, expected: null, record, enabledAtMs: 5 })
    await store.save(userId, { ...change, expected: 'v1', record, enabledAtMs: null })
    await store.save(userId, { ...change, expected: 'v1' })
    expect(asked.map(({ params }) => params)).toEqual([
      [userId],
      [userId, 'v2', JSON.stringify(record), 5],
      ['v2', JSON.stringify(record), null, userId, 'v1'],
      [userId, 'v1'],
    ])
    for (const { sql, params } of asked) {
      expect(sql).not.toContain("'")
      expect(sql.split('?')).toHaveLength(params.length + 1)
    }
  })

  test.each([
    [1, true],
    [0, false],
    [1n, true],
    [0n, false],
  ])('takes %s rows written for %s', async (rowsAffected, wrote) => {
    const { store } = answering({ rows: [], rowsAffected })
    expect(await store.save('ada', { ...change, expected: 'v1' })).toBe(wrote)
  })

  test.each([[2], [-1], [2n], [0.5], [null], [undefined], [true], ['1'], [[1]]])(
    'rejects a save of which the driver says that it wrote %s rows',
    async (rowsAffected) => {
      const { store } = answering({ rows: [], rowsAffected })
      await expect(store.save('ada', { ...change, expected: 'v1' })).rejects.toMatchObject({ code: 'store_invalid' })
    },
  )

  test.each([
    [
      'two rows for one user',
      [
        { version: 'v', record: '{}' },
        { version: 'v', record: '{}' },
      ],
    ],
    ['a row without a version', [{ record: '{}' }]],
    ['a row without a record', [{ version: 'v' }]],
    ['a version that is no text', [{ version: 5, record: '{}' }]],
    ['a row that is no object', [5]],
  ])('rejects a load that finds %s', async (_what, rows) => {
    const { store } = answering({ rows, rowsAffected: 0 })
    await expect(store.load('ada')).rejects.toMatchObject({ code: 'store_invalid' })
  })

  test.each([
    'two_factor',
    '_',
    'Users2',
    `a${'b'.repeat(62)}`,
    'auth.two_factor',
    `s${'b'.repeat(62)}.t${'b'.repeat(62)}`,
  ])('takes the table name %s', (table) => {
    expect(schema('sqlite', { table })).toContain(
      table
        .split('.')
        .map((part) => `"${part}"`)
        .join('.'),
    )
  })

  test.each([
    '',
    '.',
    'a.',
    '.a',
    'a.b.c',
    '1a',
    'a b',
    'a-b',
    'a"b',
    "a'b",
    'a;b',
    'a\n',
    'ä',
    `a${'b'.repeat(63)}`,
    'x"; DROP TABLE users; --',
    null,
    5,
    ['two_factor'],
    {},
  ])('refuses the table name %j, saying what is allowed', (name) => {
    const table: string = JSON.parse(JSON.stringify(name))
    const options = { table }
    const driver: SqlDriver = { query: async () => ({ rows: [], rowsAffected: 0 }) }
    for (const use of [() => schema('sqlite', options), () => sqlStore(driver, sqlite, options)]) {
      expect(use).toThrow(expect.objectContaining({ code: 'invalid_option' }))
      expect(use).toThrow(/^table: .*letters, digits and underscores/)
    }
  })

  test.each(['postgresql', '', '__proto__', 'constructor'])('refuses the dialect %j', (name) => {
    const dialect: 'sqlite' = JSON.parse(JSON.stringify(name))
    expect(() => schema(dialect)).toThrow(/^dialect: .*Use one of: sqlite/)
  })
})

describe('a store that writes events', () => {
  const events: TwoFactorEvent[] = ['code.wrong', 'attempts.locked'].map((type) =>
    JSON.parse(JSON.stringify({ type, userId: "'; --", atMs: 7, notify: false, note: "' ?" })),
  )
  const creating = { ...change, expected: null, record, events }

  /** A driver that says of the statements of a batch that they wrote so many rows. */
  function writing(...counts: (number | bigint)[]) {
    const asked: (readonly SqlStatement[])[] = []
    const driver: SqlDriver = {
      query: () => Promise.reject(new Error('one statement')),
      batch: async (statements) => {
        asked.push(statements)
        return counts.map((rowsAffected) => ({ rows: [], rowsAffected }))
      },
    }
    return { asked, store: publicStore(driver, { dialect: 'sqlite', audit: {} }) }
  }

  test('runs one batch, whose values are all bound: a deletion last, all else first', async () => {
    const { store, asked } = writing(1, 1, 1)
    await store.save('ada', creating)
    await store.save('ada', { ...creating, expected: 'v1' })
    await store.save('ada', { ...creating, expected: 'v1', record: null })
    expect(asked.map((statements) => statements.map(({ sql }) => sql.split(' ', 1)[0]))).toEqual([
      ['INSERT', 'INSERT', 'INSERT'],
      ['UPDATE', 'INSERT', 'INSERT'],
      ['INSERT', 'INSERT', 'DELETE'],
    ])
    for (const { sql, params } of asked.flat()) {
      expect(sql).not.toContain("'")
      expect(sql.split('?')).toHaveLength(params.length + 1)
    }
    expect(asked.map((statements) => statements[1]?.params.slice(-2))).toEqual([
      ['ada', 'v2'],
      ['ada', 'v2'],
      ['ada', 'v1'],
    ])
  })

  test.each([
    [[1, 1, 1], true],
    [[0, 0, 0], false],
    [[1n, 1n, 1n], true],
  ])('takes %s rows written for %s', async (counts, wrote) => {
    expect(await writing(...counts).store.save('ada', creating)).toBe(wrote)
  })

  test.each([[[1, 1, 0]], [[0, 1, 1]], [[1, 0, 0]], [[1, 1]], [[]], [[1, 1, 1, 1]], [[1, 2, 1]]])(
    'rejects a save of which the driver says that it wrote %s rows',
    async (counts) => {
      await expect(writing(...counts).store.save('ada', creating)).rejects.toMatchObject({ code: 'store_invalid' })
    },
  )

  test('runs one statement for a change without events', async () => {
    const { store, asked } = writing(1, 1, 1)
    await expect(store.save('ada', { ...creating, events: [] })).rejects.toThrow('one statement')
    expect(asked).toEqual([])
  })

  test.each(['mysql', 'sqlite'] as const)('is refused where the driver has no batch: %s', (dialect) => {
    const driver: SqlDriver = { query: async () => ({ rows: [], rowsAffected: 1 }) }
    const refusal = expect.objectContaining({
      code: 'invalid_option',
      message: expect.stringMatching(/^audit: .*batch/),
    })
    expect(() => publicStore(driver, { dialect, audit: {} })).toThrow(refusal)
    expect(() => publicStore(driver, { dialect })).not.toThrow()
    expect(() => publicStore(driver, { dialect: 'postgres', audit: {} })).not.toThrow()
  })

  test('runs the whole batch again after a deadlock, and not in a transaction of the host', async () => {
    for (const inTransaction of [false, true]) {
      let runs = 0
      const driver: SqlDriver = {
        query: () => Promise.reject(new Error('one statement')),
        batch: async (statements) => {
          runs += 1
          if (runs === 1) throw Object.assign(new Error('Deadlock found'), { errno: 1213 })
          return statements.map(() => ({ rows: [], rowsAffected: 1 }))
        },
      }
      const saved = publicStore(driver, { dialect: 'mysql', audit: {}, inTransaction }).save('ada', creating)
      await (inTransaction ? expect(saved).rejects.toMatchObject({ errno: 1213 }) : expect(saved).resolves.toBe(true))
      expect(runs).toBe(inTransaction ? 1 : 2)
    }
  })
})

describe('a lock that another connection holds', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const locked = [
    ['libSQL', { code: 'SQLITE_BUSY', rawCode: 5 }],
    ['libSQL, all connections taken', { code: 'TRANSACTION_ACTIVE' }],
    ['better-sqlite3', { code: 'SQLITE_BUSY_SNAPSHOT' }],
    ['better-sqlite3, shared cache', { code: 'SQLITE_LOCKED_SHAREDCACHE' }],
    ['node:sqlite', { code: 'ERR_SQLITE_ERROR', errcode: 5 }],
    ['node:sqlite, an extended code', { code: 'ERR_SQLITE_ERROR', errcode: 517 }],
  ] as const

  test.each(locked)('is waited for: as %s says it', async (_driver, fields) => {
    const { store, runs } = failing(fields, 40)
    const saved = store.save('ada', { ...change, expected: 'v1' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await saved).toBe(true)
    expect(runs()).toBe(41)
  })

  test.each(locked)(
    "is not waited for forever: the driver's error comes after some fifteen seconds, from %s",
    async (_driver, fields) => {
      const { store, runs } = failing(fields, Number.POSITIVE_INFINITY)
      const startedMs = performance.now()
      const saved = expect(store.save('ada', { ...change, expected: 'v1' })).rejects.toMatchObject(fields)
      await vi.advanceTimersByTimeAsync(16_000)
      await saved
      expect(performance.now() - startedMs).toBe(16_000)
      expect(runs()).toBeGreaterThan(100)
      const whenItGaveUp = runs()
      await vi.advanceTimersByTimeAsync(16_000)
      expect(runs()).toBe(whenItGaveUp)
    },
  )

  test.each([
    ['a full disk', { code: 'SQLITE_FULL', rawCode: 13 }],
    ['a failed read or write', { code: 'ERR_SQLITE_ERROR', errcode: 10 }],
    ['a constraint', { code: 'SQLITE_CONSTRAINT_NOTNULL' }],
    ['a lost connection', { code: 'ECONNRESET' }],
    ['a closed client', { code: 'CLIENT_CLOSED' }],
    ['an error without a code', {}],
  ])('is not what %s is taken for: that rejects at once', async (_what, fields) => {
    const { store, runs } = failing(fields, 1)
    await expect(store.save('ada', { ...change, expected: 'v1' })).rejects.toMatchObject(fields)
    expect(runs()).toBe(1)
  })

  /** A database of which the first runs fail. */
  function failing(fields: object, times: number) {
    let runs = 0
    const run = () => {
      runs += 1
      if (runs <= times) throw Object.assign(new Error('failed'), fields)
      return { changes: 1 }
    }
    const driver = preparedDriver({ prepare: () => ({ run, all: () => [] }), exec: () => undefined })
    return { store: sqlStore(driver, sqlite), runs: () => runs }
  }
})

for (const { name, open } of await sqliteDrivers()) {
  describe(`SQLite through ${name}`, () => {
    const file = temporaryFile()
    const opened: TestDatabase[] = []
    afterAll(() => {
      for (const database of opened) database.close()
      file.remove()
    })
    const another = () => {
      const database = open(file.path)
      opened.push(database)
      return database
    }

    test('migrate runs twice, and in several connections at once, and keeps what is there', async () => {
      const databases = Array.from({ length: 8 }, another)
      await Promise.all(databases.map((database) => database.migrate()))
      const [first, second] = [another(), another()]
      await first.store().save('ada', { ...change, record, expected: null })
      await second.migrate()
      expect(await second.store().load('ada')).toEqual({ record, version: 'v2' })
    })

    test('migrate puts the file on a write-ahead log', async () => {
      await another().migrate()
      expect(await another().query('PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'wal' }])
    })

    test('a table may stand in a schema', async () => {
      const database = another()
      await database.migrate({ table: 'main.beside' })
      await database.store({ table: 'main.beside' }).save('ada', { ...change, record, expected: null })
      expect(await database.store({ table: 'beside' }).load('ada')).toMatchObject({ version: 'v2' })
    })

    test('a store made before its table works once that is there', async () => {
      const database = another()
      const store = database.store({ table: 'late' })
      await expect(store.load('ada')).rejects.toThrow(/no such table/)
      await database.migrate({ table: 'late' })
      expect(await store.load('ada')).toBeNull()
    })

    test.each(['no JSON', '', '{"schema":1', 'null', '[]', '5'])(
      'a stored text %j is refused by the engine, never written over, and goes with admin.reset',
      async (text) => {
        const database = another()
        await database.migrate()
        await database.query('DELETE FROM two_factor')
        await database.query(`INSERT INTO two_factor (user_id, version, record) VALUES ('ada', 'v1', '${text}')`)
        const twoFactor = twoFactorOver(database.store())
        await expect(twoFactor.challenge('ada')).rejects.toMatchObject({ code: 'record_invalid' })
        await expect(twoFactor.passwordChanged('ada')).rejects.toMatchObject({ code: 'record_invalid' })
        expect(await database.query('SELECT record FROM two_factor')).toMatchObject([{ record: text }])
        expect(await twoFactor.admin.reset('ada', { by: 'support', note: 'damaged' })).toEqual({
          ok: true,
          existed: true,
        })
        expect(await database.query('SELECT record FROM two_factor')).toEqual([])
      },
    )

    test('of 64 writers on 8 connections, one wins each round', async () => {
      const stores = Array.from({ length: 8 }, () => another().store())
      await another().migrate()
      for (let round = 0; round < 8; round += 1) {
        const expected = (await stores[0]?.load('race'))?.version ?? null
        const versions = Array.from({ length: 64 }, (_, writer) => `${round}-${writer}`)
        const answers = await Promise.all(
          versions.map((version, writer) => stores[writer % 8]?.save('race', { ...change, record, expected, version })),
        )
        expect(answers.filter((answer) => answer === true)).toHaveLength(1)
        for (const store of stores) expect((await store.load('race'))?.version).toBe(versions[answers.indexOf(true)])
      }
    })
  })
}
