import { afterAll, beforeAll, describe } from 'vitest'
import { hasProgram, needs } from '../../needs.ts'
import { restarts } from '../faults/restarts.ts'
import { type CrashingServer, listening, startRedis } from '../faults/servers.ts'
import { openNats } from './backends/nats.ts'
import { needsNats, startNats } from './servers/nats.ts'

const missing = needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server')

describe.skipIf(missing)('Redis, with appendfsync always', () => {
  let server: CrashingServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server?.stop())

  describe.each(['ioredis', 'redis'])('through %s', (name) => {
    restarts({ name, module: backend(name), target: () => JSON.stringify([server.port]), server: () => server })
  })
})

describe.skipIf(needsNats())('NATS, one server', () => {
  let server: CrashingServer
  beforeAll(async () => {
    const { addresses, programs } = await startNats()
    const [program] = programs.values()
    if (program === undefined) throw new Error('There is no server.')
    server = await listening(program, Number(new URL(`nats://${addresses[0]}`).port))
    const { connection, kvm } = await openNats(addresses)
    await kvm.create('two_factor', { allow_direct: false })
    await connection.close()
  })
  afterAll(() => server?.stop())

  const target = () => JSON.stringify({ addresses: [`127.0.0.1:${server.port}`], bucket: 'two_factor' })
  restarts({ name: 'nats', module: backend('nats'), target, server: () => server })
})

function backend(name: string): URL {
  return new URL(`./backends/${name}.ts`, import.meta.url)
}
