import { cp, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))
const library = fileURLToPath(new URL('../../src', import.meta.url))
const out = join(here, 'dist')

/** The server, with the library from src, as one file that still imports its packages by name. Gives the file. */
export async function buildServer() {
  const file = join(out, 'main.js')
  if (await isUpToDate(file, join(here, 'server'), join(here, 'answers.ts'), library)) return file
  await bundle(
    { main: join(here, 'server', 'main.ts') },
    { platform: 'node', outDir: out, skipNodeModulesBundle: true },
  )
  return file
}

/** The page: the document, its styles, the browser modules. Gives the folder. */
export async function buildPage(folder = join(out, 'page')) {
  const sources = [join(here, 'browser'), join(here, 'public'), join(here, 'answers.ts'), library]
  if (await isUpToDate(join(folder, 'page.js'), ...sources)) return folder
  await cp(join(here, 'public'), folder, { recursive: true })
  await bundle({ page: join(here, 'browser', 'main.ts') }, { platform: 'browser', outDir: folder, minify: true })
  return folder
}

function bundle(entry, options) {
  return build({
    config: false,
    tsconfig: join(here, 'tsconfig.json'),
    entry,
    format: ['esm'],
    target: 'es2022',
    sourcemap: true,
    splitting: false,
    clean: false,
    dts: false,
    silent: true,
    ...options,
  })
}

/** Whether it was built after all of its sources were last changed. */
async function isUpToDate(built, ...sources) {
  const times = await Promise.all(sources.map(changedAtMs))
  return (await changedAtMs(built).catch(() => 0)) > Math.max(...times)
}

/** The last change to a file, or to anything in a folder. */
async function changedAtMs(path) {
  const itself = await stat(path)
  if (!itself.isDirectory()) return itself.mtimeMs
  const names = await readdir(path)
  return Math.max(itself.mtimeMs, ...(await Promise.all(names.map((name) => changedAtMs(join(path, name))))))
}
