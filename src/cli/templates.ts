/** What `init` writes for a database. */
export interface DatabaseTemplate {
  title: string
  /** The variable with its address; null if there is a default. */
  variable: string | null
  /** What to install. */
  packages: readonly string[]
  dialect: 'postgres' | 'mysql' | 'sqlite' | null
  imports: string
  open: string
  store: string
  extras: string
}

export const DATABASES: Readonly<Record<string, DatabaseTemplate>> = {
  pg: {
    title: 'PostgreSQL (pg)',
    variable: 'DATABASE_URL',
    packages: ['pg'],
    dialect: 'postgres',
    imports: "import { Pool } from 'pg'\nimport { migrate, pgStore } from 'countersign/stores/pg'",
    open: `const pool = new Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', ({ message }) => console.error('PostgreSQL: %s', message))`,
    store: 'pgStore(pool)',
    extras: `  migrate: () => migrate(pool),
  scratchStore: async () => {
    await migrate(pool, { table: 'countersign_scratch' })
    return pgStore(pool, { table: 'countersign_scratch' })
  },
  databaseNowMs: async () => (await pool.query('SELECT now()')).rows[0].now.getTime(),
  close: () => pool.end(),`,
  },
  mysql2: {
    title: 'MySQL or MariaDB (mysql2)',
    variable: 'DATABASE_URL',
    packages: ['mysql2'],
    dialect: 'mysql',
    imports:
      "import { createPool } from 'mysql2/promise'\nimport { migrate, mysql2Store } from 'countersign/stores/mysql2'",
    open: "if (!process.env.DATABASE_URL) throw new Error('Set DATABASE_URL.')\nconst pool = createPool(process.env.DATABASE_URL)",
    store: 'mysql2Store(pool)',
    extras: `  migrate: () => migrate(pool),
  scratchStore: async () => {
    await migrate(pool, { table: 'countersign_scratch' })
    return mysql2Store(pool, { table: 'countersign_scratch' })
  },
  databaseNowMs: async () => Number((await pool.query('SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS now'))[0][0].now),
  close: () => pool.end(),`,
  },
  'better-sqlite3': {
    title: 'SQLite (better-sqlite3)',
    variable: null,
    packages: ['better-sqlite3'],
    dialect: 'sqlite',
    imports:
      "import Database from 'better-sqlite3'\nimport { betterSqlite3Store, migrate } from 'countersign/stores/better-sqlite3'",
    open: "const database = new Database(process.env.DATABASE_FILE ?? 'app.db')",
    store: 'betterSqlite3Store(database)',
    extras: `  migrate: () => migrate(database),
  scratchStore: async () => {
    await migrate(database, { table: 'countersign_scratch' })
    return betterSqlite3Store(database, { table: 'countersign_scratch' })
  },
  close: () => database.close(),`,
  },
  libsql: {
    title: 'SQLite or Turso (@libsql/client)',
    variable: null,
    packages: ['@libsql/client'],
    dialect: 'sqlite',
    imports:
      "import { createClient } from '@libsql/client'\nimport { libsqlStore, migrate } from 'countersign/stores/libsql'",
    open: "const client = createClient({ url: process.env.DATABASE_URL ?? 'file:app.db', timeout: 1_000 })",
    store: 'libsqlStore(client)',
    extras: `  migrate: () => migrate(client),
  scratchStore: async () => {
    await migrate(client, { table: 'countersign_scratch' })
    return libsqlStore(client, { table: 'countersign_scratch' })
  },
  close: () => client.close(),`,
  },
  ioredis: {
    title: 'Redis (ioredis)',
    variable: 'REDIS_URL',
    packages: ['ioredis'],
    dialect: null,
    imports: "import { Redis } from 'ioredis'\nimport { checkRedis, ioredisStore } from 'countersign/stores/ioredis'",
    open: `const client = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { maxRetriesPerRequest: 3 })
client.on('error', ({ message }) => console.error('Redis: %s', message))`,
    store: 'ioredisStore(client)',
    extras: `  check: () => checkRedis(client),
  scratchStore: () => ioredisStore(client, { prefix: 'countersign-scratch:' }),
  close: () => client.disconnect(),`,
  },
}

const MOUNTS: Readonly<Record<string, { imports: string; mount: string }>> = {
  express: {
    imports: "import { toNodeHandler } from 'countersign/http/node'",
    mount: "app.use('/two-factor', toNodeHandler(handler))",
  },
  fastify: {
    imports: "import { toFastifyHandler } from 'countersign/http/node'",
    mount: "app.all('/two-factor/*', toFastifyHandler(handler))",
  },
  hono: { imports: '', mount: "app.all('/two-factor/*', (c) => handler(c.req.raw))" },
  fetch: { imports: '', mount: '// Call handler(request) with every request below /two-factor.' },
}

export const FRAMEWORKS: readonly string[] = Object.keys(MOUNTS)

export function configText({ imports, open, store, extras }: DatabaseTemplate, issuer: string): string {
  return `import { createTwoFactor } from 'countersign'
${imports}

${open}
export const store = ${store}
export const twoFactor = createTwoFactor({ issuer: ${JSON.stringify(issuer)}, store, keys: process.env.COUNTERSIGN_KEYS })

export default {
  twoFactor,
  store,
${extras}
}
`
}

/** The lines for the application. */
export function mountText(framework: string): string {
  const { imports, mount } = MOUNTS[framework] ?? { imports: '', mount: '' }
  const lines = [
    "import { createHandler } from 'countersign/http'",
    imports,
    "import { twoFactor } from './countersign.config.mjs'",
    '',
    'const handler = createHandler({',
    '  twoFactor,',
    '  authenticate: async (request) => userOfSession(request), // { userId, accountName }, or null if nobody is signed in',
    "  openSession: async (userId) => ({ 'Set-Cookie': await openSessionOf(userId) }),",
    '})',
    mount,
  ]
  return lines.filter((line, at) => line !== '' || at === 3).join('\n')
}
