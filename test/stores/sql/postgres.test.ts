import { migrate, pgStore } from 'countersign/stores/pg'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { needs } from '../../needs.ts'
import { writtenRecord } from '../written-record.ts'
import * as drizzle from './backends/drizzle.ts'
import * as kysely from './backends/kysely.ts'
import * as pg from './backends/pg.ts'
import * as pglite from './backends/pglite.ts'
import * as postgres from './backends/postgres.ts'
import type { Open } from './backends/test-database.ts'
import { bothKits } from './cases.ts'

const url = inject('postgresUrl')

const SERVER: readonly [driver: string, open: Open][] = [
  ['pg', pg.open],
  ['pg at REPEATABLE READ', () => pg.open(url, 'repeatable read')],
  ['pg at SERIALIZABLE', () => pg.open(url, 'serializable')],
  ['postgres', postgres.open],
  ['postgres without prepared statements', postgres.openUnprepared],
  ['postgres at SERIALIZABLE', () => postgres.open(url, 'serializable')],
  ['Kysely', kysely.openPostgres],
  ['Drizzle on pg', drizzle.openPg],
  ['Drizzle on postgres', drizzle.openPostgres],
]

describe.skipIf(needs('PostgreSQL', url !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL'))(
  'PostgreSQL',
  () => {
    let client: Client
    beforeAll(async () => {
      client = new Client({ connectionString: url })
      await client.connect()
    })
    afterAll(() => client?.end())

    it('takes one statement for a load, and one for a save', async () => {
      await migrate(client, { table: 'counted' })
      const store = pgStore(client, { table: 'counted' })
      const record = await writtenRecord()
      const change = { record, enabledAtMs: 1, events: [] }
      const query = vi.spyOn(client, 'query')
      const statementsOf = async (call: () => Promise<unknown>) => {
        query.mockClear()
        return [await call(), query.mock.calls.length]
      }
      expect(await statementsOf(() => store.save('ann', { ...change, expected: null, version: '1' }))).toEqual([
        true,
        1,
      ])
      expect(await statementsOf(() => store.save('ann', { ...change, expected: '1', version: '2' }))).toEqual([true, 1])
      expect(await statementsOf(() => store.save('ann', { ...change, expected: '1', version: '3' }))).toEqual([
        false,
        1,
      ])
      expect(await statementsOf(async () => (await store.load('ann'))?.version)).toEqual(['2', 1])
      query.mockRestore()
    })

    describe.each(SERVER)('through %s', (_driver, open) => {
      bothKits({
        open: () => open(url),
        isShared: true,
        readEnabledAtMs: async (userId) => {
          const { rows } = await client.query('SELECT enabled_at FROM two_factor WHERE user_id = $1', [userId])
          const at: unknown = rows[0]?.enabled_at ?? null
          return at === null ? null : Number(at)
        },
      })
    })
  },
)

describe.each([
  ['PGlite', pglite.open],
  ['Drizzle on PGlite', drizzle.openPglite],
])('PostgreSQL in the process, through %s', (_driver, open) => bothKits({ open, isShared: false }))
