import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(here, 'dist')

/** In the order in which the page needs them. */
const STYLES = ['tokens', 'base', 'controls', 'shell', 'pages', 'dialogs', 'sign-in']

/** The library, without types: they take longer than all else. */
export async function buildLibrary() {
  if (await isUpToDate(join(root, 'dist', 'index.js'), join(root, 'src'), join(root, 'tsup.config.ts'))) return
  await build({ config: join(root, 'tsup.config.ts'), dts: false, clean: false, silent: true })
}

/** The server, as one file that still imports its packages by name. Gives the file. */
export async function buildServer() {
  const file = join(out, 'main.js')
  if (!(await isUpToDate(file, join(here, 'server'), join(here, 'answers.ts')))) {
    await bundle(
      { main: join(here, 'server', 'main.ts') },
      { platform: 'node', outDir: out, skipNodeModulesBundle: true },
    )
  }
  return file
}

/** The page: the document, its styles, the browser modules. Gives the folder. */
export async function buildPage(folder = join(out, 'page')) {
  const sources = [join(here, 'browser'), join(here, 'public'), join(here, 'answers.ts')]
  if (await isUpToDate(join(folder, 'page.js'), ...sources)) return folder
  await mkdir(folder, { recursive: true })
  for (const name of ['index.html', 'icon.svg']) await cp(join(here, 'public', name), join(folder, name))
  const styles = await Promise.all(
    STYLES.map((name) => readFile(join(here, 'public', 'styles', `${name}.css`), 'utf8')),
  )
  await writeFile(join(folder, 'page.css'), styles.join('\n'))
  await bundle({ page: join(here, 'browser', 'main.ts') }, { platform: 'browser', outDir: folder, minify: true })
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
