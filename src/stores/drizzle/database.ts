import type { SqlValue } from '../sql/driver.ts'

/** What is needed of a Drizzle database on PostgreSQL, MySQL or MariaDB, or of a transaction of it. */
export interface DrizzleServer<Sql> {
  execute(query: Sql): PromiseLike<unknown>
  transaction<T>(work: (inside: DrizzleServer<Sql>) => Promise<T>): Promise<T>
}

/** What is needed of one on SQLite. */
export interface DrizzleFile<Sql> {
  run(query: Sql): unknown
  all(query: Sql): unknown
  transaction(work: (inside: DrizzleFile<Sql>) => unknown): unknown
  /** Of some drivers. */
  batch?(queries: readonly unknown[]): Promise<readonly unknown[]>
}

/** One or the other. */
export type DrizzleDatabase<Sql> = DrizzleServer<Sql> | DrizzleFile<Sql>

/** Drizzle's own `sql`. */
export type DrizzleSql<Sql> = (strings: TemplateStringsArray, ...params: SqlValue[]) => Sql
