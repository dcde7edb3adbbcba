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
      const file = `${module}.${this.format === 'cjs' ? 'cjs' : 'js'}`
      const link = relative(dirname(path), join(this.options.outDir, file)).replaceAll('\\', '/')
      return `"${link.startsWith('.') ? link : `./${link}`}"`
    })
    return { code: linked }
  },
}

/**
 * The CommonJS files hold @noble, which is ESM only: Jest and older runtimes refuse to `require` a module. For the module
 * form it stays outside, so that everybody shares one copy.
 */
const nobleInCommonJs: BundlerPlugin = {
  name: 'noble-in-commonjs',
  setup(build) {
    if (build.initialOptions.format === 'cjs') return
    build.onResolve({ filter: /^@noble\// }, ({ path }) => ({ path, external: true }))
  },
}

/**
 * lit's browser build needs a page when it is loaded. With this it loads on a server too, as lit's own server build does;
 * that one would bring a whole stand-in for the DOM.
 */
const litWithoutPage: BundlerPlugin = {
  name: 'lit-without-page',
  setup(build) {
    const globals = {
      'reactive-element.js': 'const HTMLElement = globalThis.HTMLElement ?? class {};',
      'lit-html.js': 'const document = globalThis.document ?? { createTreeWalker() {} };',
    }
    for (const [file, declaration] of Object.entries(globals)) {
      build.onLoad({ filter: new RegExp(`[/\\\\]${file.replace('.', '\\.')}$`) }, async ({ path }) => {
        return { contents: `${declaration}\n${await readFile(path, 'utf8')}` }
      })
    }
  },
}

/** The bundled packages, and where their licenses are. */
const BUNDLED = {
  qr: 'LICENSE-MIT',
  valibot: 'LICENSE.md',
  '@valibot/to-json-schema': 'LICENSE.md',
  lit: 'LICENSE',
  '@noble/hashes': 'LICENSE',
  '@noble/ciphers': 'LICENSE',
}

const SUBPATHS = [
  'index',
  ...['otp', 'qr', 'testing', 'tokens', 'http', 'client', 'elements'].map((subpath) => `${subpath}/index`),
  'http/node',
  'cli/index',
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
  // It prints a deprecation warning once it is bundled.
  external: ['thirty-two'],
  // Bundled, so that nobody meets a missing peer.
  noExternal: Object.keys(BUNDLED),
  esbuildOptions(options, { format }) {
    options.charset = 'utf8'
    if (format !== 'cjs') return
    options.minifyWhitespace = true
    // Jest refuses `import()` in CommonJS: this makes it Promise.resolve().then(() => require(…)).
    options.supported = { ...options.supported, 'dynamic-import': false }
  },
  esbuildPlugins: [standApart, nobleInCommonJs, litWithoutPage],
  plugins: [linkApart],
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
