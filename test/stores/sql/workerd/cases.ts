import * as stores from 'countersign/stores/d1'
import { runAllCases } from '../all-cases.ts'
import type { TestDatabase } from '../backends/test-database.ts'

/** Run by workerd, as a worker that is bound to a D1 database. */
export default {
  async fetch(_request: Request, { DB }: { DB: stores.D1Database }): Promise<Response> {
    const database: TestDatabase = {
      store: (options) => stores.d1Store(DB, options),
      migrate: (options) => stores.migrate(DB, options),
      tokenStore: (options) => stores.d1TokenStore(DB, options),
      migrateTokens: (options) => stores.migrateTokens(DB, options),
      query: async (sql) => (await DB.prepare(sql).all()).results,
      close: async () => undefined,
    }
    return Response.json(await runAllCases(database, database))
  },
}
