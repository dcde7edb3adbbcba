// npm run bench:rivals [-- --postgres <url>]: the alternatives beside this library, all in one run. Writes results.md and
// the charts beside it. PostgreSQL is also taken from TEST_POSTGRES_URL; without it that part is left out.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))
const ROUNDS = 5
const IN_FLIGHT = [1, 32]
/** Until V8 has compiled what runs often: each library gets the same time for it. */
const WARM_UP_MS = 3000
/** A round of each library takes as long. */
const ROUND_MS = 400

if (!existsSync(`${here}node_modules`)) {
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
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
const { barChart } = await import('./chart.mjs')
const { codeTasks } = await import('./codes.mjs')
const { measure, median, ratio } = await import('../rounds.mjs')
const { measureStart } = await import('./start.mjs')
const { betterAuthUsers, countersignUsers, memoryTables, onPostgres } = await import('./second-step.mjs')

const flag = process.argv.indexOf('--postgres')
const postgresUrl = flag > 0 ? process.argv[flag + 1] : process.env.TEST_POSTGRES_URL

console.log('Cold start')
const starts = measureStart()

// The second step first: what is timed of codes stops the clock.
const tables = []
const secondStep = []
console.log('Second step, in memory')
const tablesInMemory = memoryTables()
const inMemory = {
  countersign: await countersignUsers(Math.max(...IN_FLIGHT)),
  'better-auth': await betterAuthUsers(Math.max(...IN_FLIGHT), tablesInMemory),
}
tablesInMemory.settle()
secondStep.push(...(await compareUsers('in memory', inMemory, tablesInMemory.clean)))
const statements = []
if (postgresUrl === undefined || postgresUrl === '') {
  console.log('Skipped: the second step on PostgreSQL. Give its address by --postgres or TEST_POSTGRES_URL.')
} else {
  console.log('Second step, on PostgreSQL')
  const database = await onPostgres(postgresUrl, Math.max(...IN_FLIGHT))
  secondStep.push(...(await compareUsers('PostgreSQL', database.users)))
  for (const [name, [user]] of Object.entries(database.users)) {
    statements.push([name, await database.statementsOf(user.stepUp), await database.statementsOf(user.signIn)])
  }
  await database.close()
}
for (const [title, tasks] of Object.entries(codeTasks())) {
  console.log(title)
  const times = await measure(tasks)
  const rows = Object.entries(times).map(([name, values]) => ({
    name,
    microseconds: median(values),
    ratio: ratio(values, times.countersign),
  }))
  tables.push({ title, rows })
}

await mkdir(`${here}charts`, { recursive: true })
await writeFile(`${here}results.md`, await results())
for (const { title, rows } of tables) await writeFile(`${here}charts/${slug(title)}.svg`, barChart(title, rows))
const signIns = secondStep.filter(({ operation, inFlight }) => operation === 'signIn' && inFlight === 1)
for (const { where, rows } of signIns) {
  const title = `Sign-in after the first factor, ${where}`
  await writeFile(`${here}charts/${slug(title)}.svg`, barChart(title, rows))
}
console.log(await readFile(`${here}results.md`, 'utf8'))

/** Each operation with 1 and 32 users at once, the libraries in turn within each round. */
async function compareUsers(where, users, clean = () => undefined) {
  const compared = []
  for (const operation of ['stepUp', 'signIn']) {
    for (const [user] of Object.values(users)) {
      const endMs = performance.now() + WARM_UP_MS
      while (performance.now() < endMs) await user[operation]()
      clean()
    }
    for (const inFlight of IN_FLIGHT) {
      const times = Object.fromEntries(Object.keys(users).map((name) => [name, []]))
      for (let round = 0; round < ROUNDS; round++) {
        for (const [name, list] of Object.entries(users)) {
          times[name].push(await throughput(list, operation, inFlight))
          clean()
        }
      }
      const rows = Object.entries(times).map(([name, values]) => ({
        name,
        microseconds: median(values),
        ratio: ratio(values, times.countersign),
      }))
      compared.push({ where, operation, inFlight, rows })
    }
  }
  return compared
}

/** Microseconds for each operation, with so many users at work at once. */
async function throughput(users, operation, inFlight) {
  let operations = 0
  const startMs = performance.now()
  const worker = async (user) => {
    while (performance.now() < startMs + ROUND_MS) {
      await user[operation]()
      operations += 1
    }
  }
  await Promise.all(users.slice(0, inFlight).map(worker))
  return ((performance.now() - startMs) * 1000) / operations
}

async function results() {
  const { devDependencies } = JSON.parse(await readFile(`${here}package.json`, 'utf8'))
  const versions = Object.entries(devDependencies).filter(([name]) => name !== 'tinybench' && name !== 'pg')
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: here, encoding: 'utf8' }).stdout.trim()
  return `# This library beside the alternatives

Made by \`npm run bench:rivals\`; do not edit. All of it in one run, each library in turn within each round; the medians of
all rounds. A ratio of 2.0 means: takes twice as long as countersign.

- ${new Date().toISOString().slice(0, 10)}, commit ${commit}
- ${cpus()[0].model.trim()}, ${availableParallelism()} cores, Node ${process.version}
- ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}

Each library runs in its fastest published form, as its documentation shows it. The second step is compared by what the
application calls: \`verify\` beside \`verifyTOTP\` with a live session, and \`challenge\` with \`completeChallenge\` beside
\`signInEmail\` with \`verifyTOTP\`. Both compare passwords without hashing here. better-auth also reads or creates its
session; countersign leaves sessions to the application, refuses a code that was used and counts wrong codes.

## The second step

${table(['', 'at once', 'countersign', 'better-auth', 'ratio'], secondStep.map(secondStepRow))}

${statements.length === 0 ? 'PostgreSQL was not there.' : `SQL statements on PostgreSQL:\n\n${table(['', 'step-up', 'sign-in'], statements)}`}

## Cold start

Milliseconds to import each in a process of its own, the median of 15, in turn:

${table(['', 'ms', 'ratio'], starts.map(startRow))}

## Codes and URIs

${tables.map(({ title, rows }) => `### ${title}\n\n${table(['', 'µs', 'ratio'], rows.map(codeRow))}`).join('\n\n')}
`
}

function secondStepRow({ where, operation, inFlight, rows }) {
  const [own, other] = rows
  const name = operation === 'stepUp' ? 'Step-up' : 'Sign-in after the first factor'
  return [`${name}, ${where}`, inFlight, micro(own), micro(other), other.ratio.toFixed(1)]
}

function startRow({ name, milliseconds }) {
  return [name, milliseconds.toFixed(1), (milliseconds / starts[0].milliseconds).toFixed(2)]
}

function codeRow({ name, microseconds, ratio: times }) {
  return [name, microseconds.toFixed(2), times.toFixed(2)]
}

function micro({ microseconds }) {
  return `${microseconds.toFixed(0)} µs`
}

function table(head, rows) {
  const lines = [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function slug(title) {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
