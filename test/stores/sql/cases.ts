import { tokenStoreCases, userStoreCases } from 'countersign/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TestDatabase } from './backends/test-database.ts'

export interface Opened {
  open: () => Promise<TestDatabase>
  /** Whether a second `open` reaches the same tables. False for what lives in memory. */
  isShared: boolean
  /** Where nothing answers. Default: opened and closed. */
  disconnected?: () => Promise<TestDatabase>
  /** What the column enabled_at says. */
  readEnabledAtMs?: (userId: string) => Promise<number | null>
}

/** Holds both stores of a driver to all that the kits ask, in tables that `migrate` made. */
export function bothKits({ open, isShared, readEnabledAtMs, disconnected = closed(open) }: Opened): void {
  let here: TestDatabase
  let there: TestDatabase | undefined
  beforeAll(async () => {
    here = await open()
    there = isShared ? await open() : undefined
    for (const table of [undefined, 'beside']) {
      await here.migrate({ table })
      await here.migrateTokens({ table: table === undefined ? table : 'tokens_beside' })
    }
  })
  afterAll(async () => {
    await here?.close()
    await there?.close()
  })

  const another = () => there ?? here
  describe('records', () => {
    const cases = userStoreCases(() => here.store(), {
      anotherConnection: () => another().store(),
      anotherTable: () => another().store({ table: 'beside' }),
      disconnected: async () => (await disconnected()).store(),
      readEnabledAtMs,
    })
    test.each(cases)('$name', ({ run }) => run())
  })

  describe('access tokens', () => {
    const cases = tokenStoreCases(() => here.tokenStore(), {
      anotherConnection: () => another().tokenStore(),
      anotherTable: () => another().tokenStore({ table: 'tokens_beside' }),
      disconnected: async () => (await disconnected()).tokenStore(),
    })
    test.each(cases)('$name', ({ run }) => run())
  })
}

function closed(open: Opened['open']): Opened['open'] {
  return async () => {
    const closing = await open()
    await closing.migrate()
    await closing.migrateTokens()
    await closing.store().load('ada')
    await closing.close()
    return closing
  }
}
