import { type Mysql2Client, migrate, migrateTokens, mysql2Store, mysql2TokenStore } from 'countersign/stores/mysql2'
import { importDriver } from './driver.ts'
import type { OpenedStores } from './opened.ts'

interface Pool extends Mysql2Client {
  end(): Promise<void>
}
interface Mysql2 {
  createPool(url: string): Pool
}

export async function openMysql(url: string): Promise<OpenedStores> {
  const { createPool }: Mysql2 = await importDriver('mysql2/promise')
  const pool = createPool(url)
  await migrate(pool)
  await migrateTokens(pool)
  return { users: mysql2Store(pool), tokens: mysql2TokenStore(pool), notes: [], close: () => pool.end() }
}
