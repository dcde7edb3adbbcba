import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['plugins']>[number]
type BundlerPlugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * A subpath is one file, since each further file costs about as much time to load as all of its code. Only these stand
 * apart: the errors, for all to share, since CountersignError is one class; and the OpenAPI document, which the handler
 * loads when somebody asks for it.
 */
const APART = ['errors', 'http/document/openapi']

const standApart: BundlerPlugin = {
  name: 'stand-apart',
  setup(build) {
    build.onResolve({ filter: /^\..*\.ts$/ }, ({ kind, path, resolveDir }) => {
      const module = relative('src', join(resolveDir, path)).replaceAll('\\', '/').replace(/\.ts$/, '')
      return kind === 'entry-point' || !APART.includes(module) ? undefined : { path: `apart:${module}`, external: true }
    })
  },
}

const linkApart: Plugin = {
  name: 'link-apart',
  renderChunk(code, { path }) {
    const linked = code.replaceAll(/"apart:([\w/]+)"/g, (_, module) => {
      const link = relative(dirname(path), join(this.options.outDir, `${module}.js`)).replaceAll('\\', '/')
      return `"${link.startsWith('.') ? link : `./${link}`}"`
    })
    return { code: linked }
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

/** The bundled packages, and where their licenses are. */
const BUNDLED = { qr: 'LICENSE-MIT', valibot: 'LICENSE.md', '@valibot/to-json-schema': 'LICENSE.md', lit: 'LICENSE' }

const SUBPATHS = [
  'index',
  ...['otp', 'qr', 'testing', 'tokens', 'http', 'client', 'elements'].map((subpath) => `${subpath}/index`),
  'http/node',
  'cli/index',
  'elements/server',
]
const STORES = readdirSync('src/stores')
  .filter((name) => name.endsWith('.ts') && name !== 'memory.ts')
  .map((name) => `stores/${basename(name, '.ts')}`)

export default defineConfig({
  entry: {
    ...Object.fromEntries([...APART, ...SUBPATHS, ...STORES].map((module) => [module, `src/${module}.ts`])),
    'elements/de': 'src/elements/texts/de.ts',
    'elements/ar': 'src/elements/texts/ar.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  splitting: false,
  dts: true,
  clean: true,
  // thirty-two prints a deprecation warning once it is bundled, and @noble must be one copy for everybody.
  external: [/^@noble\//, 'thirty-two'],
  // Bundled, so that nobody meets a missing peer.
  noExternal: Object.keys(BUNDLED),
  esbuildOptions(options) {
    options.charset = 'utf8'
  },
  esbuildPlugins: [standApart],
  plugins: [linkApart, commonJsRequiresTheModule],
  async onSuccess() {
    const licenses = Object.entries(BUNDLED).map(async ([name, file]) => {
      return `${name}\n\n${await readFile(join('node_modules', name, file), 'utf8')}`
    })
    await writeFile(
      'dist/LICENSES-of-bundled-packages.txt',
      (await Promise.all(licenses)).join(`\n${'-'.repeat(80)}\n\n`),
    )
  },
})
