import { storeInvalid } from '../answers/store-invalid.ts'
import type { SqlResult } from '../sql/driver.ts'

/** Drizzle returns what its driver returns. */
export function resultOf(sql: string, result: unknown): SqlResult {
  const [verb] = sql.split(' ', 1)
  if (verb === 'SELECT' || verb === 'WITH') return { rows: rowsOf(result), rowsAffected: 0 }
  return { rows: [], rowsAffected: verb === 'CREATE' ? 0 : countOf(result) }
}

/** mysql2 returns a list of the rows and a description of their columns. */
function rowsOf(result: unknown): readonly unknown[] {
  const rows: unknown = Array.isArray(result) && Array.isArray(result[0]) ? result[0] : result
  if (Array.isArray(rows)) return rows
  if (typeof rows === 'object' && rows !== null && 'rows' in rows && Array.isArray(rows.rows)) return rows.rows
  throw storeInvalid('the driver under Drizzle returned no rows')
}

/** pg; PGlite and mysql2; libSQL; better-sqlite3 and D1; postgres. */
const COUNTS = ['rowCount', 'affectedRows', 'rowsAffected', 'changes', 'count']

function countOf(result: unknown): number | bigint {
  const meta: unknown = typeof result === 'object' && result !== null && 'meta' in result ? result.meta : null
  for (const found of [result, meta, Array.isArray(result) ? result[0] : null]) {
    if (typeof found !== 'object' || found === null) continue
    const count = COUNTS.map((name): unknown => Reflect.get(found, name)).find((value) => value !== undefined)
    if (typeof count === 'number' || typeof count === 'bigint') return count
  }
  throw storeInvalid(
    'the driver under Drizzle does not say how many rows a statement wrote. Use the store of that driver instead',
  )
}
