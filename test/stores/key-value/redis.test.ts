import { tokenStoreCases, userStoreCases } from 'countersign/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../../needs.ts'
import { exactlyOnce } from '../exactly-once/run.ts'
import * as ioredis from './backends/ioredis.ts'
import type { OpenedRedis } from './backends/opened-redis.ts'
import * as redis from './backends/redis.ts'
import { startRedis, startRedisCluster } from './servers/redis.ts'

const missing = needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server')

const LIBRARIES = [
  { name: 'ioredis', openRedis: ioredis.openRedis, module: new URL('./backends/ioredis.ts', import.meta.url) },
  { name: 'redis', openRedis: redis.openRedis, module: new URL('./backends/redis.ts', import.meta.url) },
]

describe.skipIf(missing)('Redis', () => {
  runOn(async () => {
    const { port, stop } = await startRedis()
    return { ports: [port], stop }
  })
})

describe.skipIf(missing)('Redis Cluster, of three masters and three replicas', () => {
  runOn(startRedisCluster, (running) => {
    test('plain reads go to replicas, as the client was told, and the reads of a store never do', async () => {
      const { ports, here } = running
      const replicas = ports.slice(3).map((port) => new Redis(port, '127.0.0.1'))
      const calls = async (command: string) => {
        const stats = await Promise.all(replicas.map((replica) => replica.info('commandstats')))
        return stats.filter((text) => new RegExp(`cmdstat_${command}:`).test(text)).length
      }
      try {
        for (const replica of replicas) await replica.config('RESETSTAT')
        for (let user = 0; user < 50; user += 1) {
          await here.store().load(`user-${user}`)
          await here.tokenStore().find(`hash-${user}`)
          await here.tokenStore().list(`user-${user}`)
          await here.get(`key-${user}`)
        }
        expect(await calls('get')).toBe(3)
        expect(await calls('eval(sha)?')).toBe(0)
      } finally {
        for (const replica of replicas) replica.disconnect()
      }
    })
  })
})

interface Running {
  ports: readonly number[]
  here: OpenedRedis
}

function runOn(
  start: () => Promise<{ ports: readonly number[]; stop(): Promise<void> }>,
  further: (running: Running) => void = () => undefined,
): void {
  let servers: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    servers = await start()
  })
  afterAll(() => servers?.stop())

  for (const { name, openRedis, module } of LIBRARIES) {
    describe(`through ${name}`, () => {
      let here: OpenedRedis
      let there: OpenedRedis
      let gone: OpenedRedis
      beforeAll(async () => {
        here = await openRedis(servers.ports)
        there = await openRedis(servers.ports)
        const server = await startRedis()
        gone = await openRedis([server.port])
        await gone.store().load('ada')
        await server.stop()
      })
      afterAll(() => {
        for (const opened of [here, there, gone]) opened?.close()
      })

      const userCases = userStoreCases(() => here.store(), {
        anotherConnection: () => there.store(),
        anotherTable: () => here.store({ prefix: 'another:' }),
        disconnected: () => gone.store(),
        readEnabledAtMs: async (userId) => {
          const field = await here.field(`countersign:two-factor:${userId}`, 'enabled_at')
          return field === null ? null : Number(field)
        },
      })
      describe('users', () => {
        for (const { name, run } of userCases) test(name, run)
      })

      const tokenCases = tokenStoreCases(() => here.tokenStore(), {
        anotherConnection: () => there.tokenStore(),
        anotherTable: () => here.tokenStore({ prefix: 'another:' }),
        disconnected: () => gone.tokenStore(),
      })
      describe('access tokens', () => {
        for (const { name, run } of tokenCases) test(name, run)
      })

      describe('four processes', () => {
        exactlyOnce({ module, target: () => JSON.stringify(servers.ports) })
      })

      further({
        get ports() {
          return servers.ports
        },
        get here() {
          return here
        },
      })

      test('the check finds every master, and says that nothing is kept on disk', async () => {
        const { persistence, warnings } = await here.check()
        expect(persistence).toBe('none')
        expect(warnings).toEqual([expect.stringContaining('appendonly yes')])
      })
    })
  }
}
