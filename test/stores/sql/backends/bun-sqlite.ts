import * as stores from 'countersign/stores/bun-sqlite'
import type { TestDatabase } from './test-database.ts'

/** What the declarations of bun-types 1.4.5 say of what is used here. */
interface BunModule {
  Database: new (path: string) => BunDatabase
}
interface BunDatabase {
  prepare<ReturnType, ParamsType extends Binding | Binding[]>(
    sql: string,
    params?: ParamsType,
  ): BunStatement<ReturnType, ParamsType extends unknown[] ? ParamsType : [ParamsType]>
  exec<ParamsType extends Binding[]>(sql: string, ...bindings: ParamsType[]): Changes
  close(throwOnError?: boolean): void
}
interface BunStatement<ReturnType, ParamsType extends Binding[]> {
  all(...params: ParamsType): ReturnType[]
  run(...params: ParamsType): Changes
}
type Binding = string | bigint | NodeJS.TypedArray | number | boolean | null | Record<string, unknown>
interface Changes {
  lastInsertRowid: number | bigint
  changes: number
}

/** Under Bun alone. */
export async function open(path: string): Promise<TestDatabase> {
  const name = 'bun:sqlite'
  const { Database }: BunModule = await import(name)
  const database = new Database(path)
  return {
    store: (options) => stores.bunSqliteStore(database, options),
    migrate: (options) => stores.migrate(database, options),
    tokenStore: (options) => stores.bunSqliteTokenStore(database, options),
    migrateTokens: (options) => stores.migrateTokens(database, options),
    query: async (sql) => database.prepare<unknown, []>(sql).all(),
    async transaction(work) {
      database.exec('BEGIN')
      try {
        await work((options) => stores.bunSqliteStore(database, options))
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    close: async () => database.close(),
  }
}
