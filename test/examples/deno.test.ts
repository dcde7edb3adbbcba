import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { describeExample } from './describe-example.ts'
import { PATH, place } from './place.ts'

const CASES = fileURLToPath(new URL('deno-store-cases.ts', import.meta.url))

const isSkipped = describeExample('deno', { files: ['server.ts'], program: 'deno' })

test.skipIf(isSkipped)(
  'examples/deno: its store does what a store must',
  async () => {
    const { folder, remove } = place('deno')
    // Beside the example, where the package is found.
    cpSync(CASES, join(folder, 'store-cases.ts'))
    const options = ['--env-file=.env', '-NERW', '--unstable-kv', '--no-check']
    const { stdout } = await promisify(execFile)('deno', ['test', ...options, 'store-cases.ts', '--', './server.ts'], {
      cwd: folder,
      env: { ...process.env, PATH, DATABASE: ':memory:', PORT: '0', NO_COLOR: '1' },
    })
    remove()
    expect(stdout).toMatch(/^ok \| [3-9]\d passed \| 0 failed /m)
  },
  60_000,
)
