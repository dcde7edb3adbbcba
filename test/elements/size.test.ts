import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'tsup'
import { expect, test } from 'vitest'
import { page } from '../../tsup.config.ts'

const KIB = 1024
const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url))

test.each([
  ['the client', 'client/index.ts', 3 * KIB],
  ['all of the elements, with lit, the client and the English texts', 'elements/index.ts', 30 * KIB],
  ['the German texts', 'elements/texts/de.ts', 6 * KIB],
  ['the Arabic texts', 'elements/texts/ar.ts', 6 * KIB],
])('%s: %s stays below %d bytes, as it is built and zipped', async (_, path, limit) => {
  const folder = await mkdtemp(join(tmpdir(), 'size-'))
  const entry = { out: source(path) }
  const outExtension = () => ({ js: '.js' })
  await build({ ...page, config: false, silent: true, format: ['esm'], entry, outDir: folder, outExtension })
  const code = await readFile(join(folder, 'out.js'))
  await rm(folder, { recursive: true })
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(limit)
})
