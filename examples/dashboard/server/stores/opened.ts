import type { UserStore } from 'countersign'
import type { TokenStore } from 'countersign/tokens'

/** Where countersign keeps what it knows: the second factors, and the access tokens. */
export interface Stores {
  users: UserStore
  tokens: TokenStore
}

export interface OpenedStores extends Stores {
  /** What the operator should know, in sentences. */
  notes: readonly string[]
  close(): Promise<void> | void
}

/** Takes DATABASE_URL as it stands there, and the stores in the dashboard's own SQLite file. */
export type Open = (url: string, own: Stores) => Promise<OpenedStores>
