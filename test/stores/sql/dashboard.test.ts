import { fileURLToPath } from 'node:url'
import { type Connection, createConnection } from 'mysql2/promise'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { expectBackAgain, expectOneCodeOnce, expectRefusal, startTwo } from '../../dashboard/instances.ts'
import { needs } from '../../needs.ts'

const given = inject('mysqlUrl')
const NODE_PATH = fileURLToPath(new URL('node_modules', import.meta.url))
const PATIENCE_MS = 120_000

describe.skipIf(needs('MariaDB', given !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL'))(
  'the dashboard on MariaDB',
  { timeout: PATIENCE_MS },
  () => {
    let admin: Connection
    beforeAll(async () => {
      admin = await createConnection(given)
    })
    afterAll(() => admin?.end())
    async function connectionsTo(database: string): Promise<number[]> {
      const [rows] = await admin.execute('SELECT id FROM information_schema.processlist WHERE db = ?', [database])
      return v.parse(v.array(v.object({ id: v.number() })), rows).map(({ id }) => id)
    }
    const urlOf = (change: (url: URL) => void): string => {
      const url = new URL(given)
      change(url)
      return url.href
    }

    test.each(['mysql', 'mariadb'])(
      'two instances take a code once, and go on when the server has cut them off: %s://',
      async (kind) => {
        const name = `countersign_dashboard_${kind}_${process.pid}`
        await admin.query(`CREATE DATABASE ${name}`)
        const url = urlOf((url) => {
          url.protocol = kind
          url.pathname = `/${name}`
        })
        const instances = await startTwo({ DATABASE_URL: url, NODE_PATH })
        try {
          await expectOneCodeOnce(instances)
          const [rows] = await admin.query(
            `SELECT (SELECT count(*) FROM ${name}.two_factor) AS records, (SELECT count(*) FROM ${name}.access_tokens) AS tokens`,
          )
          expect(rows).toEqual([{ records: 1, tokens: 2 }])
          for (const id of await connectionsTo(name)) await admin.query(`KILL CONNECTION ${id}`)
          await expectBackAgain(instances)
        } finally {
          await instances.stop()
          await admin.query(`DROP DATABASE ${name}`)
        }
      },
    )

    test('a wrong password is said in one line, without it', () => {
      const url = urlOf((url) => {
        url.username = 'root'
        url.password = 's3cret'
      })
      return expectRefusal(
        { DATABASE_URL: url, NODE_PATH },
        /^DATABASE_URL: mysql:\/\/.+ cannot be used: Access denied for user 'root'@'.+' \(using password: YES\)$/,
      )
    })

    test('a server that is not there is said in one line', () => {
      const url = urlOf((url) => {
        url.password = 's3cret'
        url.port = '1'
      })
      return expectRefusal({ DATABASE_URL: url, NODE_PATH }, /cannot be used: connect ECONNREFUSED \S+:1$/)
    })
  },
)
