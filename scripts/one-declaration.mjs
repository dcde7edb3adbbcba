// Last in the build: the declarations of the modules are those of the CommonJS form, so that the package holds each once. Twice
// they would be 80 kB of its 500, and the types of the two forms could differ.
import { readdir, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'

const paths = await readdir('dist', { recursive: true })
const commonJs = new Set(paths.filter((path) => path.endsWith('.d.cts')))
for (const path of paths.filter((one) => one.endsWith('.d.ts'))) {
  const twin = path.replace(/\.d\.ts$/, '.d.cts')
  // What has no twin is a part that declarations shared, under a name of its own.
  if (commonJs.has(twin)) await writeFile(`dist/${path}`, `export * from './${basename(path, '.d.ts')}.cjs'\n`)
  else await rm(`dist/${path}`)
}
