import { spawnSync } from 'node:child_process'
import { test } from 'vitest'

/**
 * A test that needs programs of the machine. Where one is missing, the test fails in CI, and is skipped elsewhere with a
 * line that says so.
 */
export function testWith(programs: readonly string[], name: string, body: () => void): void {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error !== undefined)
  if (missing.length > 0 && process.env['CI'] === undefined) {
    console.warn(`Skipped: "${name}" needs ${missing.join(' and ')} (Debian: oathtool, zbar-tools, librsvg2-bin).`)
  }
  test.skipIf(missing.length > 0 && process.env['CI'] === undefined)(name, () => {
    if (missing.length > 0) throw new Error(`${missing.join(' and ')} must be installed in CI.`)
    body()
  })
}

/** What a program writes to its standard output. */
export function run(program: string, args: readonly string[], input?: Uint8Array): Uint8Array {
  const { status, stdout, stderr, error } = spawnSync(program, args, input === undefined ? {} : { input })
  if (error !== undefined || status !== 0) throw new Error(`${program} ended with ${status}: ${error ?? stderr}`)
  return stdout
}
