import { memoryStore, type TwoFactorRecord } from 'countersign'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqliteDrivers, type TestDatabase, temporaryFile } from './databases.ts'
import { userStoreCases } from './user-store-cases.ts'

describe('the store in memory', () => {
  const cases = userStoreCases(async () => memoryStore())
  test.each(cases)('$name', ({ run }) => run())

  test('a key __proto__ in a record stays a key, and changes nothing else', async () => {
    const store = memoryStore()
    const record: TwoFactorRecord = JSON.parse(
      '{"schema":1,"__proto__":{"epoch":"forged"},"throttle":{"__proto__":[]}}',
    )
    await store.save('ada', { expected: null, version: 'v', record, enabledAtMs: null, events: [] })
    const stored = await store.load('ada')
    expect(JSON.stringify(stored?.record)).toBe(JSON.stringify(record))
    expect(Object.getPrototypeOf(stored?.record)).toBe(Object.prototype)
    expect(stored?.record).not.toHaveProperty('epoch')
  })
})

for (const { name, open } of await sqliteDrivers()) {
  describe(`SQLite through ${name}, in a file`, () => {
    const file = temporaryFile()
    afterAll(() => file.remove())
    runCases(() => open(file.path))
  })
  describe(`SQLite through ${name}, in memory`, () => runCases(() => open(':memory:')))
}

function runCases(open: () => TestDatabase): void {
  let database: TestDatabase
  beforeAll(() => {
    database = open()
  })
  afterAll(() => database.close())

  let tables = 0
  const tableOf = new Map<unknown, string>()
  const cases = userStoreCases(
    async () => {
      tables += 1
      const table = `two_factor_${tables}`
      await database.migrate(table)
      const store = database.store(table)
      tableOf.set(store, table)
      return store
    },
    {
      enabledAtMs: async (store, userId) => {
        const table = tableOf.get(store)
        const [row] = await database.query(`SELECT enabled_at FROM ${table} WHERE user_id = '${userId}'`)
        return typeof row === 'object' && row !== null && 'enabled_at' in row ? row.enabled_at : undefined
      },
      makeClosedStore: async () => {
        const closing = open()
        await closing.migrate()
        const store = closing.store()
        await store.load('ada')
        closing.close()
        return store
      },
    },
  )
  test.each(cases)('$name', ({ run }) => run())
}
