import type { SqlDriver, SqlResult, SqlStatement } from '../sql/driver.ts'
import type { RunQuery } from '../sql/guarded.ts'
import { inOrder } from '../sql/in-order.ts'
import type { DrizzleDatabase, DrizzleFile, DrizzleServer, DrizzleSql } from './database.ts'
import { resultOf } from './results.ts'

/** Turns a statement into Drizzle's own. */
type Made<Sql> = (statement: SqlStatement) => Sql

export function drizzleDriver<Sql>(database: DrizzleDatabase<Sql>, sql: DrizzleSql<Sql>): SqlDriver {
  const made: Made<Sql> = ({ sql: text, params }) => {
    const strings = text.split(/\?|\$\d+/)
    return sql(Object.assign(strings, { raw: strings }), ...params)
  }
  if ('execute' in database) {
    const batch = (statements: readonly SqlStatement[]) =>
      database.transaction((inside) => inOrder(runOnServer(inside, made), statements))
    return { query: runOnServer(database, made), batch: isOneConnection(database) ? undefined : unwrapping(batch) }
  }
  const batch = (statements: readonly SqlStatement[]) => batchOnFile(database, made, statements)
  return { query: runOnFile(database, made), batch: isD1(database) ? undefined : unwrapping(batch) }
}

function runOnServer<Sql>(database: DrizzleServer<Sql>, made: Made<Sql>): RunQuery {
  return unwrapping(async (sql, params) => resultOf(sql, await database.execute(made({ sql, params }))))
}

function runOnFile<Sql>(database: DrizzleFile<Sql>, made: Made<Sql>): RunQuery {
  return unwrapping(async (sql, params) => {
    const statement = made({ sql, params })
    return resultOf(sql, await (sql.startsWith('SELECT') ? database.all(statement) : database.run(statement)))
  })
}

async function batchOnFile<Sql>(
  database: DrizzleFile<Sql>,
  made: Made<Sql>,
  statements: readonly SqlStatement[],
): Promise<SqlResult[]> {
  if (database.batch !== undefined) {
    const results = await database.batch(statements.map((statement) => database.run(made(statement))))
    return statements.map(({ sql }, index) => resultOf(sql, results[index]))
  }
  const results: SqlResult[] = []
  await database.transaction((inside) =>
    eachInTurn(statements, (statement) =>
      whenDone(inside.run(made(statement)), (result) => results.push(resultOf(statement.sql, result))),
    ),
  )
  return results
}

/** Synchronous if the driver is: the transactions of such a driver accept no promise. */
function eachInTurn<T>([next, ...rest]: readonly T[], work: (item: T) => unknown): unknown {
  return next === undefined ? undefined : whenDone(work(next), () => eachInTurn(rest, work))
}

function whenDone(result: unknown, next: (result: unknown) => unknown): unknown {
  return isPromiseLike(result) ? result.then(next) : next(result)
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** A transaction on it would include, and maybe undo, whatever else runs there meanwhile. */
function isOneConnection(database: object): boolean {
  const client = clientOf(database)
  return 'beginTransaction' in client && !('getConnection' in client)
}

/** D1 has no transactions, and Drizzle's `batch` on it loses the values of an `sql` statement. */
function isD1(database: object): boolean {
  const client = clientOf(database)
  return 'prepare' in client && 'batch' in client
}

/** The driver's own database, pool or connection. */
function clientOf(database: object): object {
  const client: unknown = Reflect.get(database, '$client')
  return typeof client === 'object' && client !== null ? client : {}
}

function unwrapping<Args extends unknown[], T>(work: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
  return async (...args) => {
    try {
      return await work(...args)
    } catch (error) {
      throw unwrapped(error)
    }
  }
}

/** Drizzle's own error, around the driver's, has all parameters in its message: they would end up in logs. */
function unwrapped(error: unknown): unknown {
  const isWrapper = typeof error === 'object' && error !== null && 'params' in error && 'cause' in error
  return isWrapper && error.cause !== undefined ? error.cause : error
}
