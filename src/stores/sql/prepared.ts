import { retryWhileLocked } from './busy.ts'
import type { SqlDriver, SqlResult, SqlStatement } from './driver.ts'
import { isRead } from './sqlite.ts'

/** What better-sqlite3 and the SQLite module built into Node have in common. */
export interface PreparingDatabase {
  prepare(sql: string): PreparedStatement
  exec(script: string): unknown
}

export interface PreparedStatement {
  all(...params: unknown[]): unknown[]
  run(...params: unknown[]): { changes: number | bigint }
}

/** A driver over a synchronous database. Each statement is prepared when first needed, and kept. */
export function preparedDriver(database: PreparingDatabase): SqlDriver {
  const prepared = new Map<string, PreparedStatement>()

  function statement(sql: string): PreparedStatement {
    const kept = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, kept)
    return kept
  }

  function run({ sql, params }: SqlStatement): SqlResult {
    if (isRead(sql)) return { rows: statement(sql).all(...params), rowsAffected: 0 }
    return { rows: [], rowsAffected: statement(sql).run(...params).changes }
  }

  return {
    query: (sql, params) => retryWhileLocked(async () => run({ sql, params })),
    batch: (statements) => retryWhileLocked(async () => allOrNone(database, () => statements.map(run))),
  }
}

/** Begun and ended in one go, so that nothing else in this process runs inside it. */
function allOrNone<T>(database: PreparingDatabase, work: () => T): T {
  const { keep, undo } = begin(database)
  try {
    const result = work()
    database.exec(keep)
    return result
  } catch (error) {
    try {
      database.exec(undo)
    } catch {
      // Some errors undo the transaction themselves; the first one says more.
    }
    throw error
  }
}

const OWN = { keep: 'COMMIT', undo: 'ROLLBACK' }
const WITHIN = { keep: 'RELEASE countersign', undo: 'ROLLBACK TO countersign; RELEASE countersign' }

/** A transaction; inside one of the host, which only SQLite reports reliably, a savepoint. */
function begin(database: PreparingDatabase): typeof OWN {
  try {
    database.exec('BEGIN IMMEDIATE')
    return OWN
  } catch (error) {
    if (!String(error).includes('within a transaction')) throw error
    database.exec('SAVEPOINT countersign')
    return WITHIN
  }
}
