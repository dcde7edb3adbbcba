import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const folder = process.env.COUNTERSIGN_PACKED
const KIB = 1024

/** What each costs whoever uses it: with all that it imports, minified and gzipped, in bytes. */
const BUDGETS = {
  'countersign/client': 3 * KIB,
  // By a bundler that minifies again. As it is packed, it is smaller: see below.
  'countersign/elements': 30 * KIB,
  // Without its OpenAPI document, which is loaded when somebody asks for it.
  'countersign/http': 27 * KIB,
  countersign: 43 * KIB,
}

test.each(Object.entries(BUDGETS))('%s takes at most %i bytes', async (subpath, budget) => {
  await expectSize(subpath, budget, `export * from '${subpath}'`)
})

test('the elements take at most 30 KiB, as a page without a bundler loads them', async () => {
  const file = await readFile(join(folder, 'node_modules/countersign/dist/elements/index.js'))
  expect(gzipSync(file, { level: 9 }).length).toBeLessThanOrEqual(30 * KIB)
})

test('a Worker with the engine, the handler and D1 takes at most 77 KiB', async () => {
  const subpaths = ['countersign', 'countersign/http', 'countersign/stores/d1']
  const worker = subpaths.map((subpath, index) => `export * as part${index} from '${subpath}'`).join('\n')
  await expectSize('a Worker', 77 * KIB, worker)
})

test('the CommonJS form takes at most 51 KiB', async () => {
  await expectSize('CommonJS', 51 * KIB, `module.exports = require('countersign')`, { platform: 'node', format: 'cjs' })
})

test('the command line takes at most 73 KiB', async () => {
  const cli = join(folder, 'node_modules/countersign/dist/cli/index.js')
  await expectSize('The command line', 73 * KIB, `export * from ${JSON.stringify(cli)}`, { platform: 'node' })
})

test('who imports no passkeys carries no reader of CBOR', async () => {
  // What that reader says of bytes that go on.
  const trace = 'whole stream was not processed'
  for (const subpath of ['countersign', 'countersign/http', 'countersign/client', 'countersign/tokens']) {
    expect((await bundled(subpath)).text.includes(trace), subpath).toBe(false)
  }
  expect((await bundled('countersign/passkeys')).text).toContain(trace)
})

async function expectSize(name, budget, contents, options) {
  const bundle = await bundleOf(contents, options)
  const size = gzipSync(bundle.contents, { level: 9 }).length
  console.log(`${name}: ${(size / KIB).toFixed(1)} KiB of ${budget / KIB}`)
  expect(size).toBeLessThanOrEqual(budget)
  expect(size, 'a bundle that holds nothing').toBeGreaterThan(0.3 * KIB)
}

function bundled(subpath) {
  return bundleOf(`export * from '${subpath}'`)
}

async function bundleOf(contents, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    absWorkingDir: folder,
    outfile: join(folder, 'bundle.js'),
    external: ['./document/openapi.js'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    ...options,
  })
  return outputFiles[0]
}
