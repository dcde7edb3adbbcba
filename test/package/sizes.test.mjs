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
  'countersign/http': 26 * KIB,
}

test.each(Object.entries(BUDGETS))('%s takes at most %i bytes', async (subpath, budget) => {
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
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length
  console.log(`${subpath}: ${(size / KIB).toFixed(1)} KiB of ${budget / KIB}`)
  expect(size).toBeLessThanOrEqual(budget)
  expect(size, 'a bundle that holds nothing').toBeGreaterThan(0.3 * KIB)
})
