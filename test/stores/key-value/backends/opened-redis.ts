import type { UserStore } from 'countersign'
import type { PrefixOption, RedisCheck, RedisCheckOptions } from 'countersign/stores/redis'
import type { TokenStore } from 'countersign/tokens'

/** A connection through one of the two libraries. */
export interface OpenedRedis {
  store(options?: PrefixOption): UserStore
  tokenStore(options?: PrefixOption): TokenStore
  check(options?: RedisCheckOptions): Promise<RedisCheck>
  /** A field of a hash, past the store, on the master. */
  field(key: string, field: string): Promise<unknown>
  /** A plain read, which a cluster sends to a replica. */
  get(key: string): Promise<unknown>
  close(): void
}

export const FIELD = `return redis.call('HGET', KEYS[1], ARGV[1])`
