import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { median } from '../rounds.mjs'

const ROUNDS = 15
const rootOf = createRequire(new URL('../../package.json', import.meta.url))
const dist = new URL('../../dist/', import.meta.url)

/** Milliseconds to import each in a process of its own, in turn: the package as built, its dependencies alone, better-auth. */
export function measureStart() {
  if (!existsSync(new URL('index.js', dist))) throw new Error('The cold start measures the build: run npm run build.')
  const imports = {
    countersign: [new URL('index.js', dist).href],
    'its dependencies alone': dependencies(),
    'better-auth with twoFactor': ['better-auth', 'better-auth/plugins'].map((name) => import.meta.resolve(name)),
  }
  const times = Object.fromEntries(Object.keys(imports).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, specifiers] of Object.entries(imports)) times[name].push(millisecondsToImport(specifiers))
  }
  return Object.entries(times).map(([name, values]) => ({ name, milliseconds: median(values) }))
}

/** What the index and the chunks that it imports take from outside. */
function dependencies() {
  const texts = ['index.js', 'shared.js', 'errors.js'].map((file) => readFileSync(new URL(file, dist), 'utf8'))
  const names = texts.flatMap((text) => [...text.matchAll(/from ?["']([^."'][^"']*)["']/g)].map((match) => match[1]))
  return [...new Set(names)].map((name) => pathToFileURL(rootOf.resolve(name)).href)
}

function millisecondsToImport(specifiers) {
  const imports = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)})`).join('; ')
  const script = `const start = performance.now(); ${imports}; console.log(performance.now() - start)`
  const options = { cwd: fileURLToPath(dist), encoding: 'utf8' }
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script], options))
}
