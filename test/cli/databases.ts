import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { built } from './program.ts'

const require = createRequire(import.meta.url)
const packaged = (name: string) => pathToFileURL(require.resolve(name)).href

/** A config over an SQLite file in the project's folder. */
export const SQLITE = `import { createTwoFactor } from '${built('index.js')}'
import { libsqlStore, migrate } from '${built('stores/libsql.js')}'
import libsql from '${packaged('@libsql/client')}'

const client = libsql.createClient({ url: 'file:app.db', timeout: 1000 })
const store = libsqlStore(client)
export default {
  twoFactor: createTwoFactor({ issuer: 'Acme', store, keys: process.env.COUNTERSIGN_KEYS }),
  store,
  migrate: () => migrate(client),
  close: () => client.close(),
}
`

export const POSTGRES_URL: string = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

/** One over a table of its own in PostgreSQL. */
export function postgresConfig(table: string, url: string = POSTGRES_URL): string {
  return `import { createTwoFactor } from '${built('index.js')}'
import { migrate, pgStore } from '${built('stores/pg.js')}'
import pg from '${packaged('pg')}'

const pool = new pg.Pool({ connectionString: '${url}' })
const store = pgStore(pool, { table: '${table}' })
export default {
  twoFactor: createTwoFactor({ issuer: 'Acme', store, keys: process.env.COUNTERSIGN_KEYS }),
  store,
  migrate: () => migrate(pool, { table: '${table}' }),
  databaseNowMs: async () => (await pool.query('SELECT now()')).rows[0].now.getTime(),
  close: () => pool.end(),
}
`
}
