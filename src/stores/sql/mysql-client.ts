import { CountersignError } from '../../errors.ts'
import type { SqlDriver, SqlResult, SqlStatement } from './driver.ts'
import { mysqlDriver, type RunQuery } from './guarded.ts'
import { inOrder, inSavepoint } from './in-order.ts'

/** The part of a pooled mysql2 or mariadb connection that is used. */
export interface MysqlPoolConnection {
  beginTransaction(): Promise<unknown>
  commit(): Promise<unknown>
  rollback(): Promise<unknown>
  release(): unknown
  destroy(): unknown
}

/**
 * A driver over a pool or a connection, which may be inside a transaction.
 *
 * @param statusAfter runs a statement unprepared, as savepoints need, and returns the server's status flags
 */
export function clientDriver<Queryable>(
  client: Queryable & { getConnection?(): Promise<Queryable & MysqlPoolConnection> },
  runOn: (queryable: Queryable) => RunQuery,
  statusAfter: (sql: string) => Promise<unknown>,
): SqlDriver {
  const query = runOn(client)

  async function batch(statements: readonly SqlStatement[]): Promise<SqlResult[]> {
    const connection = await client.getConnection?.()
    if (connection !== undefined) return inTransaction(connection, runOn(connection), statements)
    return inSavepoint(query, statements, async (sql) => expectTransaction(await statusAfter(sql)))
  }

  return mysqlDriver({ query, batch }, client.getConnection === undefined)
}

async function inTransaction(
  connection: MysqlPoolConnection,
  run: RunQuery,
  statements: readonly SqlStatement[],
): Promise<SqlResult[]> {
  try {
    await connection.beginTransaction()
    const results = await inOrder(run, statements)
    await connection.commit()
    return results
  } catch (error) {
    // Nobody may get a connection whose transaction could still be open.
    await connection.rollback().catch(() => connection.destroy())
    throw error
  } finally {
    await connection.release()
  }
}

/** SERVER_STATUS_IN_TRANS and SERVER_STATUS_AUTOCOMMIT in the protocol of MySQL and MariaDB. */
const IN_TRANSACTION = 1
const AUTOCOMMIT = 2

/** The store's own transaction would include, and maybe undo, whatever else runs on that connection meanwhile. */
function expectTransaction(status: unknown): void {
  if (typeof status === 'number' && ((status & IN_TRANSACTION) !== 0 || (status & AUTOCOMMIT) === 0)) return
  throw new CountersignError(
    'invalid_option',
    'audit: no transaction is open on this connection. Begin one, or pass a pool to the store.',
  )
}
