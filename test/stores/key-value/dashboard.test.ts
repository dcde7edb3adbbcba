import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import {
  expectBackAgain,
  expectOneCodeOnce,
  expectRefusal,
  type Instances,
  startTwo,
} from '../../dashboard/instances.ts'
import { hasProgram, needs } from '../../needs.ts'
import { openNats } from './backends/nats.ts'
import { needsNats, startNats } from './servers/nats.ts'
import { freePorts, startProgram, until } from './servers/program.ts'
import { startRedis } from './servers/redis.ts'

const NODE_PATH = fileURLToPath(new URL('node_modules', import.meta.url))
const NATS_SERVER = process.env['COUNTERSIGN_NATS_SERVER'] ?? 'nats-server'
const PATIENCE_MS = 120_000
const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

describe.skipIf(needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server'))(
  'the dashboard on Redis',
  { timeout: PATIENCE_MS },
  () => {
    test('two instances take a code once, and say what the server could lose', async () => {
      const port = await redis()
      const instances = await twoOn(`redis://127.0.0.1:${port}`)
      await expectOneCodeOnce(instances)
      expect(instances.said()).toContain('Redis keeps nothing on disk.')
      const keys = await clientOf(port).keys('*')
      expect(keys.filter((key) => key.startsWith('countersign:two-factor:'))).toHaveLength(1)
      expect(keys.filter((key) => key.startsWith('countersign:access-token:'))).toHaveLength(2)
    })

    test('two instances go on when the server has been away', async () => {
      const [port = 0] = await freePorts(1)
      const options = ['--port', String(port), '--bind', '127.0.0.1', '--appendonly', 'yes', '--appendfsync', 'always']
      const server = startProgram('redis-server', (folder) => [...options, '--dir', folder])
      open.push(() => server.stop())
      await until('redis-server listens', () => listens(port))
      const instances = await twoOn(`redis://127.0.0.1:${port}`)
      expect(instances.said()).not.toContain('Redis ')
      await expectOneCodeOnce(instances)
      await server.kill()
      server.start()
      await expectBackAgain(instances)
    })

    test('a wrong password is said in one line, without it', async () => {
      const port = await redis()
      await clientOf(port).config('SET', 'requirepass', 'another')
      await expectRefusal(
        { DATABASE_URL: `redis://:s3cret@127.0.0.1:${port}`, NODE_PATH },
        new RegExp(`^DATABASE_URL: redis://127\\.0\\.0\\.1:${port} cannot be used: WRONGPASS .+$`),
      )
      await expectRefusal(
        { DATABASE_URL: `redis://127.0.0.1:${port}`, NODE_PATH },
        new RegExp(`^DATABASE_URL: redis://127\\.0\\.0\\.1:${port} cannot be used: NOAUTH .+$`),
      )
    })

    test('a server that evicts records is refused in one line', async () => {
      const port = await redis('--maxmemory-policy', 'allkeys-lru')
      await expectRefusal(
        { DATABASE_URL: `redis://127.0.0.1:${port}`, NODE_PATH },
        /cannot be used: Redis is not fit for two-factor authentication: .+ Set `maxmemory-policy noeviction`/,
      )
    })

    test('a server that is not there is said in one line', async () => {
      const [port] = await freePorts(1)
      await expectRefusal(
        { DATABASE_URL: `redis://ada:s3cret@127.0.0.1:${port}/0`, NODE_PATH },
        new RegExp(`^DATABASE_URL: redis://127\\.0\\.0\\.1:${port}/0 cannot be used: connect ECONNREFUSED .+$`),
      )
    })
  },
)

describe.skipIf(needsNats())('the dashboard on NATS', { timeout: PATIENCE_MS }, () => {
  test('two instances take a code once, and say what stays elsewhere', async () => {
    const address = await nats()
    const instances = await twoOn(`nats://${address}`)
    await expectOneCodeOnce(instances)
    expect(instances.said()).toContain('The bucket has fewer than three replicas.')
    expect(instances.said()).toContain("NATS takes no access tokens: they stay in the dashboard's own SQLite file")
    const { connection, kvm } = await openNats([address])
    open.push(() => connection.close())
    const bucket = await kvm.open('two_factor')
    const keys: string[] = []
    for await (const key of await bucket.keys()) keys.push(key)
    expect(keys).toHaveLength(1)
  })

  test.each([
    ['a name and a password', ['--user', 'ada', '--pass', 'right/one'], 'ada:right%2Fone', 'ada:s3cret'],
    ['a token', ['--auth', 'right/one'], 'right%2Fone', 's3cret'],
  ])('a server that wants %s gets it, and a wrong one is said in one line', async (_what, options, right, wrong) => {
    const [port = 0] = await freePorts(1)
    const server = startProgram(NATS_SERVER, (folder) => [
      ...['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', folder],
      ...options,
    ])
    open.push(() => server.stop())
    await until('nats-server listens', () => listens(port))
    const instances = await twoOn(`nats://${right}@127.0.0.1:${port}`)
    expect(instances.said()).not.toMatch(/right.one/)
    await expectRefusal(
      { DATABASE_URL: `nats://${wrong}@127.0.0.1:${port}`, NODE_PATH },
      new RegExp(`^DATABASE_URL: nats://127\\.0\\.0\\.1:${port} cannot be used: Authorization Violation$`),
    )
  })

  test('a bucket whose entries expire is refused in one line', async () => {
    const address = await nats()
    const { connection, kvm } = await openNats([address])
    open.push(() => connection.close())
    await kvm.create('two_factor', { ttl: 60_000, allow_direct: false })
    await expectRefusal(
      { DATABASE_URL: `nats://${address}`, NODE_PATH },
      /cannot be used: The bucket is not fit for two-factor authentication: its entries expire .+$/,
    )
  })

  test('a server that is not there is said in one line', async () => {
    const [port] = await freePorts(1)
    await expectRefusal(
      { DATABASE_URL: `nats://ada:s3cret@127.0.0.1:${port}`, NODE_PATH },
      new RegExp(`^DATABASE_URL: nats://127\\.0\\.0\\.1:${port} cannot be used: .*refused.*$`, 'i'),
    )
  })
})

async function twoOn(url: string): Promise<Instances> {
  const instances = await startTwo({ DATABASE_URL: url, NODE_PATH })
  open.push(() => instances.stop())
  return instances
}

async function redis(...options: readonly string[]): Promise<number> {
  const { port, stop } = await startRedis(...options)
  open.push(stop)
  return port
}

/** A connection that is there before a password is asked for. */
function clientOf(port: number): Redis {
  const client = new Redis(port, '127.0.0.1')
  open.push(() => client.disconnect())
  return client
}

async function nats(): Promise<string> {
  const { addresses, stop } = await startNats()
  open.push(stop)
  return String(addresses[0])
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}
