import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { migrate } from 'countersign/stores/libsql'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { needs } from '../../needs.ts'
import { kills } from '../faults/kills.ts'
import * as mysql2 from './backends/mysql2.ts'
import * as pg from './backends/pg.ts'
import type { Open } from './backends/test-database.ts'

const folder = new URL('.', import.meta.url)
const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

describe('an SQLite file, through @libsql/client', () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-kills-'))
  const path = join(place, 'test.db')
  beforeAll(async () => {
    const client = createClient({ url: `file:${path}` })
    await migrate(client)
    client.close()
  })
  afterAll(() => rmSync(place, { recursive: true, force: true }))
  const module = new URL('../faults/libsql.ts', import.meta.url)
  kills({ name: '@libsql/client', module, target: () => path, folder })
})

describe.skipIf(skipPostgres)('PostgreSQL, through pg', () => killsOn('pg', postgresUrl, pg.open))

describe.skipIf(skipMysql)('MariaDB, through mysql2', () => killsOn('mysql2', mysqlUrl, mysql2.open))

function killsOn(name: string, url: string, open: Open): void {
  beforeAll(async () => {
    const database = await open(url)
    await database.migrate()
    await database.close()
  })
  kills({ name, module: new URL(`./backends/${name}.ts`, import.meta.url), target: () => url, folder })
}
