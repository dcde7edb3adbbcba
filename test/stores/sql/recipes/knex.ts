import type { SqlDriver, SqlResult } from 'countersign/stores/sql'
import type { Knex } from 'knex'

/** For PostgreSQL. Knex has `?` where PostgreSQL has `$1`. A transaction (`trx`) also works. */
export function knexDriver(knex: Knex): SqlDriver {
  return {
    async query(sql, params) {
      const { rows, rowCount } = await knex.raw(sql.replaceAll(/\$\d+/g, '?'), params)
      return { rows, rowsAffected: rowCount ?? 0 }
    },
  }
}

/** For MySQL and MariaDB. `batch` is for `audit` alone; inside your own transaction Knex turns it into a savepoint. */
export function knexMysqlDriver(knex: Knex): SqlDriver {
  return {
    query: queryOn(knex),
    batch: (statements) =>
      knex.transaction(async (trx) => {
        const results: SqlResult[] = []
        for (const { sql, params } of statements) results.push(await queryOn(trx)(sql, params))
        return results
      }),
  }
}

function queryOn(knex: Knex): SqlDriver['query'] {
  return async (sql, params) => {
    const [result] = await knex.raw(sql, params)
    return { rows: Array.isArray(result) ? result : [], rowsAffected: result.affectedRows ?? 0 }
  }
}
