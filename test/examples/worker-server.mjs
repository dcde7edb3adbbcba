import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

/*
 * Serves the worker of this folder in workerd, bundled as wrangler would and with what wrangler.toml says, over a D1
 * database of the folder's own.
 */

const settings = await readFile('wrangler.toml', 'utf8')
const setting = (name) => JSON.parse(settings.match(new RegExp(`^${name} = (.*)$`, 'm'))?.[1] ?? 'null')

const { outputFiles } = await build({
  entryPoints: [setting('main')],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['workerd', 'worker', 'browser'],
  external: ['node:*', 'cloudflare:*'],
  write: false,
})

const worker = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.js', contents: outputFiles[0].text }],
  compatibilityDate: setting('compatibility_date'),
  compatibilityFlags: setting('compatibility_flags'),
  bindings: { COUNTERSIGN_KEYS: process.env.COUNTERSIGN_KEYS },
  d1Databases: [setting('binding')],
  d1Persist: 'd1',
  host: '127.0.0.1',
  port: Number(process.env.PORT),
})

const database = await worker.getD1Database(setting('binding'))
const statements = (await readFile('schema.sql', 'utf8')).split(/;$/m).filter((text) => text.trim() !== '')
await database.batch(statements.map((statement) => database.prepare(statement)))

console.log((await worker.ready).origin)
process.on('SIGTERM', async () => {
  await worker.dispose()
  process.exit()
})
