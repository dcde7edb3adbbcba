import type { Client } from '@libsql/client'
import { CannotStart } from './stores/cannot-start.ts'
import { parseDatabaseUrl, reasonOf, TAKEN, withoutLogin } from './stores/database-url.ts'
import { openMysql } from './stores/mysql.ts'
import { openNats } from './stores/nats.ts'
import type { Open, OpenedStores } from './stores/opened.ts'
import { openPostgres } from './stores/postgres.ts'
import { openRedis } from './stores/redis.ts'
import { openSqlite, storesIn } from './stores/sqlite.ts'

export type { Stores } from './stores/opened.ts'

const KINDS: ReadonlyMap<string, Open> = new Map<string, Open>([
  ['postgres:', openPostgres],
  ['postgresql:', openPostgres],
  ['mysql:', openMysql],
  ['mariadb:', openMysql],
  ['redis:', openRedis],
  ['rediss:', openRedis],
  ['nats:', openNats],
  ['file:', openSqlite],
])

/**
 * In the database that DATABASE_URL names; without one, in the dashboard's own SQLite file, in two tables of their own.
 *
 * @throws CannotStart
 */
export async function openStores(database: Client, databaseUrl = ''): Promise<OpenedStores> {
  const own = await storesIn(database)
  if (databaseUrl === '') return { ...own, notes: [], close: () => {} }
  const url = parseDatabaseUrl(databaseUrl)
  const open = KINDS.get(url.protocol)
  if (open === undefined) throw new CannotStart(`DATABASE_URL is of a kind that the dashboard does not know. ${TAKEN}`)
  try {
    const stores = await open(databaseUrl, own)
    return { ...stores, notes: [withoutLogin(databaseUrl), ...stores.notes] }
  } catch (error) {
    if (error instanceof CannotStart) throw error
    const line = `DATABASE_URL: ${withoutLogin(databaseUrl)} cannot be used: ${reasonOf(error, url)}`
    throw new CannotStart(line, { cause: error })
  }
}
