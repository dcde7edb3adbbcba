// npm run pack [-- folder]: the tarball that is published. As npm packs it, but for the README: its links to files that
// are not in the package lead to the repository, at the tag of this version. Prints the path.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

/** Packs into this folder, and returns the path of the tarball. */
export async function pack(folder) {
  const work = await mkdtemp(join(tmpdir(), 'countersign-pack-'))
  try {
    await run('npm', ['pack', '--silent', '--pack-destination', work], { cwd: root })
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const name = `countersign-${manifest.version}.tgz`
    await run('tar', ['-xzf', join(work, name), '-C', work])
    const unpacked = join(work, 'package')
    // Not as the umask of this machine has it: the same tarball comes of the same sources everywhere.
    await run('chmod', ['-R', 'u=rwX,go=rX', unpacked])
    for (const page of ['README.md', 'SECURITY.md', 'CHANGELOG.md', 'SKILL.md']) {
      const path = join(unpacked, page)
      const text = await readFile(path, 'utf8')
      const shown = page === 'CHANGELOG.md' ? latestChanges(text, manifest.version) : text
      await writeFile(
        path,
        packedPage(shown, manifest, (file) => existsSync(join(unpacked, file))),
      )
    }
    await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(folder), unpacked], {
      cwd: work,
    })
    return join(resolve(folder), name)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * The changes up to this version's own: those of earlier ones are in the packages of those versions.
 *
 * @param {string} changelog
 * @param {string} version
 */
export function latestChanges(changelog, version) {
  const own = changelog.indexOf(`\n## [${version}]`)
  const earlier = own < 0 ? -1 : changelog.indexOf('\n## [', own + 1)
  return earlier < 0 ? changelog : changelog.slice(0, earlier + 1)
}

/**
 * A page as it reads outside of the repository. As long as package.json names no repository, a link is its text alone, and
 * pictures are left out.
 *
 * @param {string} page
 * @param {{ version: string, repository?: string | { url: string } }} manifest
 * @param {(file: string) => boolean} isPacked
 */
export function packedPage(page, manifest, isPacked) {
  const base = addressOf(manifest.repository)
  const at = (kind, file) => `${base}/${kind}/v${manifest.version}/${file}`
  const withPictures =
    base === null
      ? page.replace(/<picture>[\s\S]*?<\/picture>\n*/g, '')
      : page.replace(/(src|srcset)="(?!https?:)([^"]+)"/g, (_, name, file) => `${name}="${at('raw', file)}"`)
  return withPictures.replace(/\[([^\]]+)\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g, (link, text, file, anchor = '') => {
    if (isPacked(file)) return link
    return base === null ? text : `[${text}](${at('blob', file)}${anchor})`
  })
}

/** Where people read the repository: `git+https://host/owner/name.git` without what is around the address. */
function addressOf(repository) {
  const url = typeof repository === 'string' ? repository : repository?.url
  return url === undefined ? null : url.replace(/^git\+/, '').replace(/\.git$/, '')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await pack(process.argv[2] ?? root))
