import { whileBusy } from './busy.ts'
import type { SqlDriver, SqlValue } from './driver.ts'
import { isRead } from './sqlite.ts'

/** A statement of a database that answers at once. */
export interface PreparedStatement {
  all(params: SqlValue[]): unknown[]
  run(params: SqlValue[]): { changes: number | bigint }
}

/** A driver over such a database. Each statement is prepared when it is first needed, and kept. */
export function preparedDriver(prepare: (sql: string) => PreparedStatement): SqlDriver {
  const prepared = new Map<string, PreparedStatement>()

  function statement(sql: string): PreparedStatement {
    const kept = prepared.get(sql) ?? prepare(sql)
    prepared.set(sql, kept)
    return kept
  }

  return {
    query: (sql, params) =>
      whileBusy(async () => {
        if (isRead(sql)) return { rows: statement(sql).all(params), rowsAffected: 0 }
        return { rows: [], rowsAffected: statement(sql).run(params).changes }
      }),
  }
}
