import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vitest/config'

const src = fileURLToPath(new URL('./src', import.meta.url))

/** The folder that holds the packed package in its node_modules; without one, tests run against src. */
const packed = process.env['COUNTERSIGN_PACKED']

/** Tests import the public names: `countersign`, `countersign/otp`, `countersign/stores/libsql`. */
const toSource = [
  { find: /^countersign$/, replacement: `${src}/index.ts` },
  { find: /^countersign\/stores\/(.+)$/, replacement: `${src}/stores/$1.ts` },
  { find: /^countersign\/http\/node$/, replacement: `${src}/http/node.ts` },
  { find: /^countersign\/(.+)$/, replacement: `${src}/$1/index.ts` },
]

/** Resolves the public names as a module in `folder` would, through the packed package's exports. */
function toPackage(folder: string): Plugin {
  const importer = join(folder, 'package.json')
  return {
    name: 'countersign-packed',
    enforce: 'pre',
    resolveId(id) {
      return /^countersign(\/|$)/.test(id) ? this.resolve(id, importer, { skipSelf: true }) : null
    },
  }
}

export default defineConfig({
  plugins: packed ? [toPackage(packed)] : [],
  resolve: { alias: packed ? [] : toSource },
  test: {
    include: ['test/**/*.test.ts'],
    // These have packages of their own: npm run test:package, npm run test:stores.
    exclude: ['**/node_modules/**', 'test/package/**', 'test/stores/*/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // By itself vitest leaves one processor unused, and many files wait for a browser or a server.
    maxWorkers: availableParallelism(),
  },
})
