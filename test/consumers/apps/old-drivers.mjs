/** Holds the stores to their contract on drivers older, or newer, than those of the store tests. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient as createLibsql } from '@libsql/client'
import { drizzleStore, migrate as migrateDrizzle } from 'countersign/stores/drizzle'
import { kyselyStore, migrate as migrateKysely } from 'countersign/stores/kysely'
import { libsqlStore, migrate as migrateLibsql } from 'countersign/stores/libsql'
import { redisStore } from 'countersign/stores/redis'
import { userStoreCases } from 'countersign/testing'
import { sql as sql044 } from 'drizzle-044'
import { drizzle as drizzle044 } from 'drizzle-044/libsql'
import { sql as sqlBeta } from 'drizzle-beta'
import { drizzle as drizzleBeta } from 'drizzle-beta/libsql'
import { sql as sqlRc } from 'drizzle-rc'
import { drizzle as drizzleRc } from 'drizzle-rc/libsql'
import { Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { createClient as createRedis } from 'redis'

const libsql = createLibsql({ url: 'file:libsql.db' })
await migrateLibsql(libsql)
await holds('@libsql/client', () => libsqlStore(libsql))

const database = new Kysely({ dialect: new SqliteDialect({ database: new Database('kysely.db') }) })
await migrateKysely(database, { dialect: 'sqlite' })
await holds('kysely', () => kyselyStore(database, { dialect: 'sqlite' }))

const drizzles = { 'drizzle-044': [drizzle044, sql044], 'drizzle-beta': [drizzleBeta, sqlBeta] }
drizzles['drizzle-rc'] = [drizzleRc, sqlRc]
for (const [name, [drizzle, sql]] of Object.entries(drizzles)) {
  const opened = drizzle({ client: createLibsql({ url: `file:${name}.db` }) })
  const options = { dialect: 'sqlite', sql }
  await migrateDrizzle(opened, options)
  await holds(name, () => drizzleStore(opened, options))
}

const server = spawn('redis-server', ['--port', '0', '--unixsocket', `${process.cwd()}/redis.sock`, '--save', ''])
process.once('exit', () => server.kill())
await once(server, 'spawn')
const redis = createRedis({ socket: { path: `${process.cwd()}/redis.sock` } })
// The first tries come before the server listens.
redis.on('error', () => {})
await redis.connect()
await holds('redis', () => redisStore(redis))
await redis.quit()
server.kill()

async function holds(name, makeStore) {
  for (const { name: what, run } of userStoreCases(makeStore)) {
    // Which ids are apart is a matter of the tables, not of the driver.
    if (what.startsWith('users whose ids')) continue
    await run().catch((error) => {
      throw new Error(`${name}: ${what}: ${error.message}`)
    })
  }
  console.log(`${name} holds`)
}
