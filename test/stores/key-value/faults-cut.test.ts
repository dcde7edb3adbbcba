import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { schema } from 'countersign/stores/dynamodb'
import { afterAll, beforeAll, describe } from 'vitest'
import { hasProgram, needs } from '../../needs.ts'
import { connectionCuts } from '../faults/cuts.ts'
import { connect } from './backends/dynamodb.ts'
import { openNats } from './backends/nats.ts'
import { startDynamodb } from './servers/dynamodb.ts'
import { needsNats, startNats } from './servers/nats.ts'
import { startRedis } from './servers/redis.ts'

const skipRedis = needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server')

interface Running {
  port: number
  stop(): Promise<void>
}

describe.skipIf(skipRedis)('Redis', () => {
  const server = running(startRedis)
  const target = (port: number) => JSON.stringify([port])
  describe('through ioredis', () => {
    connectionCuts({ module: backend('ioredis'), port: () => server().port, target, outcome: 'ok' })
  })
  describe('through redis', () => {
    connectionCuts({ module: backend('redis'), port: () => server().port, target, outcome: 'threw', recoveryMs: 3_000 })
  })
})

describe.skipIf(needsNats())('NATS', () => {
  const server = running(async () => {
    const { addresses, stop } = await startNats()
    const { connection, kvm } = await openNats(addresses)
    await kvm.create('two_factor', { allow_direct: false })
    await connection.close()
    return { port: portOf(`nats://${addresses[0]}`), stop }
  })
  connectionCuts({
    module: backend('nats'),
    port: () => server().port,
    target: (port) => JSON.stringify({ addresses: [`127.0.0.1:${port}`], bucket: 'two_factor' }),
    outcome: 'threw',
  })
})

describe('DynamoDB', () => {
  const server = running(async () => {
    const { endpoint, stop } = await startDynamodb()
    const documents = connect(endpoint)
    await documents.send(new CreateTableCommand(schema()))
    documents.destroy()
    return { port: portOf(endpoint), stop }
  })
  connectionCuts({
    module: backend('dynamodb'),
    port: () => server().port,
    target: (port) => `http://127.0.0.1:${port}`,
    outcome: 'ok',
  })
})

/** A server for the tests of a `describe`. */
function running(start: () => Promise<Running>): () => Running {
  let server: Running | null = null
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server?.stop())
  return () => {
    if (server === null) throw new Error('The server does not run.')
    return server
  }
}

function backend(name: string): URL {
  return new URL(`./backends/${name}.ts`, import.meta.url)
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}
