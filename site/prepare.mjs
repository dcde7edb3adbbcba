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
/** For a framework that has an example beside its mount: the page begins with it. */
const LONGER = {
  Next: [
    'next',
    ['tsconfig.json', 'lib/auth.ts', 'app/two-factor/[...path]/route.ts', 'app/sign-in/route.ts', 'app/me/route.ts'],
  ],
  'Express 5': ['express', ['server.js', 'page/index.html', 'page/page.js']],
  Fastify: ['fastify', ['server.js']],
  Hono: ['hono', ['server.js']],
}

/** What a page begins with: most applications have such a library already. */
const SESSIONS_FIRST =
  'Do you use express-session, Passport, Auth.js or better-auth? Start from [Your sessions](../sessions.md): it has a complete ' +
  'application for each.'

const EXPRESS_4 =
  ' The mount is the same in Express 4 and 5. Express 4 does not catch the errors of async routes: pass them to `next`.'

await rm(pages, { recursive: true, force: true })
await mkdir(pages, { recursive: true })
await cp(join(root, 'docs'), pages, { recursive: true })
await withContentLinks()
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

/** Links of docs/ into content/, which are read beside each other on the site. */
async function withContentLinks() {
  for (const name of await readdir(join(root, 'docs'))) {
    if (!name.endsWith('.md')) continue
    const text = await readFile(join(root, 'docs', name), 'utf8')
    if (text.includes('](../site/content/'))
      await writeFile(join(pages, name), text.replaceAll('](../site/content/', '](./'))
  }
}

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
    await write(title, await frameworkPage(title, LONGER[name], dependencies, block('app.mjs', app)))
  }
  for (const { name, app, dependencies } of BUILT) {
    const code = await filesOf(join('test/consumers/apps', app), FILES[name])
    await write(name, await frameworkPage(name, LONGER[name], dependencies, code))
  }
  for (const [name, [folder, paths]] of Object.entries(EXAMPLES))
    await write(name, await examplePage(name, folder, paths))
  return written
}

/** The example with a session and a database, if there is one, and then the mount as the tests have it. */
async function frameworkPage(name, example, dependencies, app) {
  const versions = Object.entries(dependencies).map(([dependency, version]) => `\`${dependency}\` ${version}`)
  const fixture = await filesOf('test/consumers/apps', ['two-factor.mjs', 'users.mjs'])
  return `# Two-factor authentication in ${name}

${SESSIONS_FIRST}

${example === undefined ? '`npm install countersign`, then mount the handler at `/two-factor`.\n' : await runnable(...example)}
## The mount alone

The files in this section are a test fixture, \`test/consumers\`. The tests of the package install it with
${versions.join(', ')}, and sign in to it through a TLS proxy. It shows where the handler goes, and is not an application
to copy: its store is in memory, its key is new at each start, and its session cookie is the plain user id. Use
[a store for your database](../stores.md), [a key from your secrets](../keys.md) and your own sessions instead.

Your sign-in route checks the first factor (password, OAuth, magic link), then returns what \`handler.signIn\` returns: a
session, or a challenge for the second step. Mount the handler after your session middleware, so that its hooks find the
session.${name === 'Express' ? EXPRESS_4 : ''}

${app}
${fixture}
## The page

The [elements](../elements.md) show the second step, the setup and the settings. Behind a proxy, read
[which headers it must pass on](../operating.md#behind-a-proxy).
`
}

/** How to start the example in a new folder, and its files. */
async function runnable(folder, paths) {
  const { dependencies, scripts } = JSON.parse(await readFile(join(root, 'examples', folder, 'package.json'), 'utf8'))
  const packages = ['countersign', ...Object.keys(dependencies).filter((dependency) => dependency !== 'countersign')]
  const start = scripts.start.startsWith('node ') ? scripts.start : `npx ${scripts.start}`
  return `## With a session and a database

This is the example \`examples/${folder}\` of the repository, which the tests start and sign in to.

\`\`\`sh
npm init -y # in a new folder
npm pkg set type=module
npm install ${packages.join(' ')}
node -e "import('countersign').then(({ generateKey }) => console.log('COUNTERSIGN_KEYS=' + generateKey()))" > .env
${start}
\`\`\`

Create the key once, and keep \`.env\` out of git: without it, every authenticator stops working. The last command loads the key
from \`.env\` and starts the files below. ${
    paths.some((path) => path.endsWith('.html'))
      ? 'Open `http://localhost:3000` and sign in'
      : 'The README of the example signs in with curl,'
  } as \`ada\` with the password \`correct horse battery staple\`. There is no sign-out: yours stays as it is, and needs no call.

${await filesOf(join('examples', folder), paths)}`
}

async function examplePage(name, folder, paths) {
  return `# Two-factor authentication on ${name}

${SESSIONS_FIRST}

The code on this page is an example of the repository, \`examples/${folder}\`, which the tests start and sign in to.

${await filesOf(join('examples', folder), paths)}`
}

async function filesOf(folder, paths) {
  const texts = await Promise.all(
    paths.map(async (path) => block(path, await readFile(join(root, folder, path), 'utf8'))),
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
