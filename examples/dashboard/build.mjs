import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(here, 'dist')

/** In the order in which the page needs them. */
const STYLES = ['tokens', 'base', 'controls', 'shell', 'pages', 'dialogs', 'sign-in']

/** Builds the library if it was never built, or its source is newer. Without types, which takes two seconds instead of ten. */
export async function buildLibrary() {
  const built = join(root, 'dist', 'index.js')
  const sources = (await readdir(join(root, 'src'), { recursive: true })).map((name) => join(root, 'src', name))
  const times = await Promise.all([...sources, join(root, 'tsup.config.ts')].map(changedAtMs))
  if (existsSync(built) && (await changedAtMs(built)) > Math.max(...times)) return false
  await build({ config: join(root, 'tsup.config.ts'), dts: false, clean: false, silent: true })
  return true
}

/** The server, as one file that still imports its packages by name. Gives the file. */
export async function buildServer() {
  await bundle(
    { main: join(here, 'server', 'main.ts') },
    { platform: 'node', outDir: out, skipNodeModulesBundle: true },
  )
  return join(out, 'main.js')
}

/** The page: browser modules, styles and the document. Gives the folder. */
export async function buildPage(folder = join(out, 'page')) {
  await bundle({ page: join(here, 'browser', 'main.ts') }, { platform: 'browser', outDir: folder, minify: true })
  await mkdir(folder, { recursive: true })
  const styles = await Promise.all(
    STYLES.map((name) => readFile(join(here, 'public', 'styles', `${name}.css`), 'utf8')),
  )
  await writeFile(join(folder, 'page.css'), styles.join('\n'))
  for (const name of ['index.html', 'icon.svg']) await cp(join(here, 'public', name), join(folder, name))
  return folder
}

function bundle(entry, options) {
  return build({
    config: false,
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

async function changedAtMs(file) {
  return (await stat(file)).mtimeMs
}
