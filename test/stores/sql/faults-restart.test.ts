import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe } from 'vitest'
import { needs } from '../../needs.ts'
import { restarts } from '../faults/restarts.ts'
import { type CrashingServer, findMariadb, findPostgres, startMariadb, startPostgres } from '../faults/servers.ts'
import { until } from '../key-value/servers/program.ts'
import * as mysql2 from './backends/mysql2.ts'
import * as pg from './backends/pg.ts'
import type { Open } from './backends/test-database.ts'

const postgres = findPostgres()
const mariadb = findMariadb()

/** Postgres.js lets a query wait for a connection that it will not open before up to 20 seconds have passed. */
const NO_BACKOFF = '?backoff=0'

describe.skipIf(needs('PostgreSQL', postgres !== null, 'apt-get install postgresql'))('PostgreSQL', () => {
  restartsThrough(['pg', 'postgres'], pg.open, async () => {
    const server = await startPostgres(String(postgres))
    return { server, url: `postgres://postgres@127.0.0.1:${server.port}/postgres` }
  })
})

describe.skipIf(needs('MariaDB', mariadb !== null, 'apt-get install mariadb-server'))('MariaDB', () => {
  restartsThrough(['mysql2', 'mariadb'], mysql2.open, async () => {
    if (mariadb === null) throw new Error('There is no MariaDB.')
    const server = await startMariadb(mariadb)
    const connection = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root' })
    await connection.query('CREATE DATABASE IF NOT EXISTS test CHARACTER SET utf8mb4')
    await connection.end()
    return { server, url: `mysql://root@127.0.0.1:${server.port}/test` }
  })
})

function restartsThrough(
  drivers: readonly string[],
  open: Open,
  start: () => Promise<{ server: CrashingServer; url: string }>,
): void {
  let running: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    running = await start()
    const database = await open(running.url)
    await until('the server takes statements', () => database.migrate().then(() => true))
    await database.close()
  })
  afterAll(() => running?.server.stop())

  describe.each(drivers)('through %s', (name) => {
    restarts({
      name,
      module: new URL(`./backends/${name}.ts`, import.meta.url),
      target: () => `${running.url}${name === 'postgres' ? NO_BACKOFF : ''}`,
      server: () => running.server,
    })
  })
}
