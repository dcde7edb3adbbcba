import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import { retryWhileLocked } from './sql/busy.ts'
import type { SqlDriver, SqlResult, SqlStatement, SqlValue } from './sql/driver.ts'
import { migrateFile, migration } from './sql/migrate.ts'
import {
  checkStoreOptions,
  checkTableOptions,
  type MigrateOptions,
  type StoreOptions,
  type TableOption,
} from './sql/options.ts'
import { createQueue } from './sql/queue.ts'
import { tokenSchema } from './sql/schema.ts'
import { isRead, sqlite } from './sql/sqlite.ts'
import { sqlStore } from './sql/store.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** The part of @libsql/client's `Client` that is used. */
export interface LibsqlClient {
  protocol: string
  execute(statement: LibsqlStatement): Promise<SqlResult>
  executeMultiple(script: string): Promise<void>
  batch(statements: LibsqlStatement[], mode: 'write'): Promise<SqlResult[]>
  transaction(mode: 'deferred'): Promise<LibsqlTransaction>
}

/** The part of its `Transaction` that is used. */
export interface LibsqlTransaction {
  execute(statement: LibsqlStatement): Promise<SqlResult>
  executeMultiple(script: string): Promise<void>
  batch(statements: LibsqlStatement[]): Promise<SqlResult[]>
  close(): void
}

/** A statement and its bound values. */
export interface LibsqlStatement {
  sql: string
  args: SqlValue[]
}

const CLIENT: ClientNeeds = {
  pass: "a client of @libsql/client, such as createClient({ url: 'file:app.db' })",
  from: 'libsql',
  functions: ['execute', 'executeMultiple', 'batch', 'transaction'],
}

/**
 * Stores records through @libsql/client: in an SQLite file, which any number of processes may share, or on a libSQL
 * server (Turso). Do not use an embedded replica (`syncUrl`): it can read old data.
 *
 * If several processes write your own data to the same file, open your client with a `timeout`. Otherwise, if one
 * of your statements meets another's lock (`SQLITE_BUSY`), its connection becomes unusable.
 *
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction.
 * @throws CountersignError `invalid_option` for an invalid table or column name
 * @example
 * const client = createClient({ url: 'file:app.db', timeout: 1_000 })
 * await migrate(client)
 * const twoFactor = createTwoFactor({ store: libsqlStore(client), … })
 */
export function libsqlStore(client: LibsqlClient, options?: StoreOptions): UserStore {
  checkStoreOptions('libsqlStore', options)
  checkClient('libsqlStore', client, CLIENT)
  return sqlStore(driverOf(client), sqlite, options)
}

/**
 * Creates the tables if they don't exist, and switches a file to a write-ahead log. Safe to run at every start, in
 * several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(client: LibsqlClient, options?: MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options)
  checkClient('migrate', client, CLIENT)
  return run(client, migration('sqlite', options))
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option` for an invalid table name
 * @example
 * await migrateTokens(client)
 * const tokens = createAccessTokens({ twoFactor, store: libsqlTokenStore(client), prefix: 'acme' })
 */
export function libsqlTokenStore(client: LibsqlClient, options?: TableOption): TokenStore {
  checkTableOptions('libsqlTokenStore', options)
  checkClient('libsqlTokenStore', client, CLIENT)
  return sqlTokenStore(driverOf(client), sqlite, options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(client: LibsqlClient, options?: TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options)
  checkClient('migrateTokens', client, CLIENT)
  return run(client, tokenSchema('sqlite', options))
}

async function run(client: LibsqlClient, schema: string): Promise<void> {
  if (client.protocol === 'file') return migrateFile((script) => client.executeMultiple(script), schema)
  await client.executeMultiple(schema)
}

function driverOf(client: LibsqlClient): SqlDriver {
  return client.protocol === 'file' ? fileDriver(client) : serverDriver(client)
}

function serverDriver(client: LibsqlClient): SqlDriver {
  return {
    query: (sql, args) => retryWhileLocked(() => client.execute({ sql, args })),
    batch: (statements) => retryWhileLocked(() => client.batch(statements.map(bound), 'write')),
  }
}

/**
 * @libsql/client 0.18 never resets a prepared statement that failed with SQLITE_BUSY. It stays in progress until it is
 *   garbage collected. Until then its connection commits nothing, although every later write reports one row written,
 *   and reads an old state (https://github.com/tursodatabase/libsql-client-ts/issues/352). So here no prepared
 *   statement ever waits for a lock: a script takes it, since scripts are always finalized. And COMMIT, which fails if
 *   a statement of the host is stuck on this connection, proves that a write landed and a read was fresh.
 */
function fileDriver(client: LibsqlClient): SqlDriver {
  // Each transaction is short but takes a connection, and the client limits those: so one after the other.
  const turn = createQueue()

  function inTransaction<T>(work: (transaction: LibsqlTransaction) => Promise<T>): Promise<T> {
    return retryWhileLocked(() =>
      turn(async () => {
        const transaction = await client.transaction('deferred')
        try {
          return await work(transaction)
        } finally {
          transaction.close()
        }
      }),
    )
  }

  return {
    query: (sql, args) =>
      inTransaction((transaction) =>
        isRead(sql) ? read(transaction, { sql, args }) : write(transaction, { sql, args }),
      ),
    batch: (statements) => inTransaction((transaction) => writeAll(transaction, statements.map(bound))),
  }
}

function bound({ sql, params }: SqlStatement): LibsqlStatement {
  return { sql, args: params }
}

async function read(transaction: LibsqlTransaction, statement: LibsqlStatement): Promise<SqlResult> {
  await transaction.executeMultiple('SELECT 1 FROM sqlite_schema LIMIT 1')
  const result = await transaction.execute(statement)
  await transaction.executeMultiple('COMMIT')
  return result
}

/**
 * Started in one go, so that a file's lock is taken and released before anything else in this process runs: the host's
 * own writes never meet it. If the first step fails there is no transaction, and the others refuse.
 */
async function write(transaction: LibsqlTransaction, statement: LibsqlStatement): Promise<SqlResult> {
  const [, result] = await Promise.all([
    transaction.executeMultiple('ROLLBACK; BEGIN IMMEDIATE'),
    transaction.execute(statement),
    transaction.executeMultiple('COMMIT'),
  ])
  return result
}

/**
 * The same for several. Since all are started before any has failed, the last one sets a mark, without which the script
 * after them does not reach its COMMIT.
 */
async function writeAll(transaction: LibsqlTransaction, statements: LibsqlStatement[]): Promise<SqlResult[]> {
  const [, results] = await Promise.all([
    transaction.executeMultiple('ROLLBACK; BEGIN IMMEDIATE'),
    transaction.batch([...statements, { sql: 'SAVEPOINT all_written', args: [] }]),
    transaction.executeMultiple('RELEASE all_written; COMMIT'),
  ])
  return results.slice(0, -1)
}
