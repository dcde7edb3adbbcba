import { beforeAll, describe, inject } from 'vitest'
import { needs } from '../../needs.ts'
import { connectionCuts } from '../faults/cuts.ts'
import * as mysql2 from './backends/mysql2.ts'
import * as pg from './backends/pg.ts'
import type { Open } from './backends/test-database.ts'

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

describe.skipIf(skipPostgres)('PostgreSQL', () => cuts(['pg', 'postgres', 'kysely'], postgresUrl, pg.open))

describe.skipIf(skipMysql)('MariaDB', () => cuts(['mysql2', 'mariadb'], mysqlUrl, mysql2.open))

function cuts(drivers: readonly string[], url: string, open: Open): void {
  beforeAll(async () => {
    const database = await open(url)
    await database.migrate()
    await database.close()
  })

  describe.each(drivers)('through %s', (driver) => {
    connectionCuts({
      module: new URL(`./backends/${driver}.ts`, import.meta.url),
      port: () => Number(new URL(url).port),
      target: (port) => url.replace(/:\d+\//, `:${port}/`),
      outcome: 'threw',
    })
  })
}
