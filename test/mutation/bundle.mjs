// Bundles the test files named on the command line, with the changed src, into one module: to load two hundred modules
// again for each change would take most of the time. Stryker runs this in its copy of the repository.

import { build } from 'esbuild'
import { BUNDLE } from './bundled.mjs'

const src = `${process.cwd()}/src`

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

await build({
  stdin: {
    contents: process.argv
      .slice(2)
      .map((file) => `import './${file}'`)
      .join('\n'),
    resolveDir: process.cwd(),
  },
  outfile: BUNDLE,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  // package.json says that no module has side effects: a file of tests has only those.
  ignoreAnnotations: true,
  plugins: [toSource],
  logLevel: 'warning',
})
