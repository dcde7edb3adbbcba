import { whileBusy } from './busy.ts'
import type { SqlDriver } from './driver.ts'
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

/** A driver over a database that answers at once. Each statement is prepared when it is first needed, and kept. */
export function preparedDriver(database: PreparingDatabase): SqlDriver {
  const prepared = new Map<string, PreparedStatement>()

  function statement(sql: string): PreparedStatement {
    const kept = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, kept)
    return kept
  }

  return {
    query: (sql, params) =>
      whileBusy(async () => {
        if (isRead(sql)) return { rows: statement(sql).all(...params), rowsAffected: 0 }
        return { rows: [], rowsAffected: statement(sql).run(...params).changes }
      }),
  }
}
