import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs vitest once, showing its progress, and counts from its JSON report.
 * `runtime` is the command that runs a script: Node itself, unless told otherwise.
 */
export async function runVitest(args, { runtime = [process.execPath], env = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'))
  try {
    const report = join(folder, 'report.json')
    const failures = fileURLToPath(new URL('failures.mjs', import.meta.url))
    const reporters = ['default', 'json', failures].map((name) => `--reporter=${name}`)
    reporters.push(`--outputFile.json=${report}`)
    const exitCode = await run([...runtime, 'node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], env)
    const found = JSON.parse(await readFile(report, 'utf8').catch(() => 'null'))
    return { exitCode, ...count(found, exitCode) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The closing line that people and machines read. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function run([command, ...args], env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

function count(report, exitCode) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + brokenFiles
  return {
    passed: report.numPassedTests,
    // A fault outside of any test, such as an unhandled rejection, is not in the report, but the exit code tells.
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
