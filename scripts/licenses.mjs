// npm run licenses: what the lock files install may be used, and runs nothing at installation that nobody looked at.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** For packages that users get: installed with this one, or bundled into it. */
const FOR_USERS = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'MIT OR Apache-2.0'])

/** For packages that only build and test. */
const FOR_DEVELOPMENT = new Set([
  ...FOR_USERS,
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'EPL-2.0',
  'LGPL-2.1-or-later',
  'LGPL-3.0-or-later',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
])

/** Packages whose lock entry has no license: read in the package itself. */
const READ_BY_HAND = {
  format: 'MIT',
  'thirty-two': 'MIT',
  'passport-local': 'MIT',
  'passport-strategy': 'MIT',
  pause: 'MIT',
  'seq-queue': 'MIT',
}

/** Packages that may run a script when they are installed, each to fetch or build its own program. None reaches users. */
const INSTALL_SCRIPTS = new Set([
  '@prisma/engines',
  'better-sqlite3',
  'bun',
  'classic-level',
  'cypress',
  'deno',
  'esbuild',
  'fsevents',
  'node',
  'prisma',
  'sharp',
  'workerd',
])

/**
 * @param {{ packages: Record<string, { license?: string, hasInstallScript?: boolean, dev?: boolean, link?: boolean }> }} lock
 * @param {{ isForUsers: (name: string, entry: { dev?: boolean }) => boolean }} options
 * @returns {string[]} one sentence for each package that needs a look
 */
export function problemsOf(lock, { isForUsers }) {
  const problems = []
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').pop() ?? ''
    if (!path.includes('node_modules/') || entry.link) continue
    const forUsers = isForUsers(name, entry)
    const license = entry.license ?? READ_BY_HAND[name]
    const allowed = forUsers ? FOR_USERS : FOR_DEVELOPMENT
    if (license === undefined) problems.push(`${name} states no license`)
    else if (!isAllowed(license, allowed)) problems.push(`${name} is licensed ${license}`)
    if (entry.hasInstallScript && (forUsers || !INSTALL_SCRIPTS.has(name)))
      problems.push(`${name} runs a script when it is installed`)
  }
  return problems
}

/** Of alternatives one is enough; of a combination each must be allowed. */
function isAllowed(expression, allowed) {
  if (allowed.has(expression)) return true
  const inner = expression.replace(/^\((.+)\)$/, '$1')
  if (/ OR /.test(inner)) return inner.split(' OR ').some((part) => isAllowed(part, allowed))
  if (/ AND /i.test(inner)) return inner.split(/ AND /i).every((part) => isAllowed(part, allowed))
  return allowed.has(inner)
}

/** Every lock file of the repository, and whether its packages reach users. */
export function lockFiles() {
  const bundled = /** @type {string[]} */ (bundledPackages())
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/])package-lock\.json$/.test(path) && !path.includes('node_modules'))
    .map((path) => join(root, path))
  return paths.map((path) => ({
    path: relative(root, path),
    lock: JSON.parse(readFileSync(path, 'utf8')),
    isForUsers: (name, entry) => path === join(root, 'package-lock.json') && (!entry.dev || bundled.includes(name)),
  }))
}

function bundledPackages() {
  const [, list = ''] =
    /const BUNDLED[^=]*= \{([\s\S]+?)\n\}/.exec(readFileSync(join(root, 'tsup.config.ts'), 'utf8')) ?? []
  const names = [...list.matchAll(/^ {2}'?([@\w/-]+)'?:/gm)].map(([, name]) => name)
  if (names.length === 0) throw new Error('tsup.config.ts lists no bundled packages: mend scripts/licenses.mjs')
  return names
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let count = 0
  const problems = lockFiles().flatMap(({ path, lock, isForUsers }) => {
    count += Object.keys(lock.packages).length - 1
    return problemsOf(lock, { isForUsers }).map((problem) => `${path}: ${problem}`)
  })
  for (const problem of problems) console.error(problem)
  console.log(`${count} entries of lock files looked at, ${problems.length} problems`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
