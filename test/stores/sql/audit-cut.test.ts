import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { prepare } from '../audit/cases.ts'
import { creating, trailOf } from '../audit/trail.ts'
import { type CutAt, type CutBy, startProxy, type TcpProxy } from '../faults/proxy.ts'
import * as drizzle from './backends/drizzle.ts'
import * as kysely from './backends/kysely.ts'
import * as mariadb from './backends/mariadb.ts'
import * as mysql2 from './backends/mysql2.ts'
import type { Open, TestDatabase } from './backends/test-database.ts'

const url = inject('mysqlUrl')

/** Which statement of the transaction is cut, where and how, and whether the transaction is there then. */
const CUTS: readonly (readonly [statement: 'second event' | 'COMMIT', at: CutAt, by: CutBy, isThere: boolean])[] = [
  ['second event', 'request', 'close', false],
  ['second event', 'answer', 'reset', false],
  ['COMMIT', 'request', 'reset', false],
  ['COMMIT', 'answer', 'close', true],
]

const DRIVERS: readonly (readonly [name: string, open: Open, commit: string])[] = [
  ['mysql2', mysql2.open, 'COMMIT'],
  ['mariadb', mariadb.open, 'COMMIT'],
  ['Kysely', kysely.openMysql, 'commit'],
  ['Drizzle', drizzle.openMysql2, 'commit'],
]

describe.skipIf(needs('MariaDB', url !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL'))(
  'a transaction of a record and its events on MariaDB',
  () => {
    describe.each(DRIVERS)('through %s', (_driver, open, commit) => {
      let proxy: TcpProxy
      let cut: TestDatabase
      let direct: TestDatabase
      beforeAll(async () => {
        proxy = await startProxy(Number(new URL(url).port))
        cut = await open(url.replace(/:\d+\//, `:${proxy.port}/`))
        direct = await open(url)
        await prepare(direct, 'mysql')
      })
      afterAll(async () => {
        await cut?.close()
        await direct?.close()
        await proxy?.stop()
      })

      describe.each(['create', 'delete'] as const)('that is to %s', (what) => {
        test.each(CUTS)('cut at the %s: its %s, by a %s', async (statement, at, by, isDone) => {
          const userId = crypto.randomUUID()
          const store = cut.store({ audit: {} })
          await store.load(userId)
          const note = crypto.randomUUID()
          const { events, ...change } = creating(userId)
          const saved = { ...change, events: events.map((event, index) => (index === 1 ? { ...event, note } : event)) }
          if (what === 'delete') await direct.store().save(userId, { ...saved, version: 'v1', events: [] })

          const isCut = proxy.cutOnce(statement === 'COMMIT' ? commit : note, at, by)
          const expected = what === 'delete' ? { expected: 'v1', record: null } : {}
          await expect(store.save(userId, { ...saved, ...expected })).rejects.toThrow()
          await isCut

          expect((await direct.store().load(userId)) !== null).toBe((what === 'create') === isDone)
          expect(await trailOf(direct, userId)).toHaveLength(isDone ? 2 : 0)
          const next = crypto.randomUUID()
          expect(await store.save(next, creating(next))).toBe(true)
          expect(await trailOf(direct, next)).toHaveLength(2)
        })
      })
    })
  },
)
