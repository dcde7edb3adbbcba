import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The scripts of a page of docs/: the blocks that begin with a comment that names their file. */
export function scriptsOf(page: string): Map<string, string> {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const blocks = text.matchAll(/```js\n\/\/ ([\w.-]+\.js)\n([\s\S]+?)\n```/g)
  return new Map(Array.from(blocks, ([, name = '', code = '']) => [name, code]))
}

/** What a folder of scripts has in it. Paths are those of this repository. */
export interface Placed {
  pages: readonly string[]
  /** Beside the scripts; a folder is copied with its name. */
  files?: readonly string[]
  /** Where packages are, this one as built. */
  packages?: readonly string[]
}

/** A new folder with the scripts of these pages. */
export function placeScripts({ pages, files = [], packages = [] }: Placed): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-scripts-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, code] of pages.flatMap((page) => [...scriptsOf(page)])) writeFileSync(join(folder, name), code)
  for (const file of files) cpSync(join(ROOT, file), join(folder, basename(file)), { recursive: true })
  link('countersign', ROOT)
  for (const path of packages)
    link(path.slice(path.indexOf('node_modules/') + 'node_modules/'.length), join(ROOT, path))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }

  function link(name: string, target: string): void {
    const path = join(folder, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path, 'junction')
  }
}
