import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { createTwoFactor, generateKey } from 'countersign'
import { dynamodbStore, schema } from 'countersign/stores/dynamodb'
import { enroll, userStoreCases } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exactlyOnce } from '../exactly-once/run.ts'
import { connect } from './backends/dynamodb.ts'
import { counted } from './counting.ts'
import { startDynamodb } from './servers/dynamodb.ts'

let server: Awaited<ReturnType<typeof startDynamodb>>
let here: DynamoDBDocument
let there: DynamoDBDocument

beforeAll(async () => {
  server = await startDynamodb()
  here = connect(server.endpoint)
  there = connect(server.endpoint)
  for (const table of ['two_factor', 'another']) await here.send(new CreateTableCommand(schema({ table })))
})
afterAll(async () => {
  here?.destroy()
  there?.destroy()
  await server?.stop()
})

describe('DynamoDB', () => {
  const cases = userStoreCases(() => dynamodbStore(here), {
    anotherConnection: () => dynamodbStore(there),
    anotherTable: () => dynamodbStore(here, { table: 'another' }),
    disconnected: async () => {
      const ended = await startDynamodb()
      const documents = connect(ended.endpoint)
      await ended.stop()
      return dynamodbStore(documents)
    },
    readEnabledAtMs: async (userId) => (await itemOf(userId))?.['enabledAtMs'] ?? null,
  })
  for (const { name, run } of cases) test(name, run)

  describe('four processes', () => {
    exactlyOnce({ module: new URL('./backends/dynamodb.ts', import.meta.url), target: () => server.endpoint })
  })

  test('a request that the SDK sends again, since its answer was lost, has written', async () => {
    const store = dynamodbStore(here)
    const create = counted(1, null)
    expect(await store.save('again', create)).toBe(true)
    expect(await store.save('again', create)).toBe(true)
    const update = counted(2, create.version)
    expect(await store.save('again', update)).toBe(true)
    expect(await store.save('again', update)).toBe(true)
    expect(await store.save('again', create)).toBe(false)
    expect((await store.load('again'))?.record).toEqual(update.record)
  })

  test('a damaged record is refused by name, and a reset deletes it', async () => {
    const options = { issuer: 'Acme', store: dynamodbStore(here), keys: generateKey(), verifyPassword: () => true }
    const twoFactor = createTwoFactor(options)
    await enroll(twoFactor, 'damaged')
    await here.put({ TableName: 'two_factor', Item: { ...(await itemOf('damaged')), record: '{"schema":1,' } })
    await expect(twoFactor.challenge('damaged')).rejects.toMatchObject({ code: 'record_invalid' })
    expect(await twoFactor.admin.reset('damaged', { by: 'staff', note: 'damaged' })).toEqual({
      ok: true,
      existed: true,
    })
    expect(await itemOf('damaged')).toBeUndefined()
  })

  test('an item without a version is rejected, and a missing table', async () => {
    await here.put({ TableName: 'two_factor', Item: { userId: 'strange', record: '{}' } })
    await expect(dynamodbStore(here).load('strange')).rejects.toMatchObject({ code: 'store_invalid' })
    const missing = dynamodbStore(here, { table: 'missing' })
    await expect(missing.load('ada')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(missing.save('ada', counted(1, null))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test.each(['arn:aws:dynamodb:eu-west-1:123456789012:table/two_factor', 'a.b-c_d'])('takes the table %s', (table) => {
    expect(schema({ table }).TableName).toBe(table)
  })

  test.each(['', 'ab', 'a b', 'ä'.repeat(3), 'a'.repeat(1025), null, 5])('refuses the table %j', (name) => {
    const table: string = JSON.parse(JSON.stringify(name))
    for (const use of [() => dynamodbStore(here, { table }), () => schema({ table })]) {
      expect(use).toThrow(
        expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining('table') }),
      )
    }
  })
})

async function itemOf(userId: string) {
  return (await here.get({ TableName: 'two_factor', Key: { userId }, ConsistentRead: true })).Item
}
