import type { UserStore } from '../engine/store.ts'
import type { TokenStore } from '../tokens/store.ts'
import { storeInvalid } from './answers/store-invalid.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import { PATIENCE_MS } from './sql/busy.ts'
import type { SqlDriver, SqlValue } from './sql/driver.ts'
import { guarded } from './sql/guarded.ts'
import { inOrder } from './sql/in-order.ts'
import { migrateTables, migration } from './sql/migrate.ts'
import {
  checkStoreOptions,
  checkTableOptions,
  type MigrateOptions,
  type StoreOptions,
  type TableOption,
} from './sql/options.ts'
import { dialectOf, type SqlDialectName, tokenSchema } from './sql/schema.ts'
import { sqlStore } from './sql/store.ts'
import { sqlTokenStore } from './sql/tokens.ts'

export type { AuditOption, MigrateOptions, StoreOptions, TableOption, UsersTableColumns } from './sql/options.ts'
export { type SqlDialectName, schema, tokenSchema } from './sql/schema.ts'

/** The part of `PrismaClient`, or of the client that an interactive `$transaction` passes, that is used. */
export interface PrismaClient {
  $queryRawUnsafe(query: string, ...values: SqlValue[]): PromiseLike<unknown>
  $executeRawUnsafe(query: string, ...values: SqlValue[]): PromiseLike<number>
  /** On the client inside a transaction, in newer versions only. `maxWait`: milliseconds. */
  $transaction?<T>(work: (inside: PrismaClient) => Promise<T>, options?: { maxWait?: number }): Promise<T>
}

/** What cannot be read from a `PrismaClient`. */
export interface DialectOption {
  dialect: SqlDialectName
}

const CLIENT: ClientNeeds = {
  pass: 'a PrismaClient, such as new PrismaClient({ adapter })',
  from: 'prisma',
  functions: ['$queryRawUnsafe', '$executeRawUnsafe'],
}
const MORE_OPTIONS = ['dialect']

/**
 * Stores records through Prisma, whose schema need not know the table. Your own transaction also works, but only for
 * operations that consume no code: a rollback would make the code valid again. It must reach the primary, not a
 * replica.
 *
 * Values are bound, despite the names of the two Prisma functions that this calls.
 *
 * @param options.dialect `'postgres'`, `'mysql'` (MariaDB too) or `'sqlite'`.
 * @param options.table Default `two_factor`.
 * @param options.usersTable Stores records in columns of your users table instead; `options.columns` names them.
 * @param options.audit Writes events to a table in the same transaction. Inside your own transaction, Prisma must
 *   support nesting another.
 * @throws CountersignError `invalid_option`: an unknown dialect, an invalid table or column name, or `audit` where
 *   Prisma cannot do it
 * @example
 * await migrate(prisma, { dialect: 'postgres' })
 * const twoFactor = createTwoFactor({ store: prismaStore(prisma, { dialect: 'postgres' }), … })
 */
export function prismaStore(prisma: PrismaClient, options: DialectOption & StoreOptions): UserStore {
  checkStoreOptions('prismaStore', options, MORE_OPTIONS)
  checkClient('prismaStore', prisma, CLIENT)
  return sqlStore(driverOf(prisma, options), dialectOf(options.dialect), options)
}

/**
 * Creates the tables if they don't exist. Safe to run at every start, in several processes at once.
 *
 * @param options.table Default `two_factor`.
 * @param options.audit Also creates the table of events.
 */
export function migrate(prisma: PrismaClient, options: DialectOption & MigrateOptions): Promise<void> {
  checkStoreOptions('migrate', options, MORE_OPTIONS)
  checkClient('migrate', prisma, CLIENT)
  return migrateTables(driverOf(prisma, options).query, migration(options.dialect, options), dialectOf(options.dialect))
}

/**
 * Stores access tokens in the same database, in their own table.
 *
 * @param options.table Default `access_tokens`.
 * @throws CountersignError `invalid_option`: an unknown dialect, or an invalid table name
 * @example
 * await migrateTokens(prisma, { dialect: 'postgres' })
 * const store = prismaTokenStore(prisma, { dialect: 'postgres' })
 * const tokens = createAccessTokens({ twoFactor, store, prefix: 'acme' })
 */
export function prismaTokenStore(prisma: PrismaClient, options: DialectOption & TableOption): TokenStore {
  checkTableOptions('prismaTokenStore', options, MORE_OPTIONS)
  checkClient('prismaTokenStore', prisma, CLIENT)
  return sqlTokenStore(driverOf(prisma, options), dialectOf(options.dialect), options)
}

/**
 * Creates the table of access tokens and its index if they don't exist, as {@link migrate} does for the other table.
 *
 * @param options.table Default `access_tokens`.
 */
export function migrateTokens(prisma: PrismaClient, options: DialectOption & TableOption): Promise<void> {
  checkTableOptions('migrateTokens', options, MORE_OPTIONS)
  checkClient('migrateTokens', prisma, CLIENT)
  return migrateTables(
    driverOf(prisma, options).query,
    tokenSchema(options.dialect, options),
    dialectOf(options.dialect),
  )
}

/** Prisma's `ITXClientDenyList`: the client of a transaction has no `$connect`, though it may have a `$transaction`. */
function driverOf(prisma: PrismaClient, { dialect }: DialectOption): SqlDriver {
  const inTransaction = typeof Reflect.get(prisma, '$connect') !== 'function'
  const query = dialect === 'sqlite' && !inTransaction ? runApart(prisma) : runOn(prisma)
  return guarded(dialect, { query, batch: batchOn(prisma) }, inTransaction)
}

/**
 * Prisma's adapter for SQLite has one connection. A statement that runs while a transaction of the host is open becomes
 * part of it, and is undone with it although it was reported as written. Only transactions wait for each other.
 */
function runApart(prisma: PrismaClient): SqlDriver['query'] {
  return async (sql, params) => {
    const run = (inside: PrismaClient) => runOn(inside)(sql, params)
    if (prisma.$transaction === undefined) return run(prisma)
    // Settled, not rejected: a failed statement wrote nothing, and a rollback would undo statements of the host that
    // ran in here.
    const [result] = await prisma.$transaction((inside) => Promise.allSettled([run(inside)]), { maxWait: PATIENCE_MS })
    if (result.status === 'rejected') throw result.reason
    return result.value
  }
}

/** Inside a transaction, another one is a savepoint. */
function batchOn(prisma: PrismaClient): SqlDriver['batch'] {
  if (prisma.$transaction === undefined) return undefined
  return async (statements) =>
    (await prisma.$transaction?.((inside) => inOrder(runOn(inside), statements), { maxWait: PATIENCE_MS })) ?? []
}

function runOn(prisma: PrismaClient): SqlDriver['query'] {
  return async (sql, params) => {
    if (!/^(SELECT|WITH)/.test(sql)) return { rows: [], rowsAffected: await prisma.$executeRawUnsafe(sql, ...params) }
    const rows = await prisma.$queryRawUnsafe(sql, ...params)
    if (Array.isArray(rows)) return { rows, rowsAffected: 0 }
    throw storeInvalid('$queryRawUnsafe returned no array of rows')
  }
}
