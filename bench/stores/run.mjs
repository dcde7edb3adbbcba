// npm run bench:stores [-- --rounds 11] [--only pg,nats] [--growth 1000000] [--write]
// A second step on every store whose server is there, beside a bare loop of the same reads and writes; then how it grows
// with the number of users, and many requests at once for one user. Prints tables in Markdown. With --write it also writes
// figures.json, from which `npm run scaling` makes docs/scaling.md.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    growth: { type: 'string', default: '100000' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
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
const { measureContention } = await import('./contention.mjs')
const { measureGrowth } = await import('./growth.mjs')
const { printedTables } = await import('./table.mjs')

await measureRecords()
const servers = await startServers()
try {
  const backends = [...inProcessBackends(), ...sqlBackends(servers), ...keyValueBackends(servers)].filter(isAsked)
  await warmUp()
  await measureStores(backends, rounds)
  const pg = backends.find(({ name }) => name === 'pg')
  if (pg !== undefined) await measureCold(pg, rounds)
  await measureContention(backends)
  if (users > 0) await measureGrowth(servers, users)
} finally {
  await servers.stop()
}

if (values.write) writeFigures()

function writeFigures() {
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: here, encoding: 'utf8' })
  const machine = `${availableParallelism()} cores of ${cpus()[0].model.trim()}, Node ${process.version}`
  const measured = {
    command: `npm run bench:stores -- ${process.argv.slice(2).join(' ')}`,
    date: new Date().toISOString().slice(0, 10),
    commit: git.stdout.trim(),
    machine,
    cores: availableParallelism(),
  }
  const path = `${here}figures.json`
  writeFileSync(path, `${JSON.stringify({ measured, tables: printedTables() }, null, 2)}\n`)
  console.log(`\nWritten to ${path}. Run npm run scaling -- --write to bring docs/scaling.md up to date.`)
}
