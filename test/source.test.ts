import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

/**
 * The folders of src from left to right: data flows one way, so a file imports from its own folder and from those
 * to its left. A new folder takes its place here first.
 */
const LAYERS = [
  'errors.ts',
  'encoding',
  'options',
  'otp',
  'vault',
  'recovery-codes',
  'engine',
  'two-factor',
  'tokens',
  'stores',
  'passkeys',
  'index.ts',
  'testing',
  'import',
  'mail',
  'otel',
  'qr',
  'http',
  'client',
  'elements',
  'cli',
]

/** Which layers may import which package. Nothing else may be imported. */
const PACKAGES = [
  { package: /^thirty-two$/, from: /^otp\/base32\.ts$/ },
  { package: /^@noble\/hashes\//, from: /^(otp|vault|recovery-codes|engine|tokens|passkeys|import|http)\// },
  { package: /^@noble\/ciphers\//, from: /^(vault|import)\// },
  { package: /^@levischuck\/tiny-cbor$/, from: /^passkeys\/cbor\.ts$/ },
  { package: /^qr$/, from: /^qr\// },
  { package: /^valibot$/, from: /^http\// },
  { package: /^@valibot\/to-json-schema$/, from: /^http\/document\// },
  { package: /^lit(\/|$)/, from: /^elements\// },
  { package: /^react$/, from: /^elements\/react\.d\.ts$/ },
  { package: /^vue$/, from: /^elements\/vue\.d\.ts$/ },
  { package: /^svelte\/elements$/, from: /^elements\/svelte\.d\.ts$/ },
  { package: /^(node:|commander$|@clack\/prompts$)/, from: /^cli\// },
]

/** Globals that src never touches: code from text, output, and what only some runtimes have. */
const FORBIDDEN_GLOBALS = new Set(['eval', 'Function', 'console', 'process', 'Buffer', 'require', 'setInterval'])

/** The one place that may write to the console: for faults that nothing else would tell the host of. */
const MAY_LOG = /^http\/node\/report\.ts$/

const files = readSources(fileURLToPath(new URL('../src', import.meta.url)))

/** Where data from outside is checked and becomes a typed value: the one place for an `as … as`. */
const CHECKED_PARSE = /(^|\/)parse-[\w-]+\.ts$/

test('src holds nothing that must never be there', () => {
  expect(files.length).toBeGreaterThan(10)
  expect(files.flatMap(({ path, source }) => forbiddenIn(source).map((what) => `${path}: ${what}`))).toEqual([])
})

test('src has no switched-off checks and nothing left to do', () => {
  const never = /@ts-(ignore|nocheck|expect-error)|biome-ignore-all|\b(TODO|FIXME|XXX)\b/
  expect(files.filter(({ source }) => never.test(source.text)).map(({ path }) => path)).toEqual([])
})

test('data flows one way through src', () => {
  const strangers = files.filter(({ path }) => !LAYERS.includes(layerOf(path))).map(({ path }) => path)
  expect(strangers, 'files outside of the known layers').toEqual([])
  expect(files.flatMap(({ path, imports }) => imports.filter(leadsRight(path)).map(arrowFrom(path)))).toEqual([])
})

test('each package is imported only where it belongs', () => {
  expect(files.flatMap(({ path, imports }) => imports.filter(isForeign(path)).map(arrowFrom(path)))).toEqual([])
})

function readSources(folder: string) {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  return paths.map((path) => {
    const text = readFileSync(join(folder, path), 'utf8')
    return {
      path: path.split(sep).join('/'),
      source: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true),
      imports: ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName),
    }
  })
}

function forbiddenIn(node: ts.Node): string[] {
  const found: string[] = []
  const visit = (child: ts.Node): void => {
    if (isForbidden(child)) found.push(child.getText())
    ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}

function isForbidden(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return true
  if (ts.isAsExpression(node))
    return ts.isAsExpression(node.expression) && !CHECKED_PARSE.test(node.getSourceFile().fileName)
  if (ts.isPropertyAccessExpression(node)) return node.getText() === 'Math.random'
  if (!ts.isIdentifier(node) || !FORBIDDEN_GLOBALS.has(node.text) || !standsForItself(node)) return false
  return node.text !== 'console' || !MAY_LOG.test(node.getSourceFile().fileName)
}

/** Not a type, nor the name of a property, as in `globalThis.Buffer` or `{ process: … }`. */
function standsForItself(name: ts.Identifier): boolean {
  const { parent } = name
  if (ts.isTypeNode(parent)) return false
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name
  return !(ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) || parent.name !== name
}

function layerOf(path: string): string {
  return path.split('/')[0] ?? path
}

function leadsRight(path: string) {
  return (specifier: string): boolean => {
    if (!specifier.startsWith('.')) return false
    const to = LAYERS.indexOf(layerOf(posix.join(posix.dirname(path), specifier)))
    return to < 0 || to > LAYERS.indexOf(layerOf(path))
  }
}

function isForeign(path: string) {
  return (specifier: string): boolean =>
    !specifier.startsWith('.') && !PACKAGES.some((rule) => rule.package.test(specifier) && rule.from.test(path))
}

function arrowFrom(path: string) {
  return (specifier: string): string => `${path} → ${specifier}`
}
