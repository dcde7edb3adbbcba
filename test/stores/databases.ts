import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import type { UserStore } from 'countersign'
import * as betterSqlite3 from 'countersign/stores/better-sqlite3'
import type { MigrateOptions, StoreOptions } from 'countersign/stores/libsql'
import * as libsql from 'countersign/stores/libsql'
import * as nodeSqlite from 'countersign/stores/node-sqlite'
import type { TokenStore } from 'countersign/tokens'
import type { AuditedDatabase } from './audit/trail.ts'

/** An SQLite database, opened through one of the drivers that there is a store for. */
export interface TestDatabase extends AuditedDatabase {
  store(options?: StoreOptions): UserStore
  migrate(options?: MigrateOptions): Promise<void>
  tokenStore(table?: string): TokenStore
  migrateTokens(table?: string): Promise<void>
  close(): void
}

/** Opens a file, or a database in memory. */
type Open = (path: string) => TestDatabase

/** The drivers of this machine. libSQL is always there; of the others that are not, `tell` gets a line each. */
export async function sqliteDrivers(tell = tellStderr): Promise<readonly { name: string; open: Open }[]> {
  const drivers = [
    { name: '@libsql/client', open: openLibsql },
    await driver(tell, 'node:sqlite', 'it is in Node from 22 on', ({ DatabaseSync }, path) =>
      openNode(new DatabaseSync(path)),
    ),
    await driver(tell, 'better-sqlite3', 'npm ci --prefix test/stores', ({ default: Database }, path) =>
      openBetter(new Database(path)),
    ),
  ]
  return drivers.filter((found) => found !== null)
}

type Tell = (line: string) => void

function tellStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Null, and a line that says so, where the module is missing or was built for another Node. */
async function driver(
  tell: Tell,
  name: string,
  hint: string,
  open: (module: SqliteModule, path: string) => TestDatabase,
) {
  try {
    const module = await import(/* @vite-ignore */ name)
    open(module, ':memory:').close()
    return { name, open: (path: string) => open(module, path) }
  } catch {
    tell(`skipped: ${name} is not there (${hint})`)
    return null
  }
}

/** A path in a folder of its own, which goes with `remove`. */
export function temporaryFile(): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-stores-'))
  return { path: join(folder, 'test.db'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function openLibsql(path: string): TestDatabase {
  const client = createClient({ url: path === ':memory:' ? path : `file:${path}` })
  return {
    store: (options) => libsql.libsqlStore(client, options),
    migrate: (options) => libsql.migrate(client, options),
    tokenStore: (table) => libsql.libsqlTokenStore(client, { table }),
    migrateTokens: (table) => libsql.migrateTokens(client, { table }),
    query: async (sql) => (await client.execute(sql)).rows,
    close: () => client.close(),
  }
}

function openNode(database: DatabaseSync): TestDatabase {
  return {
    store: (options) => nodeSqlite.nodeSqliteStore(database, options),
    migrate: (options) => nodeSqlite.migrate(database, options),
    tokenStore: (table) => nodeSqlite.nodeSqliteTokenStore(database, { table }),
    migrateTokens: (table) => nodeSqlite.migrateTokens(database, { table }),
    query: async (sql) => database.prepare(sql).all(),
    transaction: (work) =>
      inTransaction(database, () => work((options) => nodeSqlite.nodeSqliteStore(database, options))),
    close: () => database.close(),
  }
}

function openBetter(database: BetterDatabase): TestDatabase {
  return {
    store: (options) => betterSqlite3.betterSqlite3Store(database, options),
    migrate: (options) => betterSqlite3.migrate(database, options),
    tokenStore: (table) => betterSqlite3.betterSqlite3TokenStore(database, { table }),
    migrateTokens: (table) => betterSqlite3.migrateTokens(database, { table }),
    query: async (sql) => {
      const statement = database.prepare(sql)
      if (statement.reader) return statement.all()
      statement.run()
      return []
    },
    transaction: (work) =>
      inTransaction(database, () => work((options) => betterSqlite3.betterSqlite3Store(database, options))),
    close: () => database.close(),
  }
}

/** The host's own, on its one connection. */
async function inTransaction(database: { exec(sql: string): unknown }, work: () => Promise<void>): Promise<void> {
  database.exec('BEGIN')
  try {
    await work()
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

interface SqliteModule {
  DatabaseSync: new (path: string) => DatabaseSync
  default: new (path: string) => BetterDatabase
}

/** What the declarations of @types/better-sqlite3 9.6.0 say of what is used here; they are not installed. */
interface BetterDatabase {
  prepare<BindParameters extends unknown[] | object = unknown[], Result = unknown>(
    source: string,
  ): BindParameters extends unknown[]
    ? BetterStatement<BindParameters, Result>
    : BetterStatement<[BindParameters], Result>
  exec(source: string): this
  close(): this
}
interface BetterStatement<BindParameters extends unknown[], Result = unknown> {
  reader: boolean
  run(...params: BindParameters): { changes: number; lastInsertRowid: number | bigint }
  all(...params: BindParameters): Result[]
}

/** What the declarations of @types/node 24.19.2 say of node:sqlite; those of Node 20 do not have it. */
interface DatabaseSync {
  prepare(sql: string): StatementSync
  exec(sql: string): void
  close(): void
}
type SQLInputValue = null | number | bigint | string | NodeJS.ArrayBufferView
interface StatementSync {
  all(...anonymousParameters: SQLInputValue[]): Record<string, null | number | bigint | string | Uint8Array>[]
  all(
    namedParameters: Record<string, SQLInputValue>,
    ...anonymousParameters: SQLInputValue[]
  ): Record<string, unknown>[]
  run(...anonymousParameters: SQLInputValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
}
