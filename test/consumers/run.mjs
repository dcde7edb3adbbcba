// npm run test:consumers [-- --fast] [-- words]: packs the package and installs it as its users do, each in a folder of
// its own. `--fast` runs the scenarios that are quick; words select scenarios by name.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine } from '../../scripts/vitest.mjs'
import { run } from './project.mjs'
import { bundlers } from './scenarios/bundlers.mjs'
import { commands } from './scenarios/command-line.mjs'
import { elementsInFrameworks } from './scenarios/element-types.mjs'
import { frameworks } from './scenarios/frameworks.mjs'
import { installs } from './scenarios/installs.mjs'
import { runtimes } from './scenarios/runtimes.mjs'
import { testRunners } from './scenarios/test-runners.mjs'
import { typescript } from './scenarios/typescript.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const words = process.argv.slice(2).filter((word) => word !== '--fast')
const fast = process.argv.includes('--fast')

if (!existsSync(join(here, 'node_modules'))) {
  console.log('Installing the package managers')
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

const folder = await mkdtemp(join(tmpdir(), 'countersign-consumers-'))
const tarball = process.env.COUNTERSIGN_TARBALL ?? (await pack())
const context = { root, here, tarball, countersign: `file:${tarball}` }
const scenarios = [
  ...installs,
  ...commands,
  ...testRunners,
  ...typescript,
  ...elementsInFrameworks,
  ...bundlers,
  ...runtimes,
  ...frameworks,
].filter(({ name, quick }) => (!fast || quick) && words.every((word) => name.includes(word)))

const started = performance.now()
const failures = []
const waiting = [...scenarios]
let finished = 0
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker))
await rm(folder, { recursive: true, force: true })

for (const { name, error } of failures) console.log(`FAILED ${name}: ${error.message.split('\n', 1)[0]}`)
console.log(`${scenarios.length} scenarios in ${seconds(started)}`)
console.log(closingLine({ passed: scenarios.length - failures.length, failed: failures.length, skipped: 0 }))
process.exitCode = failures.length > 0 || scenarios.length === 0 ? 1 : 0

async function worker() {
  for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
    const { name } = scenario
    const begun = performance.now()
    const error = await scenario.run(context).then(
      () => null,
      (cause) => cause,
    )
    finished += 1
    if (error !== null) {
      failures.push({ name, error })
      console.log(error.message)
    }
    console.log(`${error === null ? 'ok    ' : 'FAILED'} ${finished}/${scenarios.length} ${name} (${seconds(begun)})`)
  }
}

async function pack() {
  console.log('Building and packing')
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return join(folder, `countersign-${version}.tgz`)
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
