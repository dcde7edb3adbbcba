import { copyFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['plugins']>[number]

/**
 * `require` gives the very modules that `import` gives, so CountersignError is one class for whoever loads whatever
 * in whatever way. The runtimes that can load @noble, which is ESM only, from CommonJS can load this too.
 */
const commonJsRequiresTheModule: Plugin = {
  name: 'commonjs-requires-the-module',
  renderChunk(_code, { path }) {
    if (this.format !== 'cjs') return undefined
    return { code: `'use strict'\nmodule.exports = require('./${basename(path, '.cjs')}.js')\n` }
  },
}

export default defineConfig({
  entry: ['src/index.ts', 'src/{otp,qr,testing}/index.ts', 'src/stores/*.ts', '!src/stores/memory.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  dts: true,
  clean: true,
  // thirty-two prints a deprecation warning once it is bundled, and @noble must be one copy for everybody.
  external: [/^@noble\//, 'thirty-two'],
  // The one thing that is bundled, so that nobody meets a missing peer.
  noExternal: ['qr'],
  plugins: [commonJsRequiresTheModule],
  async onSuccess() {
    await copyFile('node_modules/qr/LICENSE-MIT', 'dist/qr/LICENSE-qr')
  },
})
