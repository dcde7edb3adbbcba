import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDatabaseUrl, reasonOf, withoutLogin } from '../../examples/dashboard/server/stores/database-url.ts'
import { needs } from '../needs.ts'
import { expectBackAgain, expectOneCodeOnce, expectRefusal, startTwo } from './instances.ts'

const PATIENCE_MS = 120_000
const postgres = new URL(process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test')

describe('DATABASE_URL', { timeout: PATIENCE_MS }, () => {
  test('file: two instances take a code once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dashboard-file-'))
    const url = `file:${join(folder, 'records.db')}`
    const instances = await startTwo({ DATABASE_URL: url })
    try {
      await expectOneCodeOnce(instances)
      expect(instances.said()).toContain(url)
    } finally {
      await instances.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })

  test.each(['', '?mode=unknown'])('a file that cannot be opened is said in one line: app.db%s', (parameters) =>
    expectRefusal(
      { DATABASE_URL: `file:/no-such-folder/app.db${parameters}` },
      /^DATABASE_URL: file:\/no-such-folder\/app\.db cannot be used: .+$/,
    ),
  )

  test.each(['mongodb://ada:s3cret@127.0.0.1/app', 'https://ada:s3cret@example.com', 's3cret:one'])(
    'an unknown kind is said in one line, and what is taken: %s',
    (url) =>
      expectRefusal(
        { DATABASE_URL: url },
        /^DATABASE_URL is of a kind that the dashboard does not know\. It takes postgres:\/\/…, mysql:\/\/…/,
      ),
  )

  test.each(['s3cret', 'postgres://ada:s3#cret@127.0.0.1/app', 'redis://ada:s3cret100%@127.0.0.1'])(
    'what is no URL is said in one line, and how a password is written: %s',
    (url) => expectRefusal({ DATABASE_URL: url }, /^DATABASE_URL is no URL\. .+ In a password, write # .+ as %23 /),
  )

  test.each([
    ['mysql', 'mysql2'],
    ['mariadb', 'mysql2'],
    ['redis', 'redis'],
    ['rediss', 'redis'],
    ['nats', '@nats-io/kv @nats-io/transport-node'],
  ])('%s:// without its driver says what to install', (kind, packages) =>
    expectRefusal(
      { DATABASE_URL: `${kind}://ada:s3cret@127.0.0.1/app` },
      new RegExp(`^This DATABASE_URL needs a driver\\. Run this first: npm install ${packages}$`),
    ),
  )

  test('a PostgreSQL that is not there is said in one line', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const address = `${host}:${await closedPort()}`
      await expectRefusal(
        { DATABASE_URL: `postgres://ada:s3cret@${address}/app?application_name=s3cret` },
        new RegExp(`^DATABASE_URL: postgres://${address}/app cannot be used: connect ECONNREFUSED [^ ]+$`),
      )
    }
  })
})

test('what a driver says comes out as one line, without the password as it is written or as it is meant', () => {
  const url = parseDatabaseUrl('postgres://ada:cor%2Frect@127.0.0.1/app?password=other')
  const said = new Error('no entry for ada:cor/rect\n  in postgres://ada:cor%2Frect@127.0.0.1')
  expect(reasonOf(said, url)).toBe('no entry for ada:*** in postgres://ada:***@127.0.0.1')
  expect(reasonOf(new AggregateError([new Error('refused'), new Error('refused too')]), url)).toBe('refused')
  expect(reasonOf(new RangeError(''), url)).toBe('RangeError')
  expect(reasonOf(new Error('no s3cret, ada'), parseDatabaseUrl('nats://s3cret@127.0.0.1'))).toBe('no ***, ada')
  expect(withoutLogin(url.href)).toBe('postgres://127.0.0.1/app')
  expect(withoutLogin('file:app.db?key=other')).toBe('file:app.db')
})

describe.skipIf(needs('PostgreSQL', await answers(postgres), 'start it, or set TEST_POSTGRES_URL'))(
  'DATABASE_URL: postgres',
  { timeout: PATIENCE_MS },
  () => {
    const schema = `countersign_dashboard_${process.pid}`
    const admin = new Client({ connectionString: postgres.href })
    beforeAll(async () => {
      await admin.connect()
      await admin.query(`CREATE SCHEMA ${schema}`)
    })
    afterAll(async () => {
      await admin.query(`DROP SCHEMA ${schema} CASCADE`)
      await admin.end()
    })

    test('two instances take a code once, and go on when the server has cut them off', async () => {
      const url = new URL(postgres)
      url.searchParams.set('application_name', schema)
      url.searchParams.set('options', `-c search_path=${schema}`)
      const instances = await startTwo({ DATABASE_URL: url.href })
      try {
        await expectOneCodeOnce(instances)
        expect(instances.said()).toContain(`${postgres.protocol}//${postgres.host}${postgres.pathname}`)
        expect(instances.said()).not.toContain('search_path')
        await admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1', [
          schema,
        ])
        await expectBackAgain(instances)
      } finally {
        await instances.stop()
      }
      const { rows } = await admin.query(
        `SELECT (SELECT count(*) FROM ${schema}.two_factor)::int AS records, (SELECT count(*) FROM ${schema}.access_tokens)::int AS tokens`,
      )
      expect(rows).toEqual([{ records: 1, tokens: 2 }])
    })

    test('a login that the server refuses is said in one line, without the password', () => {
      const url = new URL(postgres)
      url.username = 'nobody'
      url.password = 's3cret'
      return expectRefusal(
        { DATABASE_URL: url.href },
        /^DATABASE_URL: postgres.+ cannot be used: .*(role "nobody" does not exist|authentication failed for user "nobody")$/,
      )
    })

    test('a database that is not there is said in one line', () => {
      const url = new URL(postgres)
      url.pathname = '/no_such_database'
      return expectRefusal({ DATABASE_URL: url.href }, /cannot be used: database "no_such_database" does not exist$/)
    })
  },
)

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

function answers({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 5432) })
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
