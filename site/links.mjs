// Every link and anchor of the built site leads somewhere.
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('dist', import.meta.url))
const entries = await readdir(dist, { recursive: true, withFileTypes: true })
const files = entries
  .filter((entry) => entry.isFile())
  .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
const pages = new Map()
for (const path of files.filter((name) => name.endsWith('.html'))) {
  pages.set(`/${path}`, await readFile(join(dist, path), 'utf8'))
}
const assets = new Set(files.map((path) => `/${path}`))

const dead = []
let checked = 0
for (const [page, text] of pages) {
  for (const [, href] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
    if (/^(https?:|mailto:|data:)/.test(href)) continue
    checked += 1
    const [path, anchor = ''] = href.replaceAll('&amp;', '&').split('#')
    const target = path === '' ? page : fileOf(posix.resolve(dirname(page), decodeURI(path)), path.endsWith('/'))
    const found = pages.get(target)
    if (found === undefined && !assets.has(target)) dead.push(`${page}: ${href}`)
    else if (anchor !== '' && !found?.includes(`id="${decodeURIComponent(anchor)}"`)) dead.push(`${page}: ${href}`)
  }
}
console.log(`${pages.size} pages, ${checked} links, ${dead.length} dead`)
for (const line of dead) console.log(`dead: ${line}`)
process.exitCode = dead.length > 0 || checked === 0 ? 1 : 0

/** The file behind a clean URL. */
function fileOf(path, isFolder) {
  if (assets.has(path)) return path
  return isFolder || path === '/' ? posix.join(path, 'index.html') : `${path}.html`
}
