// npm run test:package: the package as users get it. Packs it, installs it in an empty folder, looks at it there,
// and runs the unit tests against it, on this Node, on Node 24 and on Deno.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine, runVitest } from '../../scripts/vitest.mjs'
import { importCost } from './import-cost.mjs'
import { packAndInstall } from './pack.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const UNIT_TESTS = ['test/otp/', 'test/recovery-codes/', 'test/engine/', 'test/two-factor/', 'test/subject.test.ts']
const newerNode = [join(here, 'node_modules/node/bin/node')]
const deno = [join(here, 'node_modules/deno/deno'), 'run', '-A', '--node-modules-dir=manual']

if (!existsSync(join(here, 'node_modules'))) {
  heading('Installing what the package is examined with')
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

heading('Packing and installing')
const { folder, tarball } = await packAndInstall()
const env = { COUNTERSIGN_PACKED: folder, COUNTERSIGN_TARBALL: tarball }
console.log(await importCost(folder))

const results = [
  await suite('The package', ['--config', 'test/package/vitest.config.mjs'], { env }),
  await suite(`The unit tests on Node ${process.versions.node}`, UNIT_TESTS, { env }),
  await suite('The unit tests on Node 24', UNIT_TESTS, { env, runtime: newerNode }),
  await suite('The unit tests on Deno', UNIT_TESTS, { env: { ...env, COUNTERSIGN_RUNTIME: 'deno' }, runtime: deno }),
]
await rm(folder, { recursive: true, force: true })

const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
console.log(closingLine({ passed: total('passed'), failed: total('failed'), skipped: total('skipped') }))
process.exitCode = results.every((result) => result.exitCode === 0 && result.passed > 0) ? 0 : 1

async function suite(name, args, options) {
  heading(name)
  const result = await runVitest(args, options)
  console.log(`${name}: ${closingLine(result)}`)
  return result
}

function heading(text) {
  console.log(`\n## ${text}\n`)
}
