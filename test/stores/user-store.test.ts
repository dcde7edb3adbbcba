import { memoryStore } from 'countersign'
import { type UserStoreCaseOptions, userStoreCases } from 'countersign/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { sqliteDrivers, type TestDatabase, temporaryFile } from './databases.ts'

describe('the store in memory', () => {
  const [store, beside] = [memoryStore(), memoryStore()]
  const cases = userStoreCases(() => store, { anotherTable: () => beside })
  test.each(cases)('$name', ({ run }) => run())
})

for (const { name, open } of await sqliteDrivers()) {
  describe(`SQLite through ${name}, in a file`, () => {
    const file = temporaryFile()
    afterAll(() => file.remove())
    let other: TestDatabase
    beforeAll(() => {
      other = open(file.path)
    })
    afterAll(() => other.close())
    runCases(() => open(file.path), { anotherConnection: () => other.store() })
  })
  describe(`SQLite through ${name}, in memory`, () => runCases(() => open(':memory:')))
}

function runCases(open: () => TestDatabase, options?: UserStoreCaseOptions): void {
  let database: TestDatabase
  beforeAll(async () => {
    database = open()
    await database.migrate()
    await database.migrate({ table: 'beside' })
  })
  afterAll(() => database.close())

  const cases = userStoreCases(() => database.store(), {
    anotherTable: () => database.store({ table: 'beside' }),
    disconnected: async () => {
      const closing = open()
      await closing.migrate()
      const store = closing.store()
      await store.load('ada')
      closing.close()
      return store
    },
    readEnabledAtMs: async (userId) => {
      const [row] = await database.query(`SELECT enabled_at FROM two_factor WHERE user_id = '${userId}'`)
      const at = typeof row === 'object' && row !== null && 'enabled_at' in row ? row.enabled_at : null
      return at === null ? null : Number(at)
    },
    ...options,
  })
  test.each(cases)('$name', ({ run }) => run())
}
