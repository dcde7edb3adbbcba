// Bundles the test files named on the command line, with the changed src, into one script that runner.mjs runs again for
// each change. Packages and Node's own modules are left out: they are loaded once. Stryker runs this in its copy of the
// repository.

import { writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { BUNDLE, PACKAGES } from './bundled.mjs'

const src = `${process.cwd()}/src`
const packages = new Set()

/** The public names, as in vitest.config.ts. */
const toSource = {
  name: 'to-source',
  setup({ onResolve }) {
    onResolve({ filter: /^countersign(\/|$)/ }, ({ path }) => {
      const name = path.slice('countersign'.length)
      const isFile = name.startsWith('/stores/') || name === '/http/node'
      return { path: `${src}${name}${isFile ? '' : '/index'}.ts` }
    })
  },
}

/** A package becomes a module that takes its exports from where runner.mjs has put them. */
const toLoaded = {
  name: 'to-loaded',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || path.startsWith('countersign')) return undefined
      if (kind === 'dynamic-import') return { path, external: true }
      packages.add(path)
      return { path, namespace: 'loaded' }
    })
    onLoad({ filter: /./, namespace: 'loaded' }, async ({ path }) => {
      const names = Object.keys(path === 'vitest' ? await vitest() : await import(path))
      const lines = names
        .filter((name) => name !== 'module.exports')
        .map((name, index) => `const e${index} = loaded[${JSON.stringify(name)}]\nexport { e${index} as ${name} }`)
      return { contents: [`const loaded = globalThis.loadedPackages[${JSON.stringify(path)}]`, ...lines].join('\n') }
    })
  },
}

/** Outside of vitest it only loads with this. */
async function vitest() {
  globalThis.__vitest_worker__ = { config: { fakeTimers: {}, expect: {} }, environment: {}, ctx: {} }
  return import('vitest')
}

const { outputFiles } = await build({
  stdin: {
    contents: process.argv
      .slice(2)
      .map((file) => `import './${file}'`)
      .join('\n'),
    resolveDir: process.cwd(),
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  define: { 'import.meta.url': 'globalThis.bundleUrl' },
  // package.json says that no module has side effects: a file of tests has only those.
  ignoreAnnotations: true,
  plugins: [toSource, toLoaded],
  logLevel: 'warning',
})
writeFileSync(BUNDLE, `(async () => {\n${outputFiles[0].text}\n})`)
writeFileSync(PACKAGES, JSON.stringify([...packages]))
