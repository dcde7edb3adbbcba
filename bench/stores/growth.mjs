import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createClient } from '@libsql/client'
import {
  ioredisStore,
  libsqlStore,
  migrateLibsql,
  migrateMysql,
  migratePg,
  mysql2Store,
  natsStore,
  pgStore,
} from './dist/measured.js'
import { temporaryFile } from './in-process.mjs'
import { median, quantile } from './median.mjs'
import { createPerson } from './person.mjs'
import { openPg } from './sql.mjs'
import { printTable } from './table.mjs'

const driverOf = createRequire(new URL('../../test/stores/key-value/package.json', import.meta.url))
const sqlDriverOf = createRequire(new URL('../../test/stores/sql/package.json', import.meta.url))

/** Numbers of users to compare, besides the one that was asked for. */
const SIZES = [1000, 100_000]
/** Users who sign in, spread over the table. */
const PERSONS = 1000
/** The rows around them are written in this many statements. */
const FILLS = 50
const SIGN_INS_IN_TURN = 20
/** NATS takes them one by one. */
const MOST_ON_NATS = 100_000
const VERSION = 'AAAAAAAAAAAAAAAAAAAAAA'
const ENABLED_AT_MS = 1_800_000_000_000

/** The time of a sign-in, and the bytes of a user, among few users and among many. */
export async function measureGrowth({ postgresUrl, mysqlUrl, redis, nats }, users) {
  const sizes = [...SIZES.filter((size) => size < users), users]
  const rows = []
  if (postgresUrl !== '') rows.push(...(await grow('PostgreSQL, pg', await openPostgres(postgresUrl), sizes)))
  rows.push(...(await grow('SQLite, libsql', await openSqlite(), sizes)))
  if (mysqlUrl !== '') rows.push(...(await grow('MariaDB, mysql2', openMysql(mysqlUrl), sizes)))
  if (redis !== null) rows.push(...(await grow('Redis, ioredis', await openRedis(redis.port), sizes)))
  if (nats !== null) {
    const few = sizes.filter((size) => size <= MOST_ON_NATS)
    rows.push(...(await grow('NATS, nats', await openNats(nats.addresses), few)))
  }
  printTable(
    'growth',
    'Growth',
    ['store', 'users', 'p50, µs', 'p99, µs', 'p50 relative to the fewest users', 'bytes of a user'],
    rows,
  )
}

async function grow(name, database, sizes) {
  try {
    const tables = []
    for (const users of sizes) {
      const table = `users_${users}`
      const before = await database.bytes(table)
      const persons = await fill(database, table, users)
      tables.push({ table, users, before, persons, times: [] })
    }
    await database.settle?.()
    for (let turn = 0; turn < PERSONS; turn += SIGN_INS_IN_TURN) {
      for (const { persons, times } of tables) {
        for (const person of persons.slice(turn, turn + SIGN_INS_IN_TURN)) times.push(await timed(person))
      }
    }
    // Of each size against the fewest within the same turn: whatever else the machine does falls on all of them.
    const [fewest] = tables
    const rows = []
    for (const { table, users, before, times } of tables) {
      rows.push([
        name,
        users,
        median(times).toFixed(0),
        quantile(times, 0.99).toFixed(0),
        (median(times) / median(fewest.times)).toFixed(2),
        (((await database.bytes(table)) - before) / users).toFixed(0),
      ])
    }
    return rows
  } finally {
    await database.close()
  }
}

/** Users who can sign in, and between them, in the table and in its index, users who only fill it. */
async function fill(database, table, users) {
  const store = await database.storeIn(table)
  const text = await ordinaryRecord(store)
  const persons = []
  const fillers = Math.max(0, users - PERSONS)
  for (let part = 0; part < FILLS; part++) {
    while (persons.length < (PERSONS * (part + 1)) / FILLS) persons.push(await createPerson(store))
    await database.fill(table, Math.floor(fillers / FILLS), text)
  }
  for (const { prepare } of persons) prepare(1)
  return persons
}

async function ordinaryRecord(store) {
  const { userId, prepare, signIn } = await createPerson(store)
  prepare(3)
  for (let signIns = 0; signIns < 3; signIns++) await signIn()
  return JSON.stringify((await store.load(userId)).record)
}

async function timed({ signIn }) {
  const startMs = performance.now()
  await signIn()
  return (performance.now() - startMs) * 1000
}

async function openPostgres(url) {
  const { pool, close } = await openPg(url)
  const tables = []
  return {
    async storeIn(table) {
      tables.push(table)
      await migratePg(pool, { table })
      return pgStore(pool, { table })
    },
    fill: (table, count, text) =>
      pool.query(
        `INSERT INTO ${table} SELECT gen_random_uuid()::text, '${VERSION}', $1::text::json, ${ENABLED_AT_MS} FROM generate_series(1, $2)`,
        [text, count],
      ),
    settle: async () => {
      await pool.query('VACUUM ANALYZE')
      await pool.query('CHECKPOINT')
    },
    bytes: async (table) => {
      if (!tables.includes(table)) return 0
      const { rows } = await pool.query(`SELECT pg_total_relation_size('${table}') AS bytes`)
      return Number(rows[0].bytes)
    },
    close: async () => {
      await pool.query(`DROP TABLE ${tables.join(', ')}`)
      await close()
    },
  }
}

async function openSqlite() {
  const files = {}
  return {
    async storeIn(table) {
      const file = temporaryFile()
      const client = createClient({ url: `file:${file.path}` })
      files[table] = { ...file, client }
      await migrateLibsql(client)
      return libsqlStore(client)
    },
    fill: (table, count, text) =>
      files[table].client.execute({
        sql: `INSERT INTO two_factor WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?)
          SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(14))), '${VERSION}', ?, ${ENABLED_AT_MS} FROM n`,
        args: [count, text],
      }),
    bytes: async (table) => (files[table] === undefined ? 0 : statSync(files[table].path).size),
    close: () => {
      for (const { client, remove } of Object.values(files)) {
        client.close()
        remove()
      }
    },
  }
}

async function openRedis(port) {
  const { Redis } = driverOf('ioredis')
  const client = new Redis(port, '127.0.0.1')
  const usedMemory = async () => Number(/^used_memory_dataset:(\d+)/m.exec(await client.info('memory'))[1])
  // One server holds them all: what each added is known right after it was filled.
  const filled = new Map()
  return {
    storeIn: async (table) => ioredisStore(client, { prefix: `${table}:` }),
    async fill(table, count, text) {
      const PIPELINED = 1000
      for (let done = 0; done < count; done += PIPELINED) {
        const pipeline = client.pipeline()
        for (let user = done; user < Math.min(count, done + PIPELINED); user++) {
          const key = `${table}:two-factor:${crypto.randomUUID()}`
          pipeline.hset(key, 'version', VERSION, 'record', text, 'enabled_at', ENABLED_AT_MS)
        }
        await pipeline.exec()
      }
      filled.set(table, await usedMemory())
    },
    bytes: async (table) => filled.get(table) ?? usedMemory(),
    async close() {
      await client.flushall()
      await client.quit()
    },
  }
}

function openMysql(url) {
  const pool = sqlDriverOf('mysql2/promise').createPool(url)
  const tables = []
  return {
    async storeIn(table) {
      tables.push(table)
      await migrateMysql(pool, { table })
      return mysql2Store(pool, { table })
    },
    fill: (table, count, text) =>
      count === 0
        ? undefined
        : pool.query(`INSERT INTO ${table} SELECT UUID(), '${VERSION}', ?, ${ENABLED_AT_MS} FROM seq_1_to_${count}`, [
            text,
          ]),
    settle: () => pool.query(`ANALYZE TABLE ${tables.join(', ')}`),
    bytes: async (table) => {
      if (!tables.includes(table)) return 0
      const [[row]] = await pool.query(
        'SELECT data_length + index_length AS bytes FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
        [table],
      )
      return Number(row.bytes)
    },
    close: async () => {
      await pool.query(`DROP TABLE ${tables.join(', ')}`)
      await pool.end()
    },
  }
}

async function openNats(addresses) {
  const connection = await driverOf('@nats-io/transport-node').connect({ servers: [...addresses] })
  const { Kvm } = driverOf('@nats-io/kv')
  const buckets = {}
  return {
    async storeIn(table) {
      buckets[table] = await new Kvm(connection).create(table, { allow_direct: false })
      return natsStore(buckets[table])
    },
    async fill(table, count, text) {
      const AT_ONCE = 100
      for (let done = 0; done < count; done += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, count - done) })
        await Promise.all(some.map(() => buckets[table].put(crypto.randomUUID(), text)))
      }
    },
    bytes: async (table) => (buckets[table] === undefined ? 0 : (await buckets[table].status()).size),
    async close() {
      for (const bucket of Object.values(buckets)) await bucket.destroy()
      await connection.close()
    },
  }
}
