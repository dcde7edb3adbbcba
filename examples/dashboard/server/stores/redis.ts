import { checkRedis, type RedisClient, type RedisServer, redisStore, redisTokenStore } from 'countersign/stores/redis'
import { importDriver } from './driver.ts'
import type { OpenedStores } from './opened.ts'

interface Client extends RedisClient, RedisServer {
  on(event: 'error', listener: () => void): unknown
  connect(): Promise<unknown>
  destroy(): void
}
interface Redis {
  createClient(options: {
    url: string
    disableOfflineQueue: boolean
    socket: { reconnectStrategy: (retries: number) => number | false }
  }): Client
}

export async function openRedis(url: string): Promise<OpenedStores> {
  const { createClient }: Redis = await importDriver('redis')
  // At the start a server that is not there is an error; later it is one that comes back.
  let isUp = false
  const reconnectStrategy = (retries: number) => isUp && Math.min(retries * 50, 2_000)
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy } })
  // Whoever sends a command in the meantime is told.
  client.on('error', () => {})
  await client.connect()
  isUp = true
  const { warnings } = await checkRedis(client)
  return {
    users: redisStore(client),
    tokens: redisTokenStore(client),
    notes: warnings,
    close: () => client.destroy(),
  }
}
