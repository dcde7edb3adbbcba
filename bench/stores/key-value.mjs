import { createRequire } from 'node:module'
import { dynamodbSchema, dynamodbStore, ioredisStore, natsStore, redisStore } from './dist/measured.js'

const driverOf = createRequire(new URL('../../test/stores/key-value/package.json', import.meta.url))

const keyOf = (userId) => `countersign:two-factor:${userId}`
const FIELDS = ['version', 'record']
const WRITE = `if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'record', ARGV[3], 'enabled_at', ARGV[4])
return 1`

export function keyValueBackends({ redis, nats, dynamodb }) {
  return [
    ...(redis === null ? [] : [{ name: 'ioredis', open: () => openIoredis(redis.port) }]),
    ...(redis === null ? [] : [{ name: 'redis', open: () => openRedis(redis.port) }]),
    ...(nats === null ? [] : [{ name: 'nats', open: () => openNats(nats.addresses) }]),
    ...(dynamodb === null ? [] : [{ name: 'dynamodb', open: () => openDynamodb(dynamodb.endpoint) }]),
  ]
}

async function openIoredis(port) {
  const { Redis } = driverOf('ioredis')
  const client = new Redis(port, '127.0.0.1')
  const sha1 = await client.script('LOAD', WRITE)
  return {
    store: ioredisStore(client),
    read: async (userId) => asRow(await client.hmget(keyOf(userId), ...FIELDS)),
    write: async (userId, { expected, version, text, enabledAtMs }) =>
      (await client.evalsha(sha1, 1, keyOf(userId), expected, version, text, enabledAtMs)) === 1,
    close: () => client.quit(),
  }
}

async function openRedis(port) {
  const { createClient } = driverOf('redis')
  const client = await createClient({ url: `redis://127.0.0.1:${port}`, disableOfflineQueue: true }).connect()
  const sha1 = await client.scriptLoad(WRITE)
  return {
    store: redisStore(client),
    read: async (userId) => asRow(await client.hmGet(keyOf(userId), FIELDS)),
    write: async (userId, { expected, version, text, enabledAtMs }) => {
      const given = { keys: [keyOf(userId)], arguments: [expected, version, text, String(enabledAtMs)] }
      return (await client.evalSha(sha1, given)) === 1
    },
    close: () => client.close(),
  }
}

const asRow = ([version, record]) => ({ version, record })

async function openNats(addresses) {
  const connection = await driverOf('@nats-io/transport-node').connect({ servers: [...addresses] })
  const { Kvm } = driverOf('@nats-io/kv')
  const kv = await new Kvm(connection).create('two_factor', { allow_direct: false })
  return {
    store: natsStore(kv),
    read: async (userId) => {
      const entry = await kv.get(userId)
      return { version: entry.revision, record: entry.string() }
    },
    /** It throws where another one wrote. */
    write: async (userId, { expected, text }) => (await kv.update(userId, text, expected)) > 0,
    close: () => connection.close(),
  }
}

async function openDynamodb(endpoint) {
  const { DynamoDBClient, CreateTableCommand } = driverOf('@aws-sdk/client-dynamodb')
  const { DynamoDBDocument } = driverOf('@aws-sdk/lib-dynamodb')
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials })
  await client.send(new CreateTableCommand(dynamodbSchema())).catch((error) => {
    if (error.name !== 'ResourceInUseException') throw error
  })
  const documents = DynamoDBDocument.from(client)
  const TableName = 'two_factor'
  return {
    store: dynamodbStore(documents),
    read: async (userId) => (await documents.get({ TableName, Key: { userId }, ConsistentRead: true })).Item,
    /** It throws where another one wrote. */
    write: async (userId, { expected, version, text, enabledAtMs }) => {
      await documents.put({
        TableName,
        Item: { userId, version, record: text, enabledAtMs },
        ConditionExpression: '#version = :expected',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':expected': expected },
      })
      return true
    },
    close: () => documents.destroy(),
  }
}
