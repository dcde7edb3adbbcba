import type { SqlResult, SqlStatement } from './driver.ts'
import type { RunQuery } from './guarded.ts'

/** Runs one statement after another. */
export async function inOrder(run: RunQuery, statements: readonly SqlStatement[]): Promise<SqlResult[]> {
  const results: SqlResult[] = []
  for (const { sql, params } of statements) results.push(await run(sql, params))
  return results
}

/**
 * The same inside the host's transaction. If one fails, those before it are undone too, so that a host which continues
 * after the error keeps no change without its events. `command` runs statements that need no `run`.
 */
export async function inSavepoint(
  run: RunQuery,
  statements: readonly SqlStatement[],
  command: (sql: string) => Promise<unknown> = (sql) => run(sql, []),
): Promise<SqlResult[]> {
  await command('SAVEPOINT countersign')
  try {
    const results = await inOrder(run, statements)
    await command('RELEASE SAVEPOINT countersign')
    return results
  } catch (error) {
    // If a deadlock undid the whole transaction, there is no savepoint left; the first error says so.
    await command('ROLLBACK TO SAVEPOINT countersign').catch(() => undefined)
    throw error
  }
}
