// npm run bench:stores [-- --rounds 11] [--only pg,nats] [--growth 1000000]
// A second step on every store whose server is there, beside a bare loop of the same reads and writes; then how it grows
// with the number of users. Prints the Markdown tables of docs/scaling.md.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    growth: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const users = Number(values.growth)
const isAsked = ({ name }) => values.only === undefined || values.only.split(',').includes(name)

for (const drivers of ['', 'sql', 'key-value']) {
  const folder = `${here}../../test/stores/${drivers}`
  if (existsSync(`${folder}/node_modules`)) continue
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

// Built as the package is.
await build({
  config: false,
  silent: true,
  entry: { measured: `${here}measured.ts` },
  outDir: `${here}dist`,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^@noble\//, 'thirty-two'],
})

const { warmUp } = await import('./person.mjs')
const { measureRecords } = await import('./records.mjs')
const { startServers } = await import('./servers.mjs')
const { sqlBackends } = await import('./sql.mjs')
const { keyValueBackends } = await import('./key-value.mjs')
const { inProcessBackends } = await import('./in-process.mjs')
const { measureStores } = await import('./throughput.mjs')
const { measureCold } = await import('./cold.mjs')
const { measureGrowth } = await import('./growth.mjs')

await measureRecords()
const servers = await startServers()
try {
  const backends = [...inProcessBackends(), ...sqlBackends(servers), ...keyValueBackends(servers)].filter(isAsked)
  await warmUp()
  await measureStores(backends, rounds)
  const pg = backends.find(({ name }) => name === 'pg')
  if (pg !== undefined) await measureCold(pg, rounds)
  if (users > 0) await measureGrowth(servers, users)
} finally {
  await servers.stop()
}
