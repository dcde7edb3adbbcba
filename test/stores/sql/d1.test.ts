import { fileURLToPath } from 'node:url'
import { d1Store, migrate, type StoreOptions } from 'countersign/stores/d1'
import { drizzleStore } from 'countersign/stores/drizzle'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

describe('D1', () => {
  let workers: Miniflare
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [file('workerd/cases.ts')],
      tsconfig: file('tsconfig.json'),
      bundle: true,
      format: 'esm',
      external: ['node:*'],
      write: false,
    })
    workers = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityFlags: ['nodejs_compat'],
      compatibilityDate: '2026-01-01',
      d1Databases: ['DB'],
    })
  })
  afterAll(() => workers?.dispose())

  test('in a worker, does all that both kits ask, and keeps a trail of events', async () => {
    const answer = await workers.dispatchFetch('http://localhost/')
    const { passed, failures } = JSON.parse(await answer.text())
    expect(failures).toEqual([])
    expect(passed).toBeGreaterThan(90)
  }, 120_000)

  test('through Drizzle it keeps records, and refuses a trail of events', async () => {
    const database = drizzle(await workers.getD1Database('DB'))
    const open = (options: StoreOptions) => drizzleStore(database, { ...options, dialect: 'sqlite', sql })
    expect(await open({}).load('nobody')).toBeNull()
    expect(() => open({ audit: {} })).toThrow(/^audit: /)
  })

  test('migrate keeps what is there', async () => {
    const database = await workers.getD1Database('DB')
    await migrate(database, { table: 'again' })
    const store = d1Store(database, { table: 'again' })
    const record = JSON.parse('{"schema":1}')
    await store.save('ada', { expected: null, version: 'v1', record, enabledAtMs: 5, events: [] })
    await migrate(database, { table: 'again' })
    expect(await store.load('ada')).toEqual({ record, version: 'v1' })
  })
})
