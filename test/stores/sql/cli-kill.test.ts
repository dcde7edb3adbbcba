import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { libsqlStore } from 'countersign/stores/libsql'
import { pgStore } from 'countersign/stores/pg'
import { Pool } from 'pg'
import { describe, inject } from 'vitest'
import { postgresConfig, SQLITE } from '../../cli/databases.ts'
import { needs } from '../../needs.ts'
import { cliKills } from '../faults/cli-kills.ts'

const built = existsSync(new URL('../../../dist/cli/index.js', import.meta.url))
const skip = needs('the build', built, 'npm run build')
const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')

describe.skipIf(skip)('npx countersign on an SQLite file', () => {
  cliKills({
    config: () => SQLITE,
    async open({ folder }) {
      const client = createClient({ url: `file:${join(folder, 'app.db')}` })
      return { store: libsqlStore(client), close: () => client.close() }
    },
    clear: async () => undefined,
  })
})

describe.skipIf(skip || skipPostgres)('npx countersign on PostgreSQL', () => {
  cliKills({
    config: () =>
      postgresConfig('cli_kills', postgresUrl).replaceAll(
        "'cli_kills'",
        "'cli_kills', audit: { table: 'cli_kills_events' }",
      ),
    async imports() {
      const pool = new Pool({ connectionString: postgresUrl })
      const { rows } = await pool.query<{ times: number }>(
        "SELECT count(*)::int AS times FROM cli_kills_events WHERE type = 'two-factor.imported' GROUP BY user_id",
      )
      await pool.end()
      return rows.map(({ times }) => times)
    },
    async open() {
      const pool = new Pool({ connectionString: postgresUrl })
      return { store: pgStore(pool, { table: 'cli_kills' }), close: () => pool.end() }
    },
    async clear() {
      const pool = new Pool({ connectionString: postgresUrl })
      await pool.query('DROP TABLE IF EXISTS cli_kills, cli_kills_events')
      await pool.end()
    },
  })
})
