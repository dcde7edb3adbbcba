import { readdirSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { collapseTemplates } from './scripts/collapse-templates.ts'

type Plugin = NonNullable<Options['plugins']>[number]
type BundlerPlugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * A subpath is one file, since each further file costs about as much time to load as all of its code. On a server only
 * these stand apart: the errors, for all to share; and the OpenAPI document, which the handler loads when somebody asks
 * for it.
 */
const APART = ['errors', 'http/document/openapi']

/** Folders that are one file for all who use them, since each copy would take too much of the package's size. */
interface Shared {
  file: string
  folders: readonly string[]
  /** A file of them, in whose place the bundler is given all of them. */
  entry: string
}
const SQL: Shared = { file: 'sql/shared', folders: ['stores/sql', 'stores/clients'], entry: 'src/stores/sql/store.ts' }
/** Among the CommonJS files, and the modules that no sign-in loads: for the others the time to load one more file matters more. */
const GROUND: Shared = { file: 'shared', folders: ['encoding', 'options', 'otp'], entry: 'src/encoding/bytes.ts' }

const folderOf = (file: string) => relative('src', dirname(file)).replaceAll('\\', '/')
const isPartOf = ({ folders }: Shared, file: string) =>
  folders.includes(folderOf(file)) && basename(file) !== 'index.ts'

function standApart(shared: readonly Shared[]): BundlerPlugin {
  return {
    name: 'stand-apart',
    setup(build) {
      build.onResolve({ filter: /\.ts$/ }, ({ kind, path, importer, resolveDir }) => {
        if (kind === 'entry-point') {
          const opened = shared.find(({ entry }) => path.endsWith(entry))
          return opened === undefined ? undefined : { path: opened.entry, namespace: 'shared' }
        }
        if (!path.startsWith('.')) return undefined
        const file = join(resolveDir, path)
        const module = relative('src', file).replaceAll('\\', '/').replace(/\.ts$/, '')
        if (APART.includes(module)) return { path: `apart:${module}`, external: true }
        const from = shared.find((one) => isPartOf(one, file))
        const isInside = from !== undefined && (importer === from.entry || isPartOf(from, importer))
        return from === undefined || isInside ? undefined : { path: `apart:${from.file}`, external: true }
      })
      build.onLoad({ filter: /./, namespace: 'shared' }, ({ path }) => {
        const opened = shared.filter(({ entry }) => entry === path)
        const files = opened.flatMap(({ folders }) =>
          folders.flatMap((folder) => readdirSync(`src/${folder}`).map((name) => `${folder}/${name}`)),
        )
        const exported = files
          .filter((file) => file.endsWith('.ts') && basename(file) !== 'index.ts')
          .map((file) => `export * from './${file}'\n`)
        const isCommonJs = build.initialOptions.format === 'cjs'
        const noble = isCommonJs && opened.includes(GROUND) ? nobleNames() : []
        return { contents: [...exported, ...noble].join(''), resolveDir: join(process.cwd(), 'src'), loader: 'ts' }
      })
    },
  }
}

/** Statements that export all that src imports of @noble. */
function nobleNames(): string[] {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  const imports = sources.flatMap((path) => [
    ...readFileSync(join('src', path), 'utf8').matchAll(/^import (\{.*\}) from '(@noble\/.*)'$/gm),
  ])
  const names = imports.flatMap(([, list = '', from = '']) =>
    list.match(/\w+/g)?.map((name) => `${name} } from '${from}'`),
  )
  return [...new Set(names)].map((name) => `export { ${name}\n`)
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
 * The CommonJS files hold @noble, which is ESM only: Jest and older runtimes refuse to `require` a module. It is in the
 * file that they share. For the modules it stays outside, so that everybody has one copy.
 */
const nobleInCommonJs: BundlerPlugin = {
  name: 'noble-in-commonjs',
  setup(build) {
    build.onResolve({ filter: /^@noble\// }, ({ path, importer }) => {
      if (build.initialOptions.format !== 'cjs') return { path, external: true }
      const isInside = importer === GROUND.entry || isPartOf(GROUND, importer)
      return isInside ? undefined : { path: `apart:${GROUND.file}`, external: true }
    })
  },
}

/**
 * lit's browser build needs a page when it is loaded. With this it loads on a server too, as lit's own server build does;
 * that one would bring a whole stand-in for the DOM.
 */
const litWithoutPage: BundlerPlugin = {
  name: 'lit-without-page',
  setup(build) {
    build.onLoad({ filter: /[/\\]lit-html\.js$/ }, async ({ path }) => {
      const stand = 'const document = globalThis.document ?? { createTreeWalker() {} };'
      return { contents: `${stand}\n${await readFile(path, 'utf8')}` }
    })
  },
}

/** tiny-cbor makes its text coders as it is loaded; jsdom, as Jest sets it up, has none. They are first needed in a ceremony. */
const cborWithoutCoders: BundlerPlugin = {
  name: 'cbor-without-coders',
  setup(build) {
    build.onLoad({ filter: /[/\\]tiny-cbor[/\\].*\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8')
      return { contents: code.replace(/= (new (Text\w+coder)\(\))/g, '= globalThis.$2 && $1') }
    })
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
  commander: 'LICENSE',
  '@clack/prompts': 'LICENSE',
  '@clack/core': 'LICENSE',
  sisteransi: 'license',
  'fast-wrap-ansi': 'LICENSE',
  'fast-string-width': 'license',
  'fast-string-truncated-width': 'license',
}

const SUBPATHS = [
  'index',
  ...['otp', 'qr', 'passkeys', 'testing', 'import', 'mail', 'otel', 'tokens', 'http'].map(
    (subpath) => `${subpath}/index`,
  ),
  'http/node',
]
/** What tests, scripts and migrations load, and what runs beside sign-ins. */
const ASIDE = new Set(['passkeys', 'testing', 'import', 'mail', 'otel', 'tokens'].map((subpath) => `${subpath}/index`))
const STORES = readdirSync('src/stores')
  .filter((name) => name.endsWith('.ts') && name !== 'memory.ts')
  .map((name) => `stores/${basename(name, '.ts')}`)

const sources = (modules: string[]) => Object.fromEntries(modules.map((module) => [module, `src/${module}.ts`]))
const SERVER = sources([...APART, ...SUBPATHS, ...STORES])
const only = (isWanted: (module: string) => boolean) =>
  Object.fromEntries(Object.entries(SERVER).filter(([module]) => isWanted(module)))
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
    // Without it the two forms together would take more than 500 KB.
    options.minifyWhitespace = true
    if (format !== 'cjs') return
    options.minify = true
    // Jest refuses `import()` in CommonJS: this makes it Promise.resolve().then(() => require(…)).
    options.supported = { ...options.supported, 'dynamic-import': false }
  },
}

/** Names of functions stay, for stack traces; so do the marks that let a bundler drop what is not used. */
const KEEP_NAMES: NonNullable<Options['terserOptions']> = {
  ecma: 2020,
  module: true,
  keep_fnames: true,
  keep_classnames: true,
  compress: { passes: 3, inline: 1 },
  // Node shows the line of an uncaught error: not all of the file.
  format: { comments: false, preserve_annotations: true, max_line_len: 1000 },
}

/** Where no names are kept: terser makes it smaller than esbuild does. */
const SMALLEST: NonNullable<Options['terserOptions']> = {
  ecma: 2020,
  compress: { passes: 3, inline: 1 },
  format: { comments: false },
}

const modules: Options = {
  ...COMMON,
  format: ['esm'],
  minify: 'terser',
  terserOptions: KEEP_NAMES,
  entry: { ...only((module) => !ASIDE.has(module)), [SQL.file]: SQL.entry },
  esbuildPlugins: [standApart([SQL]), nobleInCommonJs],
  plugins: [linkApart],
}

const modulesAside: Options = {
  ...COMMON,
  format: ['esm'],
  minify: 'terser',
  terserOptions: { ...KEEP_NAMES, keep_fnames: false },
  entry: { ...only((module) => ASIDE.has(module)), [GROUND.file]: GROUND.entry },
  esbuildPlugins: [standApart([SQL, GROUND]), nobleInCommonJs, cborWithoutCoders],
  plugins: [linkApart],
}

const commonJs: Options = {
  ...COMMON,
  format: ['cjs'],
  minify: 'terser',
  // Statements stay apart, so that publint finds `;module.exports`. In files that begin with a helper the directive was lost.
  terserOptions: {
    ...SMALLEST,
    toplevel: true,
    compress: { passes: 3, inline: 1, sequences: false },
    format: { comments: false, preamble: '"use strict";' },
  },
  entry: { ...SERVER, [SQL.file]: SQL.entry, [GROUND.file]: GROUND.entry },
  esbuildPlugins: [standApart([SQL, GROUND]), nobleInCommonJs, cborWithoutCoders],
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

/** The white space in the templates of the elements, which no minifier takes out. */
const collapsedTemplates: BundlerPlugin = {
  name: 'collapsed-templates',
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\]elements[/\\].*\.ts$/ }, async ({ path }) => {
      return { contents: collapseTemplates(await readFile(path, 'utf8')), loader: 'ts' }
    })
  },
}

/** The program loads the subpaths of the package instead of holding a copy of them. */
const subpathsApart: BundlerPlugin = {
  name: 'subpaths-apart',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind === 'entry-point') return undefined
      const module = relative('src', join(resolveDir, path)).replaceAll('\\', '/').replace(/\.ts$/, '')
      return SUBPATHS.includes(module) ? { path: `apart:${module}`, external: true } : undefined
    })
  },
}

const program: Options = {
  ...COMMON,
  format: ['esm'],
  minify: 'terser',
  terserOptions: { ...SMALLEST, module: true },
  platform: 'node',
  entry: sources(['cli/index']),
  // commander is CommonJS.
  banner: { js: "import{createRequire as requireFor}from'node:module';const require=requireFor(import.meta.url);" },
  esbuildOptions(options, context) {
    COMMON.esbuildOptions?.(options, context)
    // Or the paths of commander's files, which depend on where it is installed, would be names in the program.
    options.minifyIdentifiers = true
  },
  esbuildPlugins: [subpathsApart, standApart([SQL])],
  plugins: [linkApart],
}

/** Minified, as a page without a bundler loads it: by terser, which makes it 2 % smaller than esbuild does. */
export const page: Options = {
  ...COMMON,
  entry: PAGE,
  minify: 'terser',
  terserOptions: {
    ecma: 2020,
    module: true,
    // `inline: 1`: functions put in their callers' place zip worse. `pure_getters`: no getter here or in lit is read for its effect.
    compress: { passes: 3, inline: 1, pure_getters: true },
    format: { comments: false },
  },
  esbuildPlugins: [litWithoutPage, collapsedTemplates],
}

/** Of all together, so that they share theirs. */
const types: Options = { ...COMMON, entry: { ...SERVER, ...PAGE }, dts: { only: true } }

export default defineConfig(async () => {
  // Not by `clean`: one of them would remove what another has written.
  await rm('dist', { recursive: true, force: true })
  return [modules, modulesAside, commonJs, program, page, types]
})
