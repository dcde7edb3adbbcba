// npm run test:stores: every store on its real server. Installs the drivers, which are packages of their own, starts the
// servers it needs on loopback, in temporary folders, and stops them. A missing server is a skip, and in CI a failure.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { closingLine, runVitest } from '../../scripts/vitest.mjs'

const SUITES = ['sql', 'key-value']

for (const suite of SUITES) {
  const folder = fileURLToPath(new URL(suite, import.meta.url))
  if (existsSync(`${folder}/node_modules`)) continue
  console.log(`\n## Installing the drivers of test/stores/${suite}\n`)
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

const results = []
for (const suite of SUITES) {
  console.log(`\n## test/stores/${suite}\n`)
  results.push(await runVitest(['--config', `test/stores/${suite}/vitest.config.mjs`, ...process.argv.slice(2)]))
}

const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
console.log(closingLine({ passed: total('passed'), failed: total('failed'), skipped: total('skipped') }))
process.exitCode = results.every((result) => result.exitCode === 0 && result.passed > 0) ? 0 : 1
