import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { ioredisStore } from 'countersign/stores/ioredis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe } from 'vitest'
import { built } from '../../cli/program.ts'
import { hasProgram, needs } from '../../needs.ts'
import { cliKills } from '../faults/cli-kills.ts'
import { type RedisServer, startRedis } from './servers/redis.ts'

const missing = needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server')
const isBuilt = existsSync(new URL('../../../dist/cli/index.js', import.meta.url))
const skip = needs('the build', isBuilt, 'npm run build')
const ioredis = pathToFileURL(createRequire(import.meta.url).resolve('ioredis')).href

describe.skipIf(missing || skip)('npx countersign on Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server?.stop())

  cliKills({
    config: () => `import { createTwoFactor } from '${built('index.js')}'
import { ioredisStore } from '${built('stores/ioredis.js')}'
import ioredis from '${ioredis}'

const client = new ioredis.Redis(${server.port})
const store = ioredisStore(client)
export default {
  twoFactor: createTwoFactor({ issuer: 'Acme', store, keys: process.env.COUNTERSIGN_KEYS }),
  store,
  close: () => client.quit(),
}
`,
    async open() {
      const client = new Redis(server.port)
      return { store: ioredisStore(client), close: () => client.quit() }
    },
    clear: async () => undefined,
  })
})
