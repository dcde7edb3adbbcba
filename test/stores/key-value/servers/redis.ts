import { Redis } from 'ioredis'
import { freePorts, type Program, startProgram, until } from './program.ts'

export interface RedisServer {
  port: number
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface RedisCluster {
  ports: readonly number[]
  stop(): Promise<void>
}

const MASTERS = 3

/** One server on loopback. `options` are those of redis-server: `['--appendonly', 'yes']`. */
export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const [port = 0] = await freePorts(1)
  const program = startNode(port, options)
  await withClient(port, async () => undefined)
  return { port, kill: () => program.kill(), stop: () => program.stop() }
}

/** Three masters and a replica of each, on loopback. */
export async function startRedisCluster(...options: readonly string[]): Promise<RedisCluster> {
  const all = await freePorts(4 * MASTERS)
  const [ports, buses] = [all.slice(0, 2 * MASTERS), all.slice(2 * MASTERS)]
  const programs = ports.map((port, index) =>
    startNode(port, [
      '--cluster-enabled',
      'yes',
      '--repl-ping-replica-period',
      '1',
      '--cluster-port',
      String(buses[index]),
      ...options,
    ]),
  )
  const stop = async () => {
    await Promise.all(programs.map((program) => program.stop()))
  }
  try {
    await join(ports, buses)
    return { ports, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What `redis-cli --cluster create` does. The first three become masters, the others a replica of each. */
async function join(ports: readonly number[], buses: readonly number[]): Promise<void> {
  const ids = await onEach(ports, async (client, index) => {
    if (index < MASTERS) await client.call('CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(index))
    await client.call('CLUSTER', 'MEET', '127.0.0.1', String(ports[0]), String(buses[0]))
    return String(await client.call('CLUSTER', 'MYID'))
  })
  await onEach(ports, async (client, index) => {
    const nodes = async () => String(await client.call('CLUSTER', 'NODES'))
    await until('all know each other', async () => knowsAll(await nodes(), ids))
    if (index >= MASTERS) await client.call('CLUSTER', 'REPLICATE', String(ids[index - MASTERS]))
  })
  await onEach(ports, (client) =>
    until('the cluster is in order', async () => {
      const [info, slots] = [await client.call('CLUSTER', 'INFO'), await client.call('CLUSTER', 'SLOTS')]
      return String(info).includes('cluster_state:ok') && Array.isArray(slots) && slots.every(hasReplica)
    }),
  )
}

function onEach<T>(ports: readonly number[], work: (client: Redis, index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(ports.map((port, index) => withClient(port, (client) => work(client, index))))
}

function startNode(port: number, options: readonly string[]): Program {
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--loglevel', 'warning']
  return startProgram('redis-server', (folder) => [...own, '--dir', folder, ...options])
}

function knowsAll(nodes: string, ids: readonly string[]): boolean {
  return ids.every((id) => nodes.includes(id)) && !nodes.includes('handshake')
}

/** A range of slots: its first, its last, its master, and the replicas that have caught up. */
function hasReplica(range: unknown): boolean {
  return Array.isArray(range) && range.length === 4
}

function slotsOf(index: number): [first: string, last: string] {
  const first = Math.ceil((16384 * index) / MASTERS)
  return [String(first), String(Math.ceil((16384 * (index + 1)) / MASTERS) - 1)]
}

/** Runs work with a client of one server, once that answers. */
async function withClient<T>(port: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  try {
    await until(`redis-server answers on port ${port}`, async () => (await client.ping()) === 'PONG')
    return await work(client)
  } finally {
    client.disconnect()
  }
}
