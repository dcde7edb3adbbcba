import { checkRedis, redisStore, redisTokenStore } from 'countersign/stores/redis'
import { createClient, createCluster } from 'redis'
import type { OpenStore } from '../../exactly-once/backend.ts'
import { FIELD, type OpenedRedis } from './opened-redis.ts'

/** Over one server, or, where there are several ports, over a cluster that reads from its replicas if it may. */
export function openRedis(ports: readonly number[]): Promise<OpenedRedis> {
  const urls = ports.map((port) => `redis://127.0.0.1:${port}`)
  return urls.length === 1 ? openServer(String(urls[0])) : openCluster(urls)
}

async function openServer(url: string): Promise<OpenedRedis> {
  const client = createClient({ url, disableOfflineQueue: true })
  client.on('error', () => undefined)
  await client.connect()
  return {
    store: (options) => redisStore(client, options),
    tokenStore: (options) => redisTokenStore(client, options),
    check: (options) => checkRedis(client, options),
    field: (key, field) => client.eval(FIELD, { keys: [key], arguments: [field] }),
    get: (key) => client.get(key),
    close: () => client.destroy(),
  }
}

async function openCluster(urls: readonly string[]): Promise<OpenedRedis> {
  const cluster = createCluster({ rootNodes: urls.map((url) => ({ url })), useReplicas: true })
  cluster.on('error', () => undefined)
  await cluster.connect()
  return {
    store: (options) => redisStore(cluster, options),
    tokenStore: (options) => redisTokenStore(cluster, options),
    check: (options) => checkRedis(cluster, options),
    field: (key, field) => cluster.eval(FIELD, { keys: [key], arguments: [field] }),
    get: (key) => cluster.get(key),
    close: () => cluster.destroy(),
  }
}

/** @param target the ports, as JSON */
export async function openStore(target: string): Promise<OpenStore> {
  const redis = await openRedis(JSON.parse(target))
  return { store: redis.store(), close: redis.close }
}
