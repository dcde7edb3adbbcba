import { once } from 'node:events'
import { checkRedis, ioredisStore } from 'countersign/stores/ioredis'
import * as redis from 'countersign/stores/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterEach, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../../needs.ts'
import { counted } from './counting.ts'
import { startRedis } from './servers/redis.ts'

const missing = needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server')
const open: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

describe.skipIf(missing)('the check of a Redis server', () => {
  test.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])(
    'refuses %s, unless the host answers for it',
    async (policy) => {
      const port = await start('--maxmemory-policy', policy)
      const refused = { code: 'store_invalid', message: expect.stringContaining('maxmemory-policy noeviction') }
      for (const check of await checks(port)) {
        await expect(check()).rejects.toMatchObject(refused)
        await expect(check({ allowEviction: false })).rejects.toMatchObject(refused)
        expect((await check({ allowEviction: true })).persistence).toBe('none')
      }
    },
  )

  test.each(['noeviction', 'volatile-lru', 'volatile-ttl'])(
    'takes %s, under which no record ever gives way',
    async (policy) => {
      const port = await start('--maxmemory-policy', policy)
      for (const check of await checks(port)) await check()
      const client = connect(port)
      const store = ioredisStore(client)
      for (let user = 0; user < 100; user += 1) await store.save(`user-${user}`, counted(user, null))
      const used = /used_memory:(\d+)/.exec(await client.info('memory'))?.[1]
      await client.config('SET', 'maxmemory', String(Number(used) + 1_000_000))
      const full = Array.from({ length: 400 }, (_, index) =>
        client.set(`other-${index}`, 'x'.repeat(10_000), 'EX', 1_000),
      )
      await Promise.allSettled(full)
      for (let user = 0; user < 100; user += 1) {
        expect((await store.load(`user-${user}`))?.record).toEqual(counted(user, null).record)
      }
    },
  )

  test('a save that finds no memory rejects, and a load still answers', async () => {
    const client = connect(await start())
    const store = ioredisStore(client)
    const first = counted(1, null)
    await store.save('ada', first)
    await client.config('SET', 'maxmemory', '1')
    await expect(store.save('ada', counted(2, first.version))).rejects.toThrow('OOM')
    expect((await store.load('ada'))?.record).toEqual(first.record)
  })

  test.each([
    ['none', ['--appendonly', 'no'], 'keeps nothing on disk'],
    ['snapshots', ['--appendonly', 'no', '--save', '3600 1'], 'snapshots only'],
    ['unknown', ['--appendonly', 'no', '--rename-command', 'CONFIG', ''], 'CONFIG is not allowed'],
  ])('warns of persistence %s', async (persistence, options, says) => {
    for (const check of await checks(await start(...options))) {
      expect(await check()).toEqual({ persistence, warnings: [expect.stringContaining(says)] })
    }
  })

  test('has nothing to say of an append-only file', async () => {
    for (const check of await checks(await start('--appendonly', 'yes'))) {
      expect(await check()).toEqual({ persistence: 'append-only', warnings: [] })
    }
  })

  test('refuses a replica', async () => {
    const master = await start()
    for (const check of await checks(await start('--replicaof', `127.0.0.1 ${master}`))) {
      await expect(check()).rejects.toMatchObject({ message: expect.stringContaining('Connect to the master') })
    }
  })
})

async function start(...options: readonly string[]): Promise<number> {
  const server = await startRedis(...options)
  open.push(() => server.stop())
  return server.port
}

function connect(port: number): Redis {
  const client = new Redis(port, '127.0.0.1')
  client.on('error', () => undefined)
  open.unshift(() => client.disconnect())
  return client
}

/** Through each of the two libraries. */
async function checks(port: number) {
  const client = connect(port)
  if (client.status !== 'ready') await once(client, 'ready')
  const other = createClient({ url: `redis://127.0.0.1:${port}` })
  other.on('error', () => undefined)
  await other.connect()
  open.unshift(() => other.destroy())
  return [
    (options?: redis.RedisCheckOptions) => checkRedis(client, options),
    (options?: redis.RedisCheckOptions) => redis.checkRedis(other, options),
  ]
}
