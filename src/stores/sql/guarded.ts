import { retryWhileLocked } from './busy.ts'
import { codesOf, retryOnCodes } from './conflicts.ts'
import type { SqlDriver, SqlResult } from './driver.ts'
import { createQueue } from './queue.ts'
import type { SqlDialectName } from './schema.ts'

/** Runs a statement through a driver. */
export type RunQuery = SqlDriver['query']

/** Runs an attempt later, or again if it did nothing. */
type Way = <T>(attempt: () => Promise<T>) => Promise<T>

/**
 * Adapts a driver to that kind of database. `inTransaction`: the host's own transaction may be open on the connection.
 */
export function guarded(dialect: SqlDialectName, driver: SqlDriver, inTransaction: boolean): SqlDriver {
  if (dialect === 'postgres') return postgresDriver((sql, params) => driver.query(sql, params))
  if (dialect === 'mysql') return mysqlDriver(driver, inTransaction)
  return eachBy(inTransaction ? createQueue() : retryWhileLocked, driver)
}

function eachBy(way: Way, driver: SqlDriver): SqlDriver {
  const { batch } = driver
  return {
    query: (sql, params) => way(() => driver.query(sql, params)),
    batch: batch && ((statements) => way(() => batch.call(driver, statements))),
  }
}

/** serialization_failure and deadlock_detected: at REPEATABLE READ and above, the second writer gets one. */
const POSTGRES_CONFLICTS = ['40001', '40P01', 'P2034']

export function postgresDriver(run: RunQuery): SqlDriver {
  return {
    query: (sql, params) => retryOnCodes(POSTGRES_CONFLICTS, () => run(sql, params)),
  }
}

const DUPLICATE_KEY = ['1062', 'P2002']

/** ER_LOCK_DEADLOCK, and MariaDB's ER_CHECKREAD: another wrote the row since the snapshot. */
const MYSQL_CONFLICTS = ['1213', '1020', 'P2034']

/**
 * A deadlock undoes the whole transaction it happens in, so a retry would run outside it. Therefore nothing is retried
 * inside one, and calls wait for each other, so that a failed batch undoes only its own statements.
 */
export function mysqlDriver(driver: SqlDriver, inTransaction: boolean): SqlDriver {
  const untilDone: Way = (attempt) => retryOnCodes(MYSQL_CONFLICTS, attempt)
  return eachBy(inTransaction ? createQueue() : untilDone, nothingWhereDuplicate(driver))
}

const NOTHING: SqlResult = { rows: [], rowsAffected: 0 }

/**
 * INSERT IGNORE would also ignore a value that is too long, and whether ON DUPLICATE KEY UPDATE inserted shows only in
 * a count that depends on the connection's flags. A plain INSERT fails if the row exists, and undoes only itself; a
 * batch is undone as a whole.
 */
function nothingWhereDuplicate(driver: SqlDriver): SqlDriver {
  const { batch } = driver
  return {
    query: (sql, params) => unlessDuplicate(() => driver.query(sql, params), NOTHING),
    batch:
      batch &&
      ((statements) =>
        unlessDuplicate(
          () => batch.call(driver, statements),
          statements.map(() => NOTHING),
        )),
  }
}

async function unlessDuplicate<T>(attempt: () => Promise<T>, nothing: T): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    const codes = codesOf(error)
    if (DUPLICATE_KEY.some((code) => codes.has(code))) return nothing
    throw error
  }
}
