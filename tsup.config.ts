import { copyFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['plugins']>[number]
type BundlerPlugin = NonNullable<Options['esbuildPlugins']>[number]

const SHARED = 'countersign:errors'

/**
 * A subpath is one file, since each further file costs about as much time to load as all of its code. Only errors.ts
 * stands apart, for all of them to share: CountersignError is one class.
 */
const errorsStandApart: BundlerPlugin = {
  name: 'errors-stand-apart',
  setup(build) {
    build.onResolve({ filter: /\/errors\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: SHARED, external: true },
    )
  },
}

const linkErrors: Plugin = {
  name: 'link-errors',
  renderChunk(code, { path }) {
    const link = relative(dirname(path), join(this.options.outDir, 'errors.js')).replaceAll('\\', '/')
    return { code: code.replaceAll(`"${SHARED}"`, `"${link.startsWith('.') ? link : `./${link}`}"`) }
  },
}

/**
 * `require` gives the very modules that `import` gives, so a process that loads both has one of each. The runtimes that
 * can load @noble, which is ESM only, from CommonJS can load this too.
 */
const commonJsRequiresTheModule: Plugin = {
  name: 'commonjs-requires-the-module',
  renderChunk(_code, { path }) {
    if (this.format !== 'cjs') return undefined
    return { code: `'use strict'\nmodule.exports = require('./${basename(path, '.cjs')}.js')\n` }
  },
}

export default defineConfig({
  entry: ['src/{index,errors}.ts', 'src/{otp,qr,testing}/index.ts', 'src/stores/*.ts', '!src/stores/memory.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  splitting: false,
  dts: true,
  clean: true,
  // thirty-two prints a deprecation warning once it is bundled, and @noble must be one copy for everybody.
  external: [/^@noble\//, 'thirty-two'],
  // The one thing that is bundled, so that nobody meets a missing peer.
  noExternal: ['qr'],
  esbuildPlugins: [errorsStandApart],
  plugins: [linkErrors, commonJsRequiresTheModule],
  async onSuccess() {
    await copyFile('node_modules/qr/LICENSE-MIT', 'dist/qr/LICENSE-qr')
  },
})
