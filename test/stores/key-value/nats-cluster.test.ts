import { jetstreamManager } from '@nats-io/jetstream'
import { checkNats, natsStore } from 'countersign/stores/nats'
import { userStoreCases } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram } from '../../needs.ts'
import { exactlyOnce } from '../exactly-once/run.ts'
import { openNats } from './backends/nats.ts'
import { counted } from './counting.ts'
import { isOldNats, type NatsServers, needsNewNats, SYSTEM_NATS_SERVER, startNats } from './servers/nats.ts'

const hasOldNats = hasProgram(SYSTEM_NATS_SERVER) && isOldNats(SYSTEM_NATS_SERVER)

test.runIf(hasOldNats)('three servers older than 2.10 are refused: in them several writers can win', async () => {
  const servers = await startNats(3, SYSTEM_NATS_SERVER)
  const { kvm, connection } = await openNats([...servers.addresses])
  try {
    const kv = await kvm.create('two_factor', { replicas: 3, allow_direct: false })
    const refused = { code: 'store_invalid', message: expect.stringContaining('older than 2.10') }
    await expect(checkNats(kv)).rejects.toMatchObject(refused)
    await expect(natsStore(kv).load('ada')).rejects.toMatchObject(refused)
  } finally {
    await connection.close()
    await servers.stop()
  }
})

describe.skipIf(needsNewNats())('NATS, three servers and three replicas', () => {
  let servers: NatsServers
  let connections: Awaited<ReturnType<typeof openNats>>[]
  beforeAll(async () => {
    servers = await startNats(3)
    connections = await Promise.all(servers.addresses.map((address) => openNats([address])))
    for (const name of ['two_factor', 'another']) {
      await connections[0]?.kvm.create(name, { replicas: 3, allow_direct: false })
    }
  })
  afterAll(async () => {
    for (const { connection } of connections ?? []) await connection.close()
    await servers?.stop()
  })

  /** A bucket through one of the three servers. */
  function bucket(name: string, server = 0) {
    const connection = connections[server % connections.length]
    if (connection === undefined) throw new Error('There is no connection.')
    return connection.kvm.open(name)
  }

  const cases = userStoreCases(async () => natsStore(await bucket('two_factor')), {
    anotherConnection: async () => natsStore(await bucket('two_factor', 2)),
    anotherTable: async () => natsStore(await bucket('another')),
  })
  for (const { name, run } of cases) test(name, run)

  test('nothing is amiss with them', async () => {
    expect(await checkNats(await bucket('two_factor'))).toEqual({ replicas: 3, warnings: [] })
  })

  describe('four processes', () => {
    exactlyOnce({
      module: new URL('./backends/nats.ts', import.meta.url),
      target: () => JSON.stringify({ addresses: servers.addresses, bucket: 'two_factor' }),
    })
  })

  test('what was saved through one server is seen through each at once', async () => {
    const stores = await Promise.all([0, 1, 2].map(async (server) => natsStore(await bucket('two_factor', server))))
    let expected: string | null = null
    for (let count = 0; count < 300; count += 1) {
      const save = counted(count, expected)
      expect(await stores[count % 3]?.save('fresh', save)).toBe(true)
      const seen = await Promise.all(stores.map((store) => store.load('fresh')))
      expect(seen.map((found) => found?.record)).toEqual([save.record, save.record, save.record])
      expected = seen[0]?.version ?? null
    }
  })

  test('the leader ends under load: nothing that was acknowledged is lost, and others take over', async () => {
    const users = Array.from({ length: 8 }, (_, user) => `load-${user}`)
    const surviving = await openNats(servers.addresses)
    const store = natsStore(await surviving.kvm.open('two_factor'))
    const manager = await jetstreamManager(surviving.connection)
    const leader = (await manager.streams.info('KV_two_factor')).cluster?.leader ?? ''
    const acknowledged = new Map<string, Set<number>>(users.map((userId) => [userId, new Set()]))
    const lastMs = new Map<string, number>()
    let isOver = false

    /** Counts up, beside another who does, from whatever is stored; an unclear save is neither. */
    async function countUp(userId: string): Promise<void> {
      while (!isOver) {
        try {
          const found = await store.load(userId)
          const next = found === null ? 0 : countOf(found.record) + 1
          if (!(await store.save(userId, counted(next, found?.version ?? null)))) continue
          const counts = acknowledged.get(userId)
          if (counts?.has(next)) throw new TypeError(`${userId} was given ${next} twice`)
          counts?.add(next)
          lastMs.set(userId, performance.now())
        } catch (error) {
          if (error instanceof TypeError) throw error
        }
      }
    }

    const writers = Promise.all([...users, ...users].map(countUp))
    const program = servers.programs.get(leader)
    if (program === undefined) throw new Error(`There is no server ${leader}.`)
    await pause(1_500)
    await program.kill()
    const endedMs = performance.now()
    const isBack = () => users.every((userId) => (lastMs.get(userId) ?? 0) > endedMs)
    while (!isBack() && performance.now() - endedMs < 30_000) await pause(50)
    const backMs = performance.now() - endedMs
    await pause(1_000)
    program.start()
    await pause(3_000)
    isOver = true
    await writers
    process.stdout.write(`All users could be written ${(backMs / 1000).toFixed(1)} s after the leader had ended.\n`)
    expect(backMs).toBeLessThan(20_000)

    const fresh = await Promise.all(servers.addresses.map((address) => openNats([address])))
    for (const { connection, kvm } of fresh) {
      const through = natsStore(await kvm.open('two_factor'))
      for (const userId of users) {
        const stored = countOf((await through.load(userId))?.record)
        expect(stored).toBeGreaterThanOrEqual(Math.max(...(acknowledged.get(userId) ?? [])))
      }
      await connection.close()
    }
    await surviving.connection.close()
  }, 120_000)
})

function countOf(record: unknown): number {
  const count = typeof record === 'object' && record !== null ? Reflect.get(record, 'count') : null
  if (typeof count === 'number') return count
  throw new TypeError('There is no count in the record.')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
