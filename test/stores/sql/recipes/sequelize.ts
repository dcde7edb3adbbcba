import type { SqlDriver } from 'countersign/stores/sql'
import type { Sequelize, Transaction } from 'sequelize'

/** For PostgreSQL. Pass `transaction` to work inside your own. */
export function sequelizeDriver(sequelize: Sequelize, transaction?: Transaction): SqlDriver {
  return {
    async query(sql, bind) {
      const [rows, result] = await sequelize.query(sql, { bind, transaction: transaction ?? null, logging: false })
      return { rows: Array.isArray(rows) ? rows : [], rowsAffected: rowCountOf(result) }
    },
  }
}

/** Sequelize returns the count after an INSERT, and the result of `pg` after everything else. */
function rowCountOf(result: unknown): number {
  if (typeof result === 'number') return result
  return typeof result === 'object' && result !== null ? Number(Reflect.get(result, 'rowCount') ?? 0) : 0
}
