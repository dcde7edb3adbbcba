// Fills pages/ with what the site shows: docs/ as it is, pages about frameworks from the applications that the tests run,
// and the reference of the API from the source. Everything in pages/ is made anew each time.
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'
import { BUILT, SERVERS } from '../test/consumers/scenarios/frameworks.mjs'
import { buildPlayground } from './build-playground.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const pages = join(here, 'pages')

/** Files at the top of the repository that are pages too. */
const TOP = { 'CHANGELOG.md': 'changelog.md', 'SECURITY.md': 'security.md', 'CONTRIBUTING.md': 'contributing.md' }

/** The applications that are built, file by file in the order in which one would write them. */
const FILES = {
  Next: ['next.config.mjs', 'app/two-factor/[...path]/route.js', 'app/sign-in/route.js', 'app/page.jsx'],
  SvelteKit: ['src/routes/two-factor/[...path]/+server.js', 'src/routes/sign-in/+server.js', 'src/routes/+page.svelte'],
  Nuxt: ['server/routes/two-factor/[...path].js', 'server/routes/sign-in.post.js', 'nuxt.config.js', 'app/app.vue'],
  'React Router': ['app/routes.js', 'app/two-factor.js', 'app/sign-in.js', 'app/page.jsx'],
  Astro: ['src/pages/two-factor/[...path].js', 'src/pages/sign-in.js', 'src/pages/index.astro'],
}

/** Whole examples, each with a session of its own and a store. */
const EXAMPLES = {
  'Node without a framework': ['node', ['users.js', 'http.js', 'server.js']],
  Deno: ['deno', ['server.ts']],
  Bun: ['bun', ['server.ts']],
  'Cloudflare Workers': ['cloudflare-worker', ['worker.js', 'wrangler.toml', 'schema.sql']],
}
/** For a framework that has an example beside its mount. */
const LONGER = {
  Next: ['next', ['lib/auth.ts']],
  'Express 5': ['express', ['server.js', 'page/page.js']],
  Fastify: ['fastify', ['server.js']],
  Hono: ['hono', ['server.js']],
}

await rm(pages, { recursive: true, force: true })
await mkdir(pages, { recursive: true })
await cp(join(root, 'docs'), pages, { recursive: true })
await cp(join(here, 'content'), pages, { recursive: true })
// What a page shows or offers as a file, under the same path.
await cp(join(root, 'docs/images'), join(pages, 'public/images'), { recursive: true })
await cp(join(root, 'docs/migrating/moving.js'), join(pages, 'public/migrating/moving.js'))
for (const [from, to] of Object.entries(TOP)) {
  const text = await readFile(join(root, from), 'utf8')
  await writeFile(join(pages, to), withSiteLinks(text))
}
await includeFiles()
await writeResults()
const frameworks = await writeFrameworks()
await writeFile(join(here, '.vitepress', 'frameworks.json'), JSON.stringify(frameworks))
await writeReference()
await buildPlayground(join(pages, 'public'))

/**
 * On pages of content/, a line `<<< path` stands for a file of the repository, such as an example that the tests run, and
 * `<<< README.md#Title` for a section of that file.
 */
async function includeFiles() {
  for (const name of await readdir(join(here, 'content'))) {
    const lines = (await readFile(join(here, 'content', name), 'utf8')).split('\n')
    const included = lines.map(async (line) => {
      const [, path, title] = /^<<< ([^\s#]+)(?:#(.+))?$/.exec(line) ?? []
      if (path === undefined) return line
      const text = await readFile(join(root, path), 'utf8')
      return (title === undefined ? block(basename(path), text) : section(text, title)).trimEnd()
    })
    await writeFile(join(pages, name), (await Promise.all(included)).join('\n'))
  }
}

/** A section with its heading, its links leading within the site. */
function section(text, title) {
  const [, found] = text.split(new RegExp(`^(?=## ${title}$)`, 'm'))
  if (found === undefined) throw new Error(`There is no section “${title}”.`)
  const own = found.split(/^(?=## )/m)[0]
  return withSiteLinks(
    own.replace('(bench/rivals/results.md)', '(docs/results.md)').replace(/\[([^\]]+)\]\(#[^)]+\)/g, '$1'),
  )
}

/** The comparison with other libraries, each table under its chart. */
async function writeResults() {
  const folder = join(root, 'bench/rivals/charts')
  await cp(folder, join(pages, 'public/charts'), { recursive: true })
  const charts = new Map()
  for (const name of await readdir(folder))
    charts.set(/aria-label="([^"]+)"/.exec(await readFile(join(folder, name), 'utf8'))[1], name)
  const shown = (title) => `\n![${title}, in microseconds](/charts/${charts.get(title)})\n`
  const signIns = [...charts.keys()]
    .filter((title) => title.startsWith('Sign-in'))
    .map(shown)
    .join('')
  const text = await readFile(join(root, 'bench/rivals/results.md'), 'utf8')
  const page = text
    .replace(/^## The second step$/m, (heading) => `${heading}\n${signIns}`)
    .replace(/^### (.+)$/gm, (heading, title) => (charts.has(title) ? `${heading}\n${shown(title)}` : heading))
  await writeFile(join(pages, 'results.md'), page)
}

/** Links of the repository's top into docs/ are links within the site; others cannot be followed here. */
function withSiteLinks(text) {
  const site = { ...TOP, 'README.md': 'index.md' }
  return text
    .replace(/\]\(docs\//g, '](./')
    .replace(/\[([^\]]+)\]\((?!https?:|\.\/|#)([^)#]+)(#[^)]*)?\)/g, (_, words, path, anchor = '') =>
      path in site ? `[${words}](./${site[path]}${anchor})` : words,
    )
}

/** A page for each framework, and their names and paths for the list at the side. */
async function writeFrameworks() {
  const mount = await readFile(join(root, 'test/consumers/apps/two-factor.mjs'), 'utf8')
  const written = []
  const write = async (name, text) => {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
    await mkdir(join(pages, 'frameworks'), { recursive: true })
    await writeFile(join(pages, 'frameworks', `${slug}.md`), text)
    written.push({ text: name, link: `/frameworks/${slug}` })
  }
  for (const { name, app, dependencies } of SERVERS) {
    if (name === 'Express 4') continue
    const title = name === 'Express 5' ? 'Express' : name
    const also = name === 'Express 5' ? ' Express 4 takes the same code.' : ''
    const code = block('app.mjs', app) + (await longer(name))
    await write(title, await frameworkPage(title, dependencies, also, code, mount))
  }
  for (const { name, app, dependencies } of BUILT) {
    const files = await Promise.all(
      FILES[name].map(async (path) =>
        block(path, await readFile(join(root, 'test/consumers/apps', app, path), 'utf8')),
      ),
    )
    await write(name, await frameworkPage(name, dependencies, '', files.join('\n') + (await longer(name)), mount))
  }
  for (const [name, [folder, paths]] of Object.entries(EXAMPLES))
    await write(name, await examplePage(name, folder, paths))
  return written
}

async function frameworkPage(name, dependencies, also, code, mount) {
  const versions = Object.entries(dependencies).map(([dependency, version]) => `\`${dependency}\` ${version}`)
  return `# Two-factor authentication in ${name}

\`npm install countersign\`, then mount the handler at \`/two-factor\`. The code on this page is what the tests of the
package build and sign in to, through a TLS proxy, with ${versions.join(', ')}.${also}

## The handler

One module makes the engine and its HTTP handler. Replace the memory store with [a store for your database](../stores.md),
the key with one [from your secrets](../keys.md), and the two session functions with those of your application.

${block('two-factor.mjs', mount)}
## The mount

Your sign-in route checks the first factor (password, OAuth, magic link), then returns what \`handler.signIn\` returns: a
session, or a challenge for the second step.

${code}
## The page

The [elements](../elements.md) show the second step, the setup and the settings. Behind a proxy, read
[which headers it must pass on](../operating.md).
`
}

/** The longer example with a real session and store, if there is one. */
async function longer(name) {
  if (!(name in LONGER)) return ''
  const [folder, paths] = LONGER[name]
  return `\n## With a session and a database\n\n${await filesOf(folder, paths)}`
}

async function examplePage(name, folder, paths) {
  return `# Two-factor authentication on ${name}

The code on this page is an example of the repository, \`examples/${folder}\`, which the tests start and sign in to.

${await filesOf(folder, paths)}`
}

async function filesOf(folder, paths) {
  const texts = await Promise.all(
    paths.map(async (path) => block(path, await readFile(join(root, 'examples', folder, path), 'utf8'))),
  )
  return texts.join('\n')
}

function block(path, text) {
  const language = { '.mjs': 'js', '.toml': 'toml', '.svelte': 'svelte', '.vue': 'vue', '.astro': 'astro' }
  const ending = /\.\w+$/.exec(path)[0]
  return `\`\`\`${language[ending] ?? ending.slice(1)} [${path}]\n${text.trimEnd()}\n\`\`\`\n`
}

/** The reference, a page for each subpath, from the docstrings. A warning of TypeDoc's fails the build. */
async function writeReference() {
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const entryPoints = Object.keys(exports).flatMap((subpath) => entryOf(subpath))
  const app = await Application.bootstrapWithPlugins({
    entryPoints: entryPoints.map((path) => join(root, path)),
    tsconfig: join(root, 'tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    out: join(pages, 'reference'),
    readme: 'none',
    name: 'Reference',
    router: 'module',
    entryFileName: 'modules.md',
    useHTMLAnchors: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    skipErrorChecking: true,
    useCodeBlocks: true,
    validation: { notExported: false, invalidLink: false, notDocumented: false },
    logLevel: 'Warn',
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('TypeDoc read nothing.')
  await app.generateOutputs(project)
  if (app.logger.hasErrors()) throw new Error('TypeDoc reported errors.')
  // Titled by what is imported, and not by the file.
  const folder = join(pages, 'reference')
  // Another name than index, so that links between the pages also work in their Markdown form.
  await rename(join(folder, 'index.md'), join(folder, 'countersign.md'))
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.md')) continue
    const path = join(folder, name)
    const subpath = name.slice(0, -'.md'.length).replace('http-node', 'http/node')
    const title = subpath === 'countersign' ? subpath : `countersign/${subpath}`
    const text = (await readFile(path, 'utf8')).replaceAll('](index.md', '](countersign.md')
    await writeFile(path, name === 'modules.md' ? text : text.replace(/^# .+$/m, `# ${title}`))
  }
}

/** The source of a subpath of the package. */
function entryOf(subpath) {
  if (subpath === '.') return ['src/index.ts']
  const path = subpath.slice(2)
  if (path === 'package.json' || path.includes('*') || /^elements\//.test(path)) return []
  return [path === 'http/node' ? 'src/http/node.ts' : `src/${path}/index.ts`]
}
