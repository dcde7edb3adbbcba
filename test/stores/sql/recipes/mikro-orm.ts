import type { EntityManager, QueryResult } from '@mikro-orm/postgresql'
import type { SqlDriver } from 'countersign/stores/sql'

/** For PostgreSQL. MikroORM has `?` where PostgreSQL has `$1`. The `em` of a transaction also works. */
export function mikroOrmDriver(em: EntityManager): SqlDriver {
  return {
    async query(sql, params) {
      const question = sql.replaceAll(/\$\d+/g, '?')
      const result = await em.getConnection().execute<QueryResult>(question, params, 'run', em.getTransactionContext())
      return { rows: result.rows ?? [], rowsAffected: result.affectedRows ?? 0 }
    },
  }
}
