import { createTwoFactor, generateKey, type TwoFactorEvent } from 'countersign'
import { drizzleStore } from 'countersign/stores/drizzle'
import * as kysely from 'countersign/stores/kysely'
import { type AuditOption, migrate, pgStore, schema } from 'countersign/stores/pg'
import { enrol, userStoreCases } from 'countersign/testing'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { writtenRecord } from '../written-record.ts'
import * as pglite from './backends/pglite.ts'
import * as postgres from './backends/postgres.ts'
import type { TestDatabase } from './backends/test-database.ts'

const url = inject('postgresUrl')
const record = await writtenRecord()

describe.skipIf(needs('PostgreSQL', url !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL'))(
  'the trail of events, on PostgreSQL',
  () => {
    const pool = new Pool({ connectionString: url })
    beforeAll(async () => {
      await migrate(pool, { audit: {} })
      await migrate(pool, { audit: {} })
    })
    afterAll(() => pool.end())

    async function trailOf(userId: string) {
      const { rows } = await pool.query(
        'SELECT at, type, event FROM two_factor_events WHERE user_id = $1 ORDER BY id',
        [userId],
      )
      return rows
    }

    test('holds what onEvent got, in order, but for its context', async () => {
      const events: TwoFactorEvent[] = []
      const twoFactor = createTwoFactor({
        issuer: 'Acme',
        store: pgStore(pool, { audit: {} }),
        keys: generateKey(),
        verifyPassword: () => true,
        onEvent: (event) => {
          events.push(event)
        },
      })
      const userId = crypto.randomUUID()
      await enrol(twoFactor, userId)
      await twoFactor.disable(userId, { confirm: { password: 'p' }, context: { ip: '::1' } })
      expect(events.length).toBeGreaterThan(1)
      expect(await trailOf(userId)).toEqual(
        events.map(({ context: _context, ...event }) => ({ at: String(event.atMs), type: event.type, event })),
      )
    })

    const event: TwoFactorEvent = {
      type: 'code.wrong',
      userId: '',
      atMs: 7,
      notify: false,
      note: `'"\\u0000 \\ \u0000\ud800 $1 ? -- 👩`,
      context: { ip: '::1', request: 5 },
    }
    const creating = (userId: string) => ({
      expected: null,
      version: 'v1',
      record,
      enabledAtMs: null,
      events: [
        { ...event, userId },
        { ...event, userId, type: 'attempts.locked' as const },
      ],
    })

    test('keeps of the context what it is told to', async () => {
      const userId = crypto.randomUUID()
      const context: AuditOption['context'] = (given) =>
        typeof given === 'object' && given !== null && 'ip' in given ? { ip: given.ip } : undefined
      await pgStore(pool, { audit: { context } }).save(userId, creating(userId))
      expect(await trailOf(userId)).toMatchObject([
        { type: 'code.wrong', event: { context: { ip: '::1' }, note: `'"\\u0000 \\ \ufffd\ufffd $1 ? -- 👩` } },
        { type: 'attempts.locked', event: { context: { ip: '::1' } } },
      ])
    })

    test('is written if the record is, and not if it is not', async () => {
      const userId = crypto.randomUUID()
      const store = pgStore(pool, { audit: {} })
      const answers = await Promise.all(Array.from({ length: 16 }, () => store.save(userId, creating(userId))))
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await trailOf(userId)).toHaveLength(2)
      expect(await store.save(userId, { ...creating(userId), expected: 'v0', record: null })).toBe(false)
      expect(await trailOf(userId)).toHaveLength(2)
      expect(await store.save(userId, { ...creating(userId), expected: 'v1', record: null })).toBe(true)
      expect(await trailOf(userId)).toHaveLength(4)
    })

    test('where the events cannot be written, nothing is', async () => {
      const userId = crypto.randomUUID()
      const store = pgStore(pool, { audit: { table: 'no_such_table' } })
      await expect(store.save(userId, creating(userId))).rejects.toMatchObject({ code: '42P01' })
      expect(await store.load(userId)).toBeNull()
    })

    test('an event whose kept context is no JSON is an error of the save', async () => {
      const userId = crypto.randomUUID()
      const store = pgStore(pool, { audit: { context: () => 1n } })
      await expect(store.save(userId, creating(userId))).rejects.toThrow(TypeError)
      expect(await store.load(userId)).toBeNull()
    })

    const WAYS: readonly [string, () => Promise<Pick<TestDatabase, 'store'> & { close?(): Promise<void> }>][] = [
      ['pg', async () => ({ store: (options) => pgStore(pool, options) })],
      ['postgres', () => postgres.open(url)],
      [
        'PGlite',
        async () => {
          const database = await pglite.open()
          await database.migrate({ audit: {} })
          return database
        },
      ],
      [
        'Drizzle',
        async () => ({ store: (options) => drizzleStore(drizzle(pool), { ...options, dialect: 'postgres', sql }) }),
      ],
      [
        'Kysely',
        async () => {
          const database = new Kysely({ dialect: new PostgresDialect({ pool }) })
          return { store: (options) => kysely.kyselyStore(database, { ...options, dialect: 'postgres' }) }
        },
      ],
    ]
    describe.each(WAYS)('through %s', (driver, open) => {
      const isOnServer = driver !== 'PGlite'
      let database: Awaited<ReturnType<typeof open>>
      beforeAll(async () => {
        database = await open()
      })
      afterAll(() => database?.close?.())

      test('is written where the save says true, and not where it says false', async () => {
        const userId = crypto.randomUUID()
        const store = database.store({ audit: {} })
        const answers = await Promise.all(Array.from({ length: 16 }, () => store.save(userId, creating(userId))))
        expect(answers.filter(Boolean)).toHaveLength(1)
        expect(await store.save(userId, { ...creating(userId), expected: 'v1', version: 'v2' })).toBe(true)
        expect(await store.save(userId, { ...creating(userId), expected: 'v1', record: null })).toBe(false)
        expect(await store.load(userId)).toEqual({ record, version: 'v2' })
        if (isOnServer) expect(await trailOf(userId)).toHaveLength(4)
      })
    })

    describe('a store that writes it', () => {
      /** Each change has an event. */
      const cases = userStoreCases(() => {
        const store = pgStore(pool, { audit: {} })
        return {
          load: store.load,
          save: (userId, change) => store.save(userId, { ...change, events: [{ ...event, userId }] }),
        }
      })
      test.each(cases)('$name', ({ run }) => run())
    })

    test('has a table of its own in the schema, and no other database has it', () => {
      expect(schema('postgres', { audit: { table: 'log.events' } })).toContain('EXISTS "log"."events" (')
      expect(schema('postgres', { usersTable: 'users', audit: {} })).toContain('EXISTS "two_factor_events" (')
      for (const dialect of ['mysql', 'sqlite'] as const) {
        expect(() => schema(dialect, { audit: {} })).toThrow(expect.objectContaining({ code: 'invalid_option' }))
      }
      expect(() => schema('postgres', { audit: { table: "a'b" } })).toThrow(/^audit\.table: /)
    })
  },
)
