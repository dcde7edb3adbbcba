import { tokenStoreCases, userStoreCases } from 'countersign/testing'
import { auditCases, prepare } from '../audit/cases.ts'
import type { TestDatabase } from './backends/test-database.ts'

/** What came of the cases, for a runtime without a test runner of ours. */
export interface Report {
  passed: number
  failures: string[]
}

/** Runs both kits, and what holds of the trail of events, over two connections to the same tables, which it makes. */
export async function runAllCases(
  here: TestDatabase,
  there: TestDatabase,
  disconnected?: () => Promise<TestDatabase>,
): Promise<Report> {
  for (const table of [undefined, 'beside']) await here.migrate({ table })
  for (const table of [undefined, 'tokens_beside']) await here.migrateTokens({ table })
  await prepare(here, 'sqlite')
  const hasTransactions = here.transaction !== undefined
  const cases = [
    ...userStoreCases(() => here.store(), {
      anotherConnection: () => there.store(),
      anotherTable: () => here.store({ table: 'beside' }),
      disconnected: disconnected && (async () => (await disconnected()).store()),
    }),
    ...tokenStoreCases(() => here.tokenStore(), {
      anotherConnection: () => there.tokenStore(),
      anotherTable: () => here.tokenStore({ table: 'tokens_beside' }),
      disconnected: disconnected && (async () => (await disconnected()).tokenStore()),
    }),
    ...auditCases(() => here, { dialect: 'sqlite', hasTransactions, isOneConnection: true, another: () => there }),
  ]
  const failures: string[] = []
  for (const { name, run } of cases) {
    await run().catch((error: unknown) => failures.push(`${name}: ${error}`))
  }
  return { passed: cases.length - failures.length, failures }
}
