import type { DialectOption } from 'countersign/stores/prisma'
import * as stores from 'countersign/stores/prisma'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../../needs.ts'
import { auditCases, prepare } from '../../audit/cases.ts'
import { temporaryFile } from '../../databases.ts'
import { writtenRecord } from '../../written-record.ts'
import type { TestDatabase } from '../backends/test-database.ts'
import { bothKits } from '../cases.ts'
import { type GeneratedClient, generateClients, isInstalled, openClient } from './client.ts'

const record = await writtenRecord()
const creating = { expected: null, version: 'v1', record, enabledAtMs: 5, events: [] }

const file = temporaryFile()
afterAll(() => file.remove())

const skip = needs('Prisma', isInstalled, 'npm ci --prefix test/stores/sql/prisma')
const DATABASES: readonly [name: string, dialect: DialectOption['dialect'], url: string, hint: string][] = [
  ['PostgreSQL', 'postgres', inject('postgresUrl'), 'apt-get install postgresql, or set TEST_POSTGRES_URL'],
  ['MariaDB', 'mysql', inject('mysqlUrl'), 'apt-get install mariadb-server, or set TEST_MYSQL_URL'],
  ['SQLite', 'sqlite', `file:${file.path}`, ''],
]

describe.skipIf(skip)('Prisma', () => {
  beforeAll(generateClients)

  for (const [name, dialect, url, hint] of DATABASES) {
    describe.skipIf(needs(name, url !== '', hint))(`on ${name}`, () => {
      bothKits({
        open: async () => openDatabase(dialect, url),
        isShared: true,
        // A client that is closed connects again.
        disconnected: async () => openDatabase(dialect, url.replace(/:\d+\/|(?<=^file:)/, ':1/')),
      })

      describe('the trail of events', () => {
        let here: TestDatabase
        let there: TestDatabase
        beforeAll(async () => {
          here = await openDatabase(dialect, url)
          there = await openDatabase(dialect, url)
          await prepare(here, dialect)
        })
        afterAll(async () => {
          await here?.close()
          await there?.close()
        })
        const cases = auditCases(() => here, { dialect, hasTransactions: true, another: () => there })
        test.each(cases)('$name', ({ run }) => run())
      })

      describe('in a transaction', () => {
        let client: GeneratedClient
        let other: GeneratedClient
        beforeAll(() => {
          client = openClient(dialect, url)
          other = openClient(dialect, url)
        })
        afterAll(async () => {
          await client?.$disconnect()
          await other?.$disconnect()
        })

        test('who loses in it is told so, and can go on', async () => {
          const userId = crypto.randomUUID()
          await stores.prismaStore(client, { dialect }).save(userId, creating)
          const answers = await client.$transaction(async (inside) => {
            const store = stores.prismaStore(inside, { dialect })
            expect(Reflect.get(inside, '$connect')).toBeUndefined()
            return [await store.save(userId, creating), await store.save(userId, { ...creating, expected: 'v1' })]
          })
          expect(answers).toEqual([false, true])
        })

        test('what is saved in it is gone where it is undone, and there where it is not', async () => {
          const userId = crypto.randomUUID()
          const outside = stores.prismaStore(other, { dialect })
          const undone = client.$transaction(async (inside) => {
            expect(await stores.prismaStore(inside, { dialect }).save(userId, creating)).toBe(true)
            expect(await outside.load(userId)).toBeNull()
            throw new Error('undo')
          })
          await expect(undone).rejects.toThrow('undo')
          expect(await outside.load(userId)).toBeNull()
          await client.$transaction((inside) => stores.prismaStore(inside, { dialect }).save(userId, creating))
          expect(await outside.load(userId)).toEqual({ record, version: 'v1' })
        })
      })
    })
  }
})

async function openDatabase(dialect: DialectOption['dialect'], url: string): Promise<TestDatabase> {
  const client = openClient(dialect, url)
  return {
    store: (options) => stores.prismaStore(client, { ...options, dialect }),
    migrate: (options) => stores.migrate(client, { ...options, dialect }),
    tokenStore: (options) => stores.prismaTokenStore(client, { ...options, dialect }),
    migrateTokens: (options) => stores.migrateTokens(client, { ...options, dialect }),
    query: (sql) => client.$queryRawUnsafe(sql),
    transaction: (work) =>
      client.$transaction((inside) => work((options) => stores.prismaStore(inside, { ...options, dialect }))),
    close: () => client.$disconnect(),
  }
}
