import type { UserStore } from '../engine/store.ts'
import { checkOptionNames, groupOption } from '../options/groups.ts'
import type { TokenStore } from '../tokens/store.ts'
import { storeInvalid } from './answers/store-invalid.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import type { PrefixOption } from './key-value/prefix.ts'
import { checkNodes, type RedisCheck, type RedisCheckOptions, type RedisNode } from './redis-script/check.ts'
import type { RedisDriver, RedisScan } from './redis-script/script.ts'
import { redisTokenStore } from './redis-script/token-store.ts'
import { redisUserStore } from './redis-script/user-store.ts'

export type { PrefixOption } from './key-value/prefix.ts'
export type { RedisCheck, RedisCheckOptions, RedisPersistence } from './redis-script/check.ts'

/** The part of ioredis's `Redis` or `Cluster` that is used. */
export interface IoredisClient {
  evalsha: (sha1: string, keys: number, ...args: string[]) => Promise<unknown>
  eval: (script: string, keys: number, ...args: string[]) => Promise<unknown>
  /** Of a `Cluster`. */
  nodes?: (role: 'master') => readonly object[]
}

/** What {@link checkRedis} needs of a `Redis`. */
export interface IoredisServer {
  info(): Promise<string>
  config(command: 'GET', parameter: string): Promise<unknown>
}

/** What it needs of a `Cluster`. */
export interface IoredisCluster {
  info(): Promise<string>
  nodes(role: 'master'): readonly IoredisServer[]
}

const CLIENT: ClientNeeds = {
  pass: 'a Redis or a Cluster of ioredis, such as new Redis(url)',
  from: 'ioredis',
  functions: ['evalsha', 'eval'],
}

/**
 * Stores records in Redis or Redis Cluster through ioredis, version 5 or 6: one hash per user, under
 * `PREFIXtwo-factor:USER`.
 *
 * Redis answers before its disk and its replicas have the write: after a crash or a failover the last codes used could
 * be valid again, and the latest setups undone. With `appendonly yes` a crash loses at most a second, with `appendfsync
 * always` nothing; `min-replicas-to-write` and `min-replicas-max-lag` limit what a failover loses. {@link checkRedis}
 * reports problems at startup.
 *
 * @param options.prefix Default `countersign:`.
 * @throws CountersignError `invalid_option`
 * @example
 * const client = new Redis('redis://127.0.0.1:6379')
 * await checkRedis(client)
 * const twoFactor = createTwoFactor({ store: ioredisStore(client), … })
 */
export function ioredisStore(client: IoredisClient, options?: PrefixOption): UserStore {
  checkOptionNames('ioredisStore', groupOption('ioredisStore: options', options), ['prefix'])
  checkClient('ioredisStore', client, CLIENT)
  return redisUserStore(driverOf(client), options)
}

/**
 * Stores access tokens in the same Redis: a hash per token, and a set of them per user. The prefix may be that of
 * {@link ioredisStore}.
 *
 * @param options.prefix Default `countersign:`.
 * @throws CountersignError `invalid_option`
 * @example
 * const tokens = createAccessTokens({ twoFactor, store: ioredisTokenStore(client), prefix: 'acme' })
 */
export function ioredisTokenStore(client: IoredisClient, options?: PrefixOption): TokenStore {
  checkOptionNames('ioredisTokenStore', groupOption('ioredisTokenStore: options', options), ['prefix'])
  checkClient('ioredisTokenStore', client, CLIENT)
  return redisTokenStore(driverOf(client), options)
}

/**
 * Checks at startup that the server (in a cluster, each master) keeps what is written.
 *
 * @param options.allowEviction Default false.
 * @returns what could be lost at a restart, for the log
 * @throws CountersignError `store_invalid`: it evicts keys when its memory is full (`maxmemory-policy allkeys-…`), or it
 *   is a replica. The message says what to do.
 * @example
 * for (const warning of (await checkRedis(client)).warnings) console.warn(warning)
 */
export async function checkRedis(
  client: IoredisServer | IoredisCluster,
  options?: RedisCheckOptions,
): Promise<RedisCheck> {
  if (!('nodes' in client)) return checkNodes([nodeOf(client)], options)
  // A cluster knows its servers once it has answered something.
  await client.info()
  return checkNodes(client.nodes('master').map(nodeOf), options)
}

function driverOf(client: IoredisClient): RedisDriver {
  return {
    bySha1: (sha1, key, args) => client.evalsha(sha1, 1, key, ...args),
    byText: (script, key, args) => client.eval(script, 1, key, ...args),
    async scans() {
      if (client.nodes === undefined) return [scanOf(client)]
      // A cluster knows its servers once it has answered something.
      await client.eval("return redis.call('EXISTS', KEYS[1])", 1, 'countersign')
      const { keyPrefix } = optionsOf(client)
      return client.nodes('master').map((node) => ({ ...scanOf(node), keyPrefix }))
    },
  }
}

function scanOf(server: object): RedisScan {
  const { host, port, keyPrefix } = optionsOf(server)
  return {
    name: `${host}:${port}`,
    keyPrefix,
    async scan(cursor, match, count) {
      if (!hasScan(server)) throw storeInvalid('this client has no function scan, which lists users')
      const reply: unknown = await server.scan(cursor, 'MATCH', match, 'COUNT', count)
      if (!Array.isArray(reply) || !Array.isArray(reply[1])) throw storeInvalid('a scan did not come back as a list')
      return { cursor: String(reply[0]), keys: reply[1] }
    },
  }
}

function hasScan(server: object): server is { scan(...args: (string | number)[]): Promise<unknown> } {
  return 'scan' in server && typeof server.scan === 'function'
}

/** `keyPrefix`: ioredis puts it before the keys of a script, and not before the pattern of a scan. */
function optionsOf(client: object): { host: string; port: string; keyPrefix: string } {
  const options: unknown = 'options' in client ? client.options : null
  const text = (name: string) => {
    const value: unknown = typeof options === 'object' && options !== null ? Reflect.get(options, name) : null
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  return { host: text('host'), port: text('port'), keyPrefix: text('keyPrefix') }
}

function nodeOf(server: IoredisServer): RedisNode {
  return {
    info: () => server.info(),
    config: async (parameter) => {
      const pair: unknown = await server.config('GET', parameter)
      return Array.isArray(pair) && typeof pair[1] === 'string' ? pair[1] : null
    },
  }
}
