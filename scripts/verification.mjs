// npm run verification [-- name …]: runs what docs/verification.md claims, all of it or what is named, and writes the figures
// there, with the date and the commit. Some of them take many minutes.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../docs/verification.md', import.meta.url)
const vitest = ['npx', 'vitest', 'run']
const sql = ['--config', 'test/stores/sql/vitest.config.mjs']
const tsx = ['npx', 'tsx', '--tsconfig', 'test/tsconfig.json']
const MUTATED = ['vault', 'recovery-codes', 'otp', 'passkeys', 'engine', 'two-factor']
const mutation = (folder) => ({
  command: ['npm', 'run', '--silent', 'mutation', '--', folder],
  lines: /^( {2}src\/|Mutation,)/,
})

/** What is run, and which of its lines are the figures. */
const RUNS = {
  interleavings: { command: [...vitest, 'test/engine/race.test.ts', 'test/passkeys/race.test.ts'], lines: /^Explored/ },
  mutants: { command: [...vitest, 'test/engine/mutants.test.ts'], lines: /: caught at / },
  crashes: { command: [...vitest, 'test/engine/crashes.test.ts'], lines: /^Crashes/ },
  kills: { command: [...vitest, ...sql, 'faults-kill'], env: { COUNTERSIGN_KILLS: '200' }, lines: / kills, / },
  chaos: { command: [...vitest, 'test/engine/chaos.test.ts'], env: { COUNTERSIGN_CHAOS: '1000000' }, lines: /^Chaos/ },
  fuzz: { command: [...vitest, 'test/fuzz'], env: { COUNTERSIGN_FUZZ: '100000' }, lines: /^Fuzzed/ },
  guided: {
    command: [...tsx, 'test/fuzz/guided/run.ts', '40000'],
    lines: / inputs, .* places of the code|^Guided/,
  },
  leaks: { command: [...vitest, 'test/http/leaks.test.ts'], lines: /^Searched/ },
  guessing: { command: [...vitest, 'test/engine/guessing.test.ts'], lines: /Tests {2}/ },
  timing: { command: [...tsx, 'test/measures/timing.ts'], lines: /^t = / },
  reproducible: { command: ['node', 'scripts/reproducible.mjs'], lines: /sha256|^Reproducible/ },
  resources: {
    command: [...tsx, 'test/measures/resources.ts'],
    env: { NODE_OPTIONS: '--expose-gc' },
    lines: /^Resources/,
  },
  ...Object.fromEntries(MUTATED.map((folder) => [`mutation-${folder}`, mutation(folder)])),
}

const names = process.argv.slice(2)
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
for (const [name, { command, env = {}, lines }] of Object.entries(RUNS)) {
  if (names.length > 0 && !names.includes(name)) continue
  const given = Object.entries(env).map(([key, value]) => `${key}=${value}`)
  console.log([...given, ...command].join(' '))
  const { status, stdout } = spawnSync(command[0], command.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, ...env, NO_COLOR: '1' },
    maxBuffer: 1e9,
  })
  const found = stdout
    .split('\n')
    .filter((line) => lines.test(line))
    .map((line) => line.trim().slice(0, 300))
  if (status !== 0 || found.length === 0) {
    console.error(stdout.slice(-3000))
    process.exitCode = 1
    continue
  }
  const date = new Date().toISOString().slice(0, 10)
  write(
    name,
    [`\`${[...given, ...command].join(' ')}\`, ${date}, commit ${commit}:`, '', '```', ...found, '```'].join('\n'),
  )
}

function write(name, text) {
  const marked = new RegExp(`(<!-- figures: ${name} -->\n)[\\s\\S]*?(<!-- /figures -->)`)
  const before = readFileSync(page, 'utf8')
  if (!marked.test(before)) throw new Error(`docs/verification.md has no place for ${name}.`)
  writeFileSync(
    page,
    before.replace(marked, (_all, start, end) => `${start}${text}\n${end}`),
  )
}
