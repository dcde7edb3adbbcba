import { tsImport } from 'tsx/esm/api'

/** The test suites' own servers, on loopback, without waiting for the disk; '' or null where one is not there. */
export async function startServers() {
  const started = []
  const urls = {}
  const { default: startSql } = await load('sql/servers.ts')
  started.push(await startSql({ provide: (name, url) => Object.assign(urls, { [name]: url }) }))
  if (urls.postgresUrl === '') console.error('skipped: PostgreSQL is not there (apt-get install postgresql)')
  if (urls.mysqlUrl === '') console.error('skipped: MariaDB is not there (apt-get install mariadb-server)')

  const { startDynamodb } = await load('key-value/servers/dynamodb.ts')
  const { startRedis } = await load('key-value/servers/redis.ts')
  const { needsNats, startNats } = await load('key-value/servers/nats.ts')
  const { needs, hasProgram } = await load('../needs.ts')
  const start = async (name, isMissing, startServer) => {
    if (isMissing) return null
    try {
      const server = await startServer()
      started.push(() => server.stop())
      return server
    } catch (error) {
      console.error(`skipped: ${name} (${error.message})`)
      return null
    }
  }
  return {
    ...urls,
    redis: await start('Redis', needs('Redis', hasProgram('redis-server'), 'apt-get install redis-server'), startRedis),
    nats: await start('NATS', needsNats(), startNats),
    dynamodb: await start('dynalite', false, startDynamodb),
    stop: async () => {
      for (const stop of started) await stop()
    },
  }
}

function load(path) {
  return tsImport(`../../test/stores/${path}`, import.meta.url)
}
