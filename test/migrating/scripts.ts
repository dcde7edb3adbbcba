import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The scripts of a page of docs/: the blocks that begin with a comment that names their file. */
export function scriptsOf(page: string): Map<string, string> {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const blocks = text.matchAll(/```js\n\/\/ ([\w-]+\.js)\n([\s\S]+?)\n```/g)
  return new Map(Array.from(blocks, ([, name = '', code = '']) => [name, code]))
}

/** A folder with the scripts of these pages and moving.js, in which this package and pg are found. */
export function placeScripts(...pages: string[]): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-migrating-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  copyFileSync(join(ROOT, 'docs/migrating/moving.js'), join(folder, 'moving.js'))
  for (const [name, code] of pages.flatMap((page) => [...scriptsOf(page)])) writeFileSync(join(folder, name), code)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/countersign'), 'junction')
  symlinkSync(join(ROOT, 'node_modules/pg'), join(folder, 'node_modules/pg'), 'junction')
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
