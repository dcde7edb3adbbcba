import { migrate, migrateTokens, pgStore, pgTokenStore } from 'countersign/stores/pg'
import { Pool } from 'pg'
import type { OpenedStores } from './opened.ts'

export async function openPostgres(url: string): Promise<OpenedStores> {
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // Of a connection that nobody uses. The next query takes a new one, and says what is wrong if that fails too.
  pool.on('error', () => {})
  await migrate(pool)
  await migrateTokens(pool)
  return { users: pgStore(pool), tokens: pgTokenStore(pool), notes: [], close: () => pool.end() }
}
