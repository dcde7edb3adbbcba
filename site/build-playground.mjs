// The playground: the application with the engine, the handler and the elements of dist, and the phone beside it.
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Writes playground.js, playground-app.js and playground-app.html into a folder. */
export async function buildPlayground(folder) {
  await mkdir(folder, { recursive: true })
  await copyFile(join(here, 'playground/app.html'), join(folder, 'playground-app.html'))
  await build({
    entryPoints: { playground: join(here, 'playground/main.js'), 'playground-app': join(here, 'playground/app.js') },
    outdir: folder,
    alias: { countersign: join(here, '../dist') },
    inject: [join(here, 'playground/globals.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  })
}
