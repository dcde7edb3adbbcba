import type { Client } from '@libsql/client'
import type { UserStore } from 'countersign'
import { libsqlStore, libsqlTokenStore, migrate, migrateTokens } from 'countersign/stores/libsql'
import type { TokenStore } from 'countersign/tokens'

/** Where countersign keeps what it knows: the second factors, and the access tokens. */
export interface Stores {
  users: UserStore
  tokens: TokenStore
}

/** In the dashboard's own SQLite file, in two tables of their own. */
export async function openStores(database: Client): Promise<Stores> {
  await migrate(database)
  await migrateTokens(database)
  return { users: libsqlStore(database), tokens: libsqlTokenStore(database) }
}
