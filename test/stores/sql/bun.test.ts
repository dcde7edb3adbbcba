import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { findProgram, needs } from '../../needs.ts'
import { temporaryFile } from '../databases.ts'

const INSTALLED = fileURLToPath(new URL('node_modules/.bin/bun', import.meta.url))
const bun = existsSync(INSTALLED) ? INSTALLED : findProgram('bun')
const run = promisify(execFile)

describe.skipIf(needs('Bun', bun !== null, 'npm ci --prefix test/stores/sql'))('bun:sqlite', () => {
  const file = temporaryFile()
  afterAll(() => file.remove())

  function script(name: string, ...args: string[]) {
    const path = fileURLToPath(new URL(`bun/${name}`, import.meta.url))
    return run(String(bun), [path, ...args], { cwd: fileURLToPath(new URL('.', import.meta.url)) })
  }

  test('does all that both kits ask, and keeps a trail of events', async () => {
    const { passed, failures } = JSON.parse((await script('cases.ts', file.path)).stdout)
    expect(failures).toEqual([])
    expect(passed).toBeGreaterThan(90)
  }, 120_000)

  test('four processes add 50 each to one record, and none is lost', async () => {
    await Promise.all(Array.from({ length: 4 }, () => script('count.ts', file.path, '50')))
    await script('count.ts', file.path, '1')
    const { stdout } = await run(String(bun), [
      '-e',
      'const { Database } = require("bun:sqlite"); const [row] = new Database(process.argv[1]).query("SELECT record FROM two_factor WHERE user_id = \'counter\'").all(); console.log(row.record)',
      file.path,
    ])
    expect(JSON.parse(stdout)).toEqual({ count: 201 })
  }, 120_000)
})
