import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { betterSqlite3Store, libsqlStore, memoryStore, migrateBetterSqlite3, migrateLibsql } from './dist/measured.js'

const driverOf = createRequire(new URL('../../test/stores/package.json', import.meta.url))

const READ = 'SELECT version, record FROM two_factor WHERE user_id = ?'
const WRITE = 'UPDATE two_factor SET version = ?, record = ?, enabled_at = ? WHERE user_id = ? AND version = ?'

/** What runs in this process: there is no wait to hide the engine behind. */
export function inProcessBackends() {
  return [
    { name: 'memory', isInProcess: true, open: openMemory },
    { name: 'libsql', isInProcess: true, open: openLibsql },
    { name: 'better-sqlite3', isInProcess: true, open: openBetterSqlite3 },
  ]
}

async function openMemory() {
  const store = memoryStore()
  return {
    store,
    read: store.load,
    write: (userId, { text, ...change }) => store.save(userId, { ...change, record: JSON.parse(text), events: [] }),
    close: () => undefined,
  }
}

async function openLibsql() {
  const { path, remove } = temporaryFile()
  const client = createClient({ url: `file:${path}` })
  await migrateLibsql(client)
  return {
    store: libsqlStore(client),
    read: async (userId) => (await client.execute({ sql: READ, args: [userId] })).rows[0],
    write: async (userId, { expected, version, text, enabledAtMs }) => {
      const args = [version, text, enabledAtMs, userId, expected]
      return (await client.execute({ sql: WRITE, args })).rowsAffected === 1
    },
    close: () => {
      client.close()
      remove()
    },
  }
}

async function openBetterSqlite3() {
  const { path, remove } = temporaryFile()
  const database = new (driverOf('better-sqlite3'))(path)
  await migrateBetterSqlite3(database)
  const [read, write] = [database.prepare(READ), database.prepare(WRITE)]
  return {
    store: betterSqlite3Store(database),
    read: async (userId) => read.get(userId),
    write: async (userId, { expected, version, text, enabledAtMs }) =>
      write.run(version, text, enabledAtMs, userId, expected).changes === 1,
    close: () => {
      database.close()
      remove()
    },
  }
}

/** A path in a folder of its own, which goes with `remove`. */
export function temporaryFile() {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  return { path: join(folder, 'bench.db'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
