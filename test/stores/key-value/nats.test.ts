import { jetstreamManager } from '@nats-io/jetstream'
import type { KvOptions } from '@nats-io/kv'
import { createTwoFactor, generateKey } from 'countersign'
import { checkNats, natsStore } from 'countersign/stores/nats'
import { enroll, userStoreCases } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exactlyOnce } from '../exactly-once/run.ts'
import { writtenRecord } from '../written-record.ts'
import { openNats } from './backends/nats.ts'
import { type NatsServers, needsNats, startNats } from './servers/nats.ts'

const missing = needsNats()
const record = await writtenRecord()

describe.skipIf(missing)('NATS', () => {
  let servers: NatsServers
  let here: Awaited<ReturnType<typeof openNats>>
  let there: Awaited<ReturnType<typeof openNats>>
  let buckets = 0

  beforeAll(async () => {
    servers = await startNats()
    here = await openNats(servers.addresses)
    there = await openNats(servers.addresses)
    for (const name of ['two_factor', 'another']) await here.kvm.create(name, { allow_direct: false })
  })
  afterAll(async () => {
    await here?.connection.close()
    await there?.connection.close()
    await servers?.stop()
  })

  const cases = userStoreCases(async () => natsStore(await here.kvm.open('two_factor')), {
    anotherConnection: async () => natsStore(await there.kvm.open('two_factor')),
    anotherTable: async () => natsStore(await here.kvm.open('another')),
    disconnected: async () => {
      const { connection, kvm } = await openNats(servers.addresses)
      const store = natsStore(await kvm.open('two_factor'))
      await store.load('ada')
      await connection.close()
      return store
    },
  })
  for (const { name, run } of cases) test(name, run)

  describe('four processes', () => {
    exactlyOnce({
      module: new URL('./backends/nats.ts', import.meta.url),
      target: () => JSON.stringify({ addresses: servers.addresses, bucket: 'two_factor' }),
    })
  })

  test('people find a user by the key, whatever the bucket has of a history', async () => {
    const kv = await create({ history: 5, allow_direct: false })
    const store = natsStore(kv)
    await store.save('ada_Lovelace-1', creating('v'))
    await store.save('ada@example.com', creating('v'))
    const keys: string[] = []
    for await (const key of await kv.keys()) keys.push(key)
    expect(keys.sort()).toEqual(['ada=40example=2Ecom', 'ada_Lovelace-1'])
  })

  test('a deletion leaves nothing of the record behind in the history', async () => {
    const kv = await create({ history: 5, allow_direct: false })
    const store = natsStore(kv)
    await store.save('ada', creating('v'))
    const expected = (await store.load('ada'))?.version ?? null
    expect(await store.save('ada', { ...creating('v'), expected, record: null })).toBe(true)
    const left: string[] = []
    for await (const { operation, length } of await kv.history({ key: 'ada' })) left.push(`${operation} ${length}`)
    expect(left).toEqual(['PURGE 0'])
  })

  test('a damaged record is refused by name, and a reset deletes it', async () => {
    const kv = await create({ allow_direct: false })
    const options = { issuer: 'Acme', store: natsStore(kv), keys: generateKey(), verifyPassword: () => true }
    const twoFactor = createTwoFactor(options)
    await enroll(twoFactor, 'ada')
    await kv.put('ada', '{"schema":1,')
    await expect(twoFactor.challenge('ada')).rejects.toMatchObject({ code: 'record_invalid' })
    expect(await twoFactor.admin.reset('ada', { by: 'staff', note: 'damaged' })).toEqual({ ok: true, existed: true })
    expect((await twoFactor.challenge('ada')).passed).toBe(true)
  })

  test.each(['0', '-1', '1.5', '', ' 1', '1e3', '9007199254740993'])(
    'a save that expects %j, which is no revision, is rejected and writes nothing',
    async (expected) => {
      const store = natsStore(await create({ allow_direct: false }))
      await store.save('ada', creating('v'))
      for (const next of [record, null]) {
        const saved = store.save('ada', { ...creating('w'), expected, record: next })
        await expect(saved).rejects.toMatchObject({ code: 'store_invalid' })
      }
      expect((await store.load('ada'))?.record).toEqual(record)
    },
  )

  test.each<[string, Partial<KvOptions>]>([
    ['any replica answers', { allow_direct: true }],
    ['expire', { allow_direct: false, ttl: 60_000 }],
  ])('a bucket whose entries or answers do not last is refused: %s', async (says, options) => {
    const kv = await create(options)
    await expectRefusal(kv, says)
  })

  test('a bucket that was made for direct reads is taken once it is opened without', async () => {
    const kv = await create({ allow_direct: true })
    await expectRefusal(kv, 'any replica answers')
    const opened = await here.kvm.open(`bucket-${buckets}`)
    expect(await natsStore(opened).save('ada', creating('v'))).toBe(true)
  })

  test('a mirror is refused, and a bucket that drops its oldest entries', async () => {
    await expectRefusal(await create({ allow_direct: false, mirror: { name: 'two_factor' } }), 'mirror')
    const kv = await create({ allow_direct: false, max_bytes: 1_000_000 })
    await checkNats(kv)
    const manager = await jetstreamManager(here.connection)
    await manager.streams.update(`KV_bucket-${buckets}`, { discard: 'old' })
    await expectRefusal(kv, 'drops old entries')
  })

  test('the check warns of a bucket in memory, and of one with one replica', async () => {
    const { replicas, warnings } = await checkNats(await create({ allow_direct: false, storage: 'memory' }))
    expect(replicas).toBe(1)
    expect(warnings).toEqual([expect.stringContaining('replicas: 3'), expect.stringContaining('in memory')])
  })

  function create(options: Partial<KvOptions>) {
    buckets += 1
    return here.kvm.create(`bucket-${buckets}`, options)
  }

  async function expectRefusal(kv: Awaited<ReturnType<typeof create>>, says: string): Promise<void> {
    const refused = { code: 'store_invalid', message: expect.stringContaining(says) }
    await expect(checkNats(kv)).rejects.toMatchObject(refused)
    await expect(natsStore(kv).load('ada')).rejects.toMatchObject(refused)
    await expect(natsStore(kv).save('ada', creating('v'))).rejects.toMatchObject(refused)
  }
})

function creating(version: string) {
  return { expected: null, version, record, enabledAtMs: null, events: [] }
}
