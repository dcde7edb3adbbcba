import { readdirSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['plugins']>[number]
type BundlerPlugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * A subpath is one file, since each further file costs about as much time to load as all of its code. On a server only
 * these stand apart: the errors, for all to share; and the OpenAPI document, which the handler loads when somebody asks
 * for it.
 */
const APART = ['errors', 'http/document/openapi']

/** What all SQL stores share is one file too: in each of them it would be most of the package's size. */
const SQL_FOLDERS = ['stores/sql', 'stores/clients']
const SQL_SHARED = 'sql/shared'
const SQL_ENTRY = 'src/stores/sql/store.ts'

const standApart: BundlerPlugin = {
  name: 'stand-apart',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, importer, resolveDir }) => {
      if (kind === 'entry-point') {
        return path.endsWith(SQL_ENTRY) ? { path: SQL_ENTRY, namespace: 'sql-shared' } : undefined
      }
      if (!path.startsWith('.')) return undefined
      const module = relative('src', join(resolveDir, path)).replaceAll('\\', '/').replace(/\.ts$/, '')
      if (APART.includes(module)) return { path: `apart:${module}`, external: true }
      const isShared = (folder: string) => SQL_FOLDERS.includes(folder.replaceAll('\\', '/'))
      const isInside = importer === SQL_ENTRY || isShared(relative('src', dirname(importer)))
      return isShared(dirname(module)) && !isInside ? { path: `apart:${SQL_SHARED}`, external: true } : undefined
    })
    build.onLoad({ filter: /./, namespace: 'sql-shared' }, () => {
      const files = SQL_FOLDERS.flatMap((folder) => readdirSync(`src/${folder}`).map((name) => `./${folder}/${name}`))
      return {
        contents: files.map((file) => `export * from '${file}'\n`).join(''),
        resolveDir: join(process.cwd(), 'src'),
        loader: 'ts',
      }
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
  '@levischuck/tiny-cbor': 'LICENSE',
}

const SUBPATHS = [
  'index',
  ...['otp', 'qr', 'passkeys', 'testing', 'import', 'mail', 'tokens', 'http'].map((subpath) => `${subpath}/index`),
  'http/node',
  'cli/index',
]
const STORES = readdirSync('src/stores')
  .filter((name) => name.endsWith('.ts') && name !== 'memory.ts')
  .map((name) => `stores/${basename(name, '.ts')}`)

const sources = (modules: string[]) => Object.fromEntries(modules.map((module) => [module, `src/${module}.ts`]))
const SERVER = sources([...APART, ...SUBPATHS, ...STORES])
/** What a page loads: each is one file that imports nothing, since a page without a bundler serves it as it is. */
const PAGE = {
  ...sources(['client/index', 'elements/index']),
  'elements/de': 'src/elements/texts/de.ts',
  'elements/ar': 'src/elements/texts/ar.ts',
}

const COMMON: Options = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  splitting: false,
  // It prints a deprecation warning once it is bundled.
  external: ['thirty-two'],
  // Bundled, so that nobody meets a missing peer.
  noExternal: Object.keys(BUNDLED),
  esbuildOptions(options, { format }) {
    options.charset = 'utf8'
    if (format !== 'cjs') return
    // Without it the two forms together would take more than 500 KB.
    options.minify = true
    // Jest refuses `import()` in CommonJS: this makes it Promise.resolve().then(() => require(…)).
    options.supported = { ...options.supported, 'dynamic-import': false }
  },
}

const server: Options = {
  ...COMMON,
  entry: { ...SERVER, [SQL_SHARED]: SQL_ENTRY },
  // The types of all are made together, so that they share theirs.
  dts: { entry: { ...SERVER, ...PAGE } },
  esbuildPlugins: [standApart, nobleInCommonJs],
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
}

const page: Options = { ...COMMON, entry: PAGE, esbuildPlugins: [litWithoutPage] }

export default defineConfig(async () => {
  // Not by `clean`: one of the two would remove what the other has written.
  await rm('dist', { recursive: true, force: true })
  return [server, page]
})
