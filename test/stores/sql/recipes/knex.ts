import type { SqlDriver } from 'countersign/stores/sql'
import type { Knex } from 'knex'

/** For PostgreSQL. Knex has `?` where PostgreSQL has `$1`. A transaction (`trx`) will do too. */
export function knexDriver(knex: Knex): SqlDriver {
  return {
    async query(sql, params) {
      const { rows, rowCount } = await knex.raw(sql.replaceAll(/\$\d+/g, '?'), params)
      return { rows, rowsAffected: rowCount ?? 0 }
    },
  }
}

/** For MySQL and MariaDB. */
export function knexMysqlDriver(knex: Knex): SqlDriver {
  return {
    async query(sql, params) {
      const [result] = await knex.raw(sql, params)
      return { rows: Array.isArray(result) ? result : [], rowsAffected: result.affectedRows ?? 0 }
    },
  }
}
