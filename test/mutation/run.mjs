// npm run mutation [-- folder or file …]: changes src, one small change at a time, and counts how many of them make a test fail.
// Fails if less than 95 % of a required folder's changes are seen or explained in survivors.json.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const REQUIRED = ['vault', 'recovery-codes', 'otp', 'passkeys', 'engine', 'two-factor']
const ENOUGH = 95

/**
 * What an engine does shows in the tests of its users. Left out are those that take seconds, or start a program. The
 * quickest come first, since a change that was seen is not tested further.
 */
const OPERATIONS = [
  /^test\/two-factor\/(?!throttle|account-name)/,
  /^test\/recovery-codes\//,
  /^test\/mistakes\/(messages|option-names|hooks)/,
  /^test\/engine\/(?!chaos|crashes|guessing|hostile|imported-story|invariants|mutants|race|records|throttle\.)/,
  /^test\/passkeys\/(setup|own-verifier|export|malformed|proof|second-step|attestation)/,
  /^test\/passkeys\/attack/,
  /^test\/engine\/(records|throttle\.)/,
  /^test\/two-factor\/account-name/,
  /^test\/engine\/imported-story/,
]

/** The test files for each folder: fast, and the same on every run. */
const TESTS = {
  vault: [/^test\/vault\//],
  'recovery-codes': [/^test\/recovery-codes\//],
  otp: [/^test\/otp\/(base32|build-uri|hotp|keyed|parse-uri|totp|typed-code|typed-text)/],
  passkeys: [
    /^test\/passkeys\/(options|malformed|verifier)/,
    /^test\/passkeys\/(setup|second-step|attack|attestation|export|own-verifier|second-implementation)/,
  ],
  engine: OPERATIONS,
  'two-factor': OPERATIONS,
  encoding: [/^test\/encoding\//],
  tokens: [/^test\/tokens\/(?!docs)/],
  import: [/^test\/import\//],
  client: [/^test\/client\//],
  http: [/^test\/http\/(?!frameworks|leaks)/],
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

const named = process.argv.slice(2).map((arg) => arg.replace(/^src\/|\/$/g, ''))

process.chdir(root)
if (!existsSync(`${folder}/node_modules`)) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

const { Stryker } = await import('@stryker-mutator/core')
const { TestCoverage } = await import('./node_modules/@stryker-mutator/core/dist/src/mutants/test-coverage.js')

// Stryker starts a new process for each change that also acts at loading. It activates it in the tests alone, so the
// same process will do, in a tenth of the time.
const { hasStaticCoverage } = TestCoverage.prototype
TestCoverage.prototype.hasStaticCoverage = function (id) {
  return this.forMutant(id) === undefined && hasStaticCoverage.call(this, id)
}
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
  return new Stryker({
    mutate: [statSync(`src/${target}`).isFile() ? `src/${target}` : `src/${target}/**/*.ts`],
    buildCommand: `node test/mutation/bundle.mjs ${filesOf(tests).join(' ')}`,
    testRunner: 'bundled-vitest',
    plugins: [`${folder}runner.mjs`],
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    concurrency: 2,
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 30,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'survivors'],
    tempDirName: '.mutation',
    ignorePatterns: ['/dist', '/site', '/bench', '/examples', '/docs', '/biome.json', '/.mutation'],
    allowConsoleColors: false,
    logLevel: 'warn',
  }).runMutationTest()
}

/** @returns {string[]} the paths of the test files that match, in the order of the patterns */
function filesOf(tests) {
  const files = execFileSync('npx', ['vitest', 'list', '--filesOnly', '--json'], { encoding: 'utf8' })
  const paths = JSON.parse(files).map(({ file }) => relative(root, file))
  return [...new Set(tests.flatMap((pattern) => paths.filter((path) => pattern.test(path))))]
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
