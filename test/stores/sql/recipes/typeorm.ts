import type { SqlDriver } from 'countersign/stores/sql'
import type { DataSource } from 'typeorm'

/** For every database that TypeORM speaks to and `dialect` names. The third argument has it tell the count of rows. */
export function typeormDriver(dataSource: DataSource): SqlDriver {
  return {
    async query(sql, params) {
      const runner = dataSource.createQueryRunner()
      try {
        const { records, affected } = await runner.query(sql, params, true)
        return { rows: records, rowsAffected: affected ?? 0 }
      } finally {
        await runner.release()
      }
    },
  }
}
