import type { SqlDriver, SqlResult } from 'countersign/stores/sql'
import type { DataSource, QueryRunner } from 'typeorm'

/** For every database that TypeORM speaks to and `dialect` names. `batch` is for `audit` alone. */
export function typeormDriver(dataSource: DataSource): SqlDriver {
  return {
    query: (sql, params) => withRunner(dataSource, (runner) => queryOn(runner, sql, params)),
    batch: (statements) =>
      withRunner(dataSource, async (runner) => {
        const results: SqlResult[] = []
        await runner.startTransaction()
        try {
          for (const { sql, params } of statements) results.push(await queryOn(runner, sql, params))
          await runner.commitTransaction()
          return results
        } catch (error) {
          await runner.rollbackTransaction()
          throw error
        }
      }),
  }
}

/** The third argument has it tell the count of rows. */
async function queryOn(runner: QueryRunner, sql: string, params: unknown[]): Promise<SqlResult> {
  const { records, affected } = await runner.query(sql, params, true)
  return { rows: records, rowsAffected: affected ?? 0 }
}

async function withRunner<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner()
  try {
    return await work(runner)
  } finally {
    await runner.release()
  }
}
