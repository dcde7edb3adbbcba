import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasProgram, needs } from '../needs.ts'
import { type Backend, startBackend } from './backend.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const INSTALLED = ['test/examples', 'test/package', ''].map((folder) => join(ROOT, folder, 'node_modules'))
const BINARIES = INSTALLED.map((folder) => join(folder, '.bin'))
export const PATH: string = [...BINARIES, process.env['PATH']].join(delimiter)

/** A copy of an example in an empty folder, with the packages that it names, this one as built, and no others. */
export interface PlacedExample {
  folder: string
  /** Runs its start command there, or another. */
  start(command?: readonly string[]): Promise<Backend>
  remove(): void
}

export interface Needs {
  /** A program, in PATH or from a package, without which it cannot start. */
  program?: string
  /** What it names and the test does without. */
  without?: readonly string[]
}

/** True if its tests are to be skipped, since something is not there; throws instead where CI is set. */
export function isMissing(example: string, { program, without = [] }: Needs = {}): boolean {
  const packages = Object.keys(dependenciesOf(example)).filter((name) => !without.includes(name))
  const absent = packages.filter((name) => find(name) === null)
  if (program !== undefined && !hasCommand(program)) absent.push(program)
  const hint = 'npm run build, npm ci --prefix test/examples, npm ci --prefix test/package'
  return needs(`What examples/${example} needs (${absent.join(', ')})`, absent.length === 0, hint)
}

export function place(example: string, { without = [] }: Needs = {}): PlacedExample {
  const above = mkdtempSync(join(tmpdir(), 'countersign-example-'))
  const folder = join(above, 'examples', example)
  const isSource = (path: string) => !/[\\/](node_modules|\.[^\\/]+|app\.db[^\\/]*)$/.test(path)
  cpSync(sourceOf(example), folder, { recursive: true, filter: isSource })
  for (const [name, pin] of Object.entries(dependenciesOf(example))) {
    if (!without.includes(name)) link(join(folder, 'node_modules', name), name, pin)
  }
  symlinkSync(join(ROOT, 'dist'), join(above, 'dist'), 'junction')
  cpSync(sourceOf('prepare.mjs'), join(above, 'examples/prepare.mjs'))
  execFileSync(process.execPath, ['../prepare.mjs'], { cwd: folder, stdio: 'pipe' })
  return {
    folder,
    start: ([command = '', ...args] = startCommand(example)) => startBackend(command, args, { PATH }, folder),
    remove: () => rmSync(above, { recursive: true, force: true }),
  }
}

/** How long an example's code is: its main files together, blank lines too. */
export function linesOf(example: string, files: readonly string[]): number {
  const texts = files.map((file) => readFileSync(join(sourceOf(example), file), 'utf8'))
  return texts.reduce((lines, text) => lines + text.trimEnd().split('\n').length, 0)
}

function sourceOf(example: string): string {
  return join(ROOT, 'examples', example)
}

function hasCommand(program: string): boolean {
  return BINARIES.some((folder) => existsSync(join(folder, program))) || hasProgram(program)
}

function link(path: string, name: string, pin: string): void {
  const installed = find(name) ?? ''
  const { version }: { version: string } = readJson(join(installed, 'package.json'))
  if (name !== 'countersign' && version !== pin) throw new Error(`${name} is to be ${pin} and is ${version}.`)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(installed, path, 'junction')
}

/** Where a package is; null if it is not installed, or not built. */
function find(name: string): string | null {
  if (name === 'countersign') return existsSync(join(ROOT, 'dist/index.js')) ? ROOT : null
  return INSTALLED.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

function dependenciesOf(example: string): Record<string, string> {
  return readJson(join(sourceOf(example), 'package.json')).dependencies
}

function startCommand(example: string): string[] {
  const { scripts }: { scripts: { start: string } } = readJson(join(sourceOf(example), 'package.json'))
  return scripts.start.split(' ')
}

function readJson(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
