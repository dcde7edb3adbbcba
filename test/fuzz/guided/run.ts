import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { seededRandom } from '../../stores/faults/seeded-random.ts'
import { type Coverage, instrumented } from './instrument.ts'
import type { fuzzAll } from './loop.ts'

/*
 * Coverage-guided fuzzing of every parser: an input that takes a branch that none took before, or takes one more often, is kept
 * and changed further. `npm run fuzz [-- inputs of each parser [part of a parser's name]]`; COUNTERSIGN_SEED repeats a run.
 */

const EACH = Number(process.argv[2] ?? 100_000)
const SEED = Number(process.env['COUNTERSIGN_SEED'] ?? Math.floor(Math.random() * 2 ** 32))

const here = fileURLToPath(new URL('.', import.meta.url))
// Where packages are found from.
const folder = mkdtempSync(fileURLToPath(new URL('../../../node_modules/.countersign-fuzz-', import.meta.url)))
try {
  const coverage: Coverage = { words: new Set(), places: 0 }
  const outfile = join(folder, 'loop.mjs')
  await build({
    entryPoints: [join(here, 'loop.ts')],
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    plugins: [instrumented(coverage)],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile,
  })
  const hits = new Uint32Array(coverage.places)
  Reflect.set(globalThis, '__hits', hits)
  const loop: { fuzzAll: typeof fuzzAll } = await import(pathToFileURL(outfile).href)
  const words = [...coverage.words].filter((word) => word.length <= 40)
  process.exitCode = (await loop.fuzzAll({
    each: EACH,
    name: process.argv[3] ?? '',
    words,
    hits,
    random: seededRandom(SEED),
    seed: SEED,
  }))
    ? 0
    : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
