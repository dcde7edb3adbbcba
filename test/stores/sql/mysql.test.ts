import { type Connection, createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { needs } from '../../needs.ts'
import * as drizzle from './backends/drizzle.ts'
import * as kysely from './backends/kysely.ts'
import * as mariadb from './backends/mariadb.ts'
import * as mysql2 from './backends/mysql2.ts'
import type { Open } from './backends/test-database.ts'
import { bothKits } from './cases.ts'

const url = inject('mysqlUrl')

const DRIVERS: readonly [driver: string, open: Open][] = [
  ['mysql2', mysql2.open],
  ['mysql2 at READ COMMITTED', () => mysql2.open(url, 'read committed')],
  ['mysql2 at SERIALIZABLE', () => mysql2.open(url, 'serializable')],
  ['mysql2 that counts changed rows', () => mysql2.open(`${url}?flags=-FOUND_ROWS`)],
  ['mariadb', mariadb.open],
  ['mariadb at SERIALIZABLE', () => mariadb.open(url, 'serializable')],
  ['Kysely', kysely.openMysql],
  ['Drizzle', drizzle.openMysql2],
]

describe.skipIf(needs('MariaDB', url !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL'))(
  'MariaDB',
  () => {
    let connection: Connection
    beforeAll(async () => {
      connection = await createConnection(url)
    })
    afterAll(() => connection?.end())

    describe.each(DRIVERS)('through %s', (_driver, open) => {
      bothKits({
        open: () => open(url),
        isShared: true,
        readEnabledAtMs: async (userId) => {
          const [rows] = await connection.execute('SELECT enabled_at FROM two_factor WHERE user_id = ?', [userId])
          const [row]: unknown[] = Array.isArray(rows) ? rows : []
          const at = typeof row === 'object' && row !== null && 'enabled_at' in row ? row.enabled_at : null
          return at === null ? null : Number(at)
        },
      })
    })
  },
)
