import { memoryStore } from 'countersign'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { sqliteDrivers, type TestDatabase, temporaryFile } from './databases.ts'
import { userStoreCases } from './user-store-cases.ts'

describe('the store in memory', () => {
  const cases = userStoreCases(async () => memoryStore())
  test.each(cases)('$name', ({ run }) => run())
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
