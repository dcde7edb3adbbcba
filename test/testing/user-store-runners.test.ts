import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { memoryStore } from 'countersign'
import { userStoreCases } from 'countersign/testing'
import { afterAll, expect, test } from 'vitest'
import { findProgram, needs } from '../needs.ts'

/*
 * The lines of docs/writing-a-store.md, as they stand there, each under its own runner.
 */

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/writing-a-store.md'), 'utf8')
const [, forVitest = ''] = /```ts\n(import [\s\S]+?)```/.exec(page) ?? []
const forNode = forVitest.replace("'vitest'", "'node:test'")
const forDeno = forVitest.replace(/^.*'vitest'\n/, '').replace('test(name, run)', 'Deno.test(name, run)')
const cases = userStoreCases(memoryStore)

const installed = join(root, 'test/package/node_modules/deno/deno')
const deno = existsSync(installed) ? installed : findProgram('deno')

// In the repository, where imports are found.
const folder = mkdtempSync(join(root, 'test/testing/runner-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
write('my-store.ts', "import { memoryStore } from 'countersign'\nexport const store = memoryStore()\n")

// They make tests of this very file.
await import(write('vitest.ts', forVitest))

test('they made a test of each case under vitest', ({ task }) => {
  const made = task.file.tasks.map(({ name }) => name).slice(0, cases.length)
  expect(made).toEqual(cases.map(({ name }) => name))
})

test('they run under node:test', async () => {
  const { stdout } = await nodeTest(forNode)
  expect(stdout).toMatch(new RegExp(`^# pass ${cases.length}$`, 'm'))
  expect(stdout).toMatch(/^# fail 0$/m)
}, 60_000)

test('under node:test, a case that fails shows what is wrong', async () => {
  const broken = forNode.replace('() => store', '() => ({ ...store, save: async () => 1 })')
  await expect(nodeTest(broken)).rejects.toMatchObject({
    stdout: expect.stringMatching(/save returned 1, which is neither true nor false\.[\s\S]+The usual mistake: /),
  })
}, 60_000)

test.skipIf(needs('Deno', deno !== null, 'npm ci --prefix test/package'))(
  'they run under Deno',
  async () => {
    const file = write('deno.ts', forDeno)
    const args = ['test', '--no-check', '--no-lock', '--node-modules-dir=manual', `--import-map=${importMap()}`, file]
    const { stdout } = await run(String(deno), args, { env: { ...process.env, NO_COLOR: '1' } })
    expect(stdout).toMatch(new RegExp(`^ok \\| ${cases.length} passed \\| 0 failed `, 'm'))
  },
  60_000,
)

function nodeTest(text: string) {
  return run(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=tap', write('node.ts', text)], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'test/tsconfig.json' },
  })
}

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function importMap(): string {
  const source = (path: string) => new URL(`../../src/${path}`, import.meta.url).href
  const imports = { countersign: source('index.ts'), 'countersign/testing': source('testing/index.ts') }
  return write('import-map.json', JSON.stringify({ imports }))
}
