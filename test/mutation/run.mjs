// npm run mutation [-- folder or file …]: changes src, one small change at a time, and counts how many of them make a test fail.
// Fails if less than 95 % of a required folder's changes are seen or explained in survivors.json. What did not change since the
// run before is not run again; its results are in .mutation, and `--again` ignores them.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const REQUIRED = ['vault', 'recovery-codes', 'otp', 'passkeys', 'engine', 'two-factor']
const ENOUGH = 95

/** What an engine does shows in the tests of its users. Left out are those that take long, or start a program. */
const OPERATIONS = [
  'test/two-factor/*.test.ts',
  'test/engine/{hostile,records,throttle,store-faults,imported-story}.test.ts',
  'test/passkeys/{setup,second-step,attack,attestation,export,own-verifier}.test.ts',
  'test/recovery-codes/*.test.ts',
]

/** The tests for each folder: fast, and the same on every run. */
const TESTS = {
  vault: ['test/vault/*.test.ts'],
  'recovery-codes': ['test/recovery-codes/*.test.ts'],
  otp: ['test/otp/{base32,build-uri,hotp,keyed,parse-uri,totp,typed-code,typed-text}.test.ts'],
  passkeys: ['test/passkeys/{setup,second-step,attack,attestation,export,own-verifier,second-implementation}.test.ts'],
  engine: OPERATIONS,
  'two-factor': OPERATIONS,
  encoding: ['test/encoding/*.test.ts'],
  tokens: ['test/tokens/!(docs).test.ts'],
  import: ['test/import/*.test.ts'],
  client: ['test/client/*.test.ts'],
  http: ['test/http/!(frameworks|leaks).test.ts'],
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const results = '.mutation'

const args = process.argv.slice(2)
const again = args.includes('--again')
const named = args.filter((arg) => !arg.startsWith('--')).map((arg) => arg.replace(/^src\/|\/$/g, ''))

process.chdir(root)
if (!existsSync(`${folder}/node_modules`)) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

const { Stryker } = await import('@stryker-mutator/core')
const explained = JSON.parse(readFileSync(`${folder}/survivors.json`, 'utf8'))

for (const target of named.length > 0 ? named : REQUIRED) {
  const tests = TESTS[target.split('/')[0]]
  if (tests === undefined || !existsSync(`src/${target}`)) {
    throw new Error(`src/${target} is none of ${Object.keys(TESTS).join(', ')}, nor a file in one.`)
  }
  report(target, await mutate(target, tests))
}

/** @returns {Promise<{ status: string, fileName: string, location: object, replacement: string }[]>} */
function mutate(target, tests) {
  process.env.COUNTERSIGN_MUTATION_TESTS = JSON.stringify(tests)
  return new Stryker({
    mutate: [statSync(`src/${target}`).isFile() ? `src/${target}` : `src/${target}/**/*.ts`],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.mjs', related: false },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    concurrency: 2,
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 30,
    incremental: true,
    incrementalFile: `${results}/${target.replaceAll('/', '+')}.json`,
    force: again,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    tempDirName: `${results}/sandbox`,
    ignorePatterns: ['/dist', '/site', '/bench', '/examples', '/docs', '/biome.json', `/${results}`],
    allowConsoleColors: false,
    logLevel: 'warn',
  }).runMutationTest()
}

function report(target, mutants) {
  const valid = mutants.filter(({ status }) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status))
  const survivors = valid.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map(describe)
  const unexplained = survivors.filter((one) => !explained.some((other) => isSame(one, other)))
  const stale = explained.filter(
    (one) => one.file.startsWith(`src/${target}`) && !survivors.some((other) => isSame(one, other)),
  )

  for (const one of unexplained) console.log(`${JSON.stringify(one)},`)
  for (const one of stale) console.log(`Explained, but it does not survive: ${JSON.stringify(one)}`)
  for (const file of [...new Set(valid.map(fileOf))].sort()) {
    const all = valid.filter((mutant) => fileOf(mutant) === file).length
    console.log(`  ${file}: ${share(all - survivors.filter((one) => one.file === file).length, all)} of ${all}`)
  }
  const seen = valid.length - survivors.length
  const rest = `${survivors.length - unexplained.length} survivors explained, ${unexplained.length} not`
  const atLoading = mutants.filter(({ status }) => status === 'Ignored').length
  console.log(
    `Mutation, src/${target}: ${share(seen, valid.length)} of ${valid.length} seen; ${rest}; ${atLoading} that act only at loading were left out.`,
  )
  const isEnough = (100 * (valid.length - unexplained.length)) / valid.length >= ENOUGH
  if (valid.length === 0 || stale.length > 0 || (REQUIRED.includes(target.split('/')[0]) && !isEnough))
    process.exitCode = 1
}

function share(part, whole) {
  return `${whole === 0 ? '0.0' : ((100 * part) / whole).toFixed(1)} %`
}

/** A change by what it changes, not by its line's number, so that an explanation outlives changes elsewhere in the file. */
function describe(mutant) {
  const { start, end } = mutant.location
  const lines = readFileSync(mutant.fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line)
  const line = lines[0].trim()
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, end.column - 1)
  lines[0] = lines[0].slice(start.column - 1)
  return { file: fileOf(mutant), line, from: lines.join('\n'), to: mutant.replacement }
}

function isSame(one, other) {
  return ['file', 'line', 'from', 'to'].every((key) => one[key] === other[key])
}

function fileOf({ fileName }) {
  return fileName.slice(fileName.replaceAll('\\', '/').lastIndexOf('/src/') + 1).replaceAll('\\', '/')
}
