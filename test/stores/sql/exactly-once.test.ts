import { afterAll, beforeAll, describe, inject } from 'vitest'
import { needs } from '../../needs.ts'
import { exactlyOnce } from '../exactly-once/run.ts'
import * as mysql2 from './backends/mysql2.ts'
import * as pg from './backends/pg.ts'
import type { Open, TestDatabase } from './backends/test-database.ts'

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

describe.skipIf(skipPostgres)('four processes on PostgreSQL', () => {
  races(['pg', 'postgres', 'kysely'], postgresUrl, pg.open)
})

describe.skipIf(skipMysql)('four processes on MariaDB', () => {
  races(['mysql2', 'mariadb', 'drizzle'], mysqlUrl, mysql2.open)
})

function races(drivers: readonly string[], url: string, open: Open): void {
  let database: TestDatabase
  beforeAll(async () => {
    database = await open(url)
    await database.migrate()
  })
  afterAll(() => database?.close())

  describe.each(drivers)('through %s', (driver) => {
    exactlyOnce({ module: new URL(`./backends/${driver}.ts`, import.meta.url), target: () => url })
  })
}
