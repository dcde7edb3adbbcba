// Builds what is needed and starts the dashboard: `npm start` at the root of the repository.
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`This needs Node 20.19 or newer; here is ${process.version}.`)
  process.exit(1)
}
if (!existsSync(fileURLToPath(new URL('../../node_modules/tsup', import.meta.url)))) {
  console.error('The packages are missing. Run this first, at the root of the repository:\n\n  npm install\n')
  process.exit(1)
}

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
process.setSourceMapsEnabled(true)
const { buildPage, buildServer } = await import('./build.mjs')
const [server] = await Promise.all([buildServer(), buildPage()])
await import(pathToFileURL(server).href)
