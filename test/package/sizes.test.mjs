import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const folder = process.env.COUNTERSIGN_PACKED
const KIB = 1024

/** What each costs whoever uses it: with all that it imports, minified and gzipped, in bytes. */
const BUDGETS = {
  'countersign/client': 3 * KIB,
  'countersign/elements': 30 * KIB,
  // Without its OpenAPI document, which is loaded when somebody asks for it.
  'countersign/http': 27 * KIB,
}

test.each(Object.entries(BUDGETS))('%s takes at most %i bytes', async (subpath, budget) => {
  const { contents } = await bundled(subpath)
  const size = gzipSync(contents, { level: 9 }).length
  console.log(`${subpath}: ${(size / KIB).toFixed(1)} KiB of ${budget / KIB}`)
  expect(size).toBeLessThanOrEqual(budget)
  expect(size, 'a bundle that holds nothing').toBeGreaterThan(0.3 * KIB)
})

test('who imports no passkeys carries no reader of CBOR', async () => {
  // What that reader says of bytes that go on.
  const trace = 'whole stream was not processed'
  for (const subpath of ['countersign', 'countersign/http', 'countersign/client', 'countersign/tokens']) {
    expect((await bundled(subpath)).text.includes(trace), subpath).toBe(false)
  }
  expect((await bundled('countersign/passkeys')).text).toContain(trace)
})

async function bundled(subpath) {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${subpath}'`, resolveDir: folder },
    absWorkingDir: folder,
    outfile: join(folder, 'bundle.js'),
    external: ['./document/openapi.js'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]
}
