import type { UserStore } from '../engine/store.ts'
import { checkOptionNames, groupOption } from '../options/groups.ts'
import type { TokenStore } from '../tokens/store.ts'
import { storeInvalid } from './answers/store-invalid.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import type { PrefixOption } from './key-value/prefix.ts'
import { checkNodes, type RedisCheck, type RedisCheckOptions, type RedisNode } from './redis-script/check.ts'
import type { RedisDriver, RedisScan } from './redis-script/script.ts'
import { redisTokenStore as tokenStoreOn } from './redis-script/token-store.ts'
import { redisUserStore } from './redis-script/user-store.ts'

export type { PrefixOption } from './key-value/prefix.ts'
export type { RedisCheck, RedisCheckOptions, RedisPersistence } from './redis-script/check.ts'

/** The part of a client or cluster of the package `redis` that is used. */
export interface RedisClient {
  evalSha: (sha1: string, options: RedisScriptArguments) => Promise<unknown>
  eval: (script: string, options: RedisScriptArguments) => Promise<unknown>
}

/** The keys and arguments of a script. */
export interface RedisScriptArguments {
  keys: string[]
  arguments: string[]
}

/** What {@link checkRedis} needs of a client. */
export interface RedisServer {
  info(): Promise<unknown>
  configGet(parameter: string): Promise<unknown>
}

/** What it needs of a cluster. */
export interface RedisCluster<Node> {
  masters: readonly Node[]
  nodeClient(node: Node): Promise<RedisServer>
}

const CLIENT: ClientNeeds = {
  pass: 'a connected client of redis, such as createClient({ url }) after connect()',
  from: 'redis',
  functions: ['evalSha', 'eval'],
}

/**
 * Stores records in Redis or Redis Cluster through the package `redis` (node-redis), version 5 or 6: one hash per user,
 * under `PREFIXtwo-factor:USER`.
 *
 * Without a connection, this client lets commands wait forever. Create it with `disableOfflineQueue: true`, so that
 * people get an error at once.
 *
 * Redis answers before its disk and its replicas have the write: after a crash or a failover the last codes used could
 * be valid again, and the latest setups undone. With `appendonly yes` a crash loses at most a second, with `appendfsync
 * always` nothing; `min-replicas-to-write` and `min-replicas-max-lag` limit what a failover loses. {@link checkRedis}
 * reports problems at startup.
 *
 * @param options.prefix Default `countersign:`.
 * @throws CountersignError `invalid_option`
 * @example
 * const client = createClient({ url: 'redis://127.0.0.1:6379', disableOfflineQueue: true })
 * client.on('error', console.error) // without a listener, a cut connection ends the process
 * await client.connect()
 * await checkRedis(client)
 * const twoFactor = createTwoFactor({ store: redisStore(client), … })
 */
export function redisStore(client: RedisClient, options?: PrefixOption): UserStore {
  checkOptionNames('redisStore', groupOption('redisStore: options', options), ['prefix'])
  checkClient('redisStore', client, CLIENT)
  return redisUserStore(driverOf(client), options)
}

/**
 * Stores access tokens in the same Redis: a hash per token, and a set of them per user. The prefix may be that of
 * {@link redisStore}.
 *
 * @param options.prefix Default `countersign:`.
 * @throws CountersignError `invalid_option`
 * @example
 * const tokens = createAccessTokens({ twoFactor, store: redisTokenStore(client), prefix: 'acme' })
 */
export function redisTokenStore(client: RedisClient, options?: PrefixOption): TokenStore {
  checkOptionNames('redisTokenStore', groupOption('redisTokenStore: options', options), ['prefix'])
  checkClient('redisTokenStore', client, CLIENT)
  return tokenStoreOn(driverOf(client), options)
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
export async function checkRedis<Node>(
  client: RedisServer | RedisCluster<Node>,
  options?: RedisCheckOptions,
): Promise<RedisCheck> {
  if (!('masters' in client)) return checkNodes([nodeOf(client)], options)
  const servers = await Promise.all(client.masters.map((node) => client.nodeClient(node)))
  return checkNodes(servers.map(nodeOf), options)
}

function driverOf(client: RedisClient): RedisDriver {
  return {
    bySha1: (sha1, key, args) => client.evalSha(sha1, { keys: [key], arguments: args }),
    byText: (script, key, args) => client.eval(script, { keys: [key], arguments: args }),
    async scans() {
      if (!isCluster(client)) return [scanOf(client, 'server')]
      return Promise.all(
        client.masters.map(async (node) => scanOf(await client.nodeClient(node), String(Reflect.get(node, 'address')))),
      )
    },
  }
}

function isCluster(
  client: object,
): client is { masters: readonly object[]; nodeClient(node: object): Promise<object> } {
  return 'masters' in client && Array.isArray(client.masters)
}

function scanOf(server: object, name: string): RedisScan {
  return {
    name,
    keyPrefix: '',
    async scan(cursor, match, count) {
      if (!hasScan(server)) throw storeInvalid('this client has no function scan, which lists users')
      const reply: unknown = await server.scan(cursor, { MATCH: match, COUNT: count })
      const isPage = typeof reply === 'object' && reply !== null && 'cursor' in reply && 'keys' in reply
      if (!isPage || !Array.isArray(reply.keys)) throw storeInvalid('a scan did not come back as a page')
      return { cursor: String(reply.cursor), keys: reply.keys }
    },
  }
}

function hasScan(
  server: object,
): server is { scan(cursor: string, options: { MATCH: string; COUNT: number }): Promise<unknown> } {
  return 'scan' in server && typeof server.scan === 'function'
}

function nodeOf(server: RedisServer): RedisNode {
  return {
    info: async () => String(await server.info()),
    config: async (parameter) => {
      const found: unknown = await server.configGet(parameter)
      const value: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, parameter) : null
      return typeof value === 'string' ? value : null
    },
  }
}
