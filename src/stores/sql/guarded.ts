import { CountersignError } from '../../errors.ts'
import { whileBusy } from './busy.ts'
import { codesOf, untilAlone } from './conflicts.ts'
import type { SqlDriver, SqlResult, SqlValue } from './driver.ts'
import type { SqlDialectName } from './schema.ts'

/** Runs a statement through somebody's driver. */
export type RunQuery = SqlDriver['query']

/** A driver for a database of that kind. `inTransaction`: the host's own transaction may be open on the connection. */
export function guarded(dialect: SqlDialectName, run: RunQuery, inTransaction: boolean): SqlDriver {
  if (dialect === 'postgres') return postgresDriver(run)
  if (dialect === 'mysql') return mysqlDriver(run, inTransaction)
  return { query: inTransaction ? run : (sql, params) => whileBusy(() => run(sql, params)) }
}

/** serialization_failure and deadlock_detected: at REPEATABLE READ and above, who comes second is told so. */
const POSTGRES_CONFLICTS = ['40001', '40P01', 'P2034']

export function postgresDriver(run: RunQuery): SqlDriver {
  return {
    async query(sql, params) {
      refuseNul(params)
      return untilAlone(POSTGRES_CONFLICTS, () => run(sql, params))
    },
  }
}

/** Of all values, user ids alone can have one: the others are of the library's making, or JSON, which escapes it. */
function refuseNul(params: readonly SqlValue[]): void {
  if (params.some((value) => typeof value === 'string' && value.includes('\0'))) {
    throw new CountersignError('invalid_option', 'userId: text in PostgreSQL cannot hold the character U+0000.')
  }
}

const DUPLICATE_KEY = ['1062', 'P2002']

/** ER_LOCK_DEADLOCK, and MariaDB's ER_CHECKREAD: another wrote the row since the snapshot. */
const MYSQL_CONFLICTS = ['1213', '1020', 'P2034']

/**
 * A deadlock undoes the whole transaction that it happens in: what ran again would then stand outside of it. So inside
 * of one there is no second try.
 */
export function mysqlDriver(run: RunQuery, inTransaction: boolean): SqlDriver {
  const once = (sql: string, params: SqlValue[]) => zeroWhereDuplicate(() => run(sql, params))
  return {
    query: inTransaction ? once : (sql, params) => untilAlone(MYSQL_CONFLICTS, () => once(sql, params)),
  }
}

/**
 * INSERT IGNORE would also ignore a value that is too long, and ON DUPLICATE KEY UPDATE says by a count that depends on
 * the connection's flags whether it inserted. A plain INSERT fails where there is a row, and undoes itself alone.
 */
async function zeroWhereDuplicate(attempt: () => Promise<SqlResult>): Promise<SqlResult> {
  try {
    return await attempt()
  } catch (error) {
    const codes = codesOf(error)
    if (DUPLICATE_KEY.some((code) => codes.has(code))) return { rows: [], rowsAffected: 0 }
    throw error
  }
}
