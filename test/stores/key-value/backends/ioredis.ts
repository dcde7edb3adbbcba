import { checkRedis, ioredisStore, ioredisTokenStore } from 'countersign/stores/ioredis'
import { Cluster, Redis } from 'ioredis'
import type { OpenStore } from '../../exactly-once/backend.ts'
import { FIELD, type OpenedRedis } from './opened-redis.ts'

/** Over one server, or, where there are several ports, over a cluster that reads from its replicas if it may. */
export async function openRedis(ports: readonly number[]): Promise<OpenedRedis> {
  const [port = 0] = ports
  const client =
    ports.length === 1
      ? new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1, retryStrategy: () => 50 })
      : new Cluster([...ports], { scaleReads: 'slave' })
  client.on('error', () => undefined)
  return {
    store: (options) => ioredisStore(client, options),
    tokenStore: (options) => ioredisTokenStore(client, options),
    check: (options) => checkRedis(client, options),
    field: (key, field) => client.eval(FIELD, 1, key, field),
    get: (key) => client.get(key),
    close: () => client.disconnect(),
  }
}

/** @param target the ports, as JSON */
export async function openStore(target: string): Promise<OpenStore> {
  const redis = await openRedis(JSON.parse(target))
  return { store: redis.store(), close: redis.close }
}
