import { afterAll, beforeAll, describe } from 'vitest'
import { hasProgram, needs } from '../../needs.ts'
import { kills } from '../faults/kills.ts'
import { type RedisServer, startRedis } from './servers/redis.ts'

const missing = needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server')

describe.skipIf(missing)('Redis, through ioredis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server?.stop())

  kills({
    name: 'ioredis',
    module: new URL('./backends/ioredis.ts', import.meta.url),
    target: () => JSON.stringify([server.port]),
    folder: new URL('.', import.meta.url),
  })
})
