import type { SqlValue } from '../sql/driver.ts'

/** The part of a Drizzle database (PostgreSQL, MySQL, MariaDB) or its transaction that is used. */
export interface DrizzleServer<Sql> {
  execute(query: Sql): PromiseLike<unknown>
  transaction<T>(work: (inside: DrizzleServer<Sql>) => Promise<T>): Promise<T>
}

/** The same for SQLite. */
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
