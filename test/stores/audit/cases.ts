import type { UserStore } from 'countersign'
import { type SqlDialectName, schema } from 'countersign/stores/sql'
import { userStoreCases } from 'countersign/testing'
import { changes } from './changes.ts'
import { type AuditCase, type AuditedDatabase, WRONG } from './trail.ts'
import { besideTransactions, transactions } from './transactions.ts'
import { usersTable } from './users-table.ts'

export interface AuditCaseOptions {
  dialect: SqlDialectName
  /** Whether a transaction of the host's can hold a save. */
  hasTransactions: boolean
  /** Whether all runs over one connection, also what runs while a transaction of the host's is open there. */
  isOneConnection?: boolean
  /** The same tables, over another connection. */
  another?: () => AuditedDatabase
}

/** All that holds of a trail of events, whatever the driver. `open` gives a database whose tables `prepare` made. */
export function auditCases(open: () => AuditedDatabase, options: AuditCaseOptions): readonly AuditCase[] {
  const another = options.another ?? open
  return [
    ...changes(open, another),
    ...(options.hasTransactions ? transactions(open, options.dialect) : []),
    ...(options.hasTransactions && !options.isOneConnection ? besideTransactions(open) : []),
    ...usersTable(open, options.dialect),
    ...contract(open, another),
  ]
}

/** Makes the tables that the cases need. */
export async function prepare(database: AuditedDatabase, dialect: SqlDialectName): Promise<void> {
  await database.migrate({ audit: {} })
  await database.migrate({ audit: {} })
  await database.query('DROP TABLE IF EXISTS audited_users')
  const idType = dialect === 'mysql' ? 'varbinary(1020)' : 'text'
  await database.query(`CREATE TABLE audited_users (id ${idType} PRIMARY KEY)`)
  const columns = schema(dialect, { usersTable: 'audited_users' }).split(';\n').filter(Boolean)
  for (const statement of columns) await database.query(statement)
}

/** Each change has an event. */
function contract(open: () => AuditedDatabase, another: () => AuditedDatabase): AuditCase[] {
  const eventful = (database: AuditedDatabase): UserStore => {
    const store = database.store({ audit: {} })
    return {
      load: store.load,
      save: (userId, change) => store.save(userId, { ...change, events: [{ ...WRONG, userId }] }),
    }
  }
  return userStoreCases(() => eventful(open()), { anotherConnection: () => eventful(another()) }).map((each) => ({
    name: `a store that writes it: ${each.name}`,
    run: each.run,
  }))
}
