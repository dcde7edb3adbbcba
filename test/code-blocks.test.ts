import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { hasModules, runHere, valuesOf } from './code-blocks/run-here.ts'
import { RULES } from './code-blocks/runs.ts'

const top = fileURLToPath(new URL('..', import.meta.url))
const PAGES = [
  'README.md',
  'SKILL.md',
  ...pagesIn('docs'),
  ...pagesIn('site/content'),
  ...readdirSync(join(top, 'examples')).map((name) => `examples/${name}/README.md`),
].filter((path) => ts.sys.fileExists(join(top, path)))
const COMPILED = new Set(['ts', 'js', 'mjs', 'tsx', 'jsx'])

interface Block {
  page: string
  line: number
  language: string
  text: string
}

/** The names that a page takes as said: those of every page, and those of its kind. */
const KINDS: readonly [kind: string, pages: RegExp][] = [
  ['browser', /^docs\/elements\.md$|^site\/content\/components\.md$/],
  ['migrating', /^docs\/migrating/],
  ['stores', /^docs\/(recipes\/|stores|writing-a-store|scaling|telemetry)/],
  ['testing', /^docs\/testing\.md$|^SKILL\.md$/],
  ['backend', /./],
]
/** A module or a type that only the reader's application has. A name is not among them: declare it in test/code-blocks. */
const OF_THE_READER = new Set([2307, 2792, 7016])
/** What a piece of an application may leave out: the function around a `return`, types, and what a missing name makes of the rest. */
const LEFT_OUT = new Set([1108, 18046, 7005, 7006, 7010, 7018, 7019, 7026, 7031, 7034, 7053, 1375, 1378, 2318])

const HERE = 'run here'
const UNLISTED = 'not run, and no reason is listed'

const COMMANDS = new Set(
  [...readFileSync(join(top, 'src/cli/main.ts'), 'utf8').matchAll(/[cC]ommand\(\s*'([a-z-]+)/g)].map(
    ([, name]) => name ?? '',
  ),
)

/** What every program reads is parsed once. */
const sources = new Map<string, ts.SourceFile | undefined>()

const blocks = PAGES.flatMap(blocksOf)
const compiled = blocks.filter(({ language }) => COMPILED.has(language))
/** For each block that was compiled, the names of the preludes that it uses, and the modules that it imports. */
const uses = new Map<Block, { names: string[]; modules: string[] }>()
const problems = KINDS.flatMap(([kind]) =>
  problemsIn(
    compiled.filter((block) => kindOf(block) === kind),
    kind,
  ),
)
const runs = blocks.map((block) => ({ block, ...runOf(block) }))

describe('the code blocks of README, docs, the site and the examples', () => {
  test('compile against the package', () => {
    const counts = new Map<string, number>()
    for (const { how } of runs) counts.set(how, (counts.get(how) ?? 0) + 1)
    const lines = [...counts].map(([how, count]) => `${count} ${how}`)
    console.log(`${blocks.length} code blocks: ${compiled.length} compiled; ${lines.sort().join('; ')}.`)
    expect(compiled.length).toBeGreaterThan(50)
    expect(problems).toEqual([])
  })

  test('each block is run here, or by a test that names its page, or the reason is listed', () => {
    const wrong = runs.filter(({ block, by }) => by !== undefined && !names(by, block.page))
    expect(wrong.map(({ block, by }) => `${block.page}:${block.line}: ${by}`)).toEqual([])
    expect(runs.filter(({ how }) => how === UNLISTED).map(({ block }) => `${block.page}:${block.line}`)).toEqual([])
    const unused = RULES.filter((rule) => !runs.some((run) => run.rule === rule))
    expect(unused).toEqual([])
  })

  test.each(runs.filter(({ how }) => how === HERE).map(({ block }) => block))(
    'the block of $page, line $line, runs',
    ({ text }) => runHere(asModule(text)),
  )

  test('a block with a name that nothing declares is found', () => {
    const text = 'twoFactor.status(userId)\ntwoFactors.status(userId)\nconst options = { staff, stuff }'
    expect(problemsIn([{ page: 'a page', line: 1, language: 'ts', text }])).toEqual([
      expect.stringContaining("Cannot find name 'twoFactors'"),
      expect.stringContaining("'stuff'"),
    ])
  })

  test('a block that misuses the package is found', () => {
    const text =
      "import { createTwoFactor } from 'countersign'\nawait twoFactor.challenge(7)\ncreateTwoFactor({ issuer: 1 })"
    expect(problemsIn([{ page: 'a page', line: 1, language: 'ts', text }])).toHaveLength(2)
  })

  test.each(blocks.filter(({ language }) => language === 'json'))('JSON of $page, line $line, parses', ({ text }) => {
    expect(() => JSON.parse(text.replace(/^\s*\/\/.*$/gm, ''))).not.toThrow()
  })

  const { scripts } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))
  test.each(blocks.filter(({ language }) => /^(sh|bash)$/.test(language)))(
    'commands of $page, line $line, name scripts and commands that exist',
    ({ text, page }) => {
      const commands = [...text.matchAll(/\bnpx countersign ([a-z-]+)/g)].map(([, name]) => name ?? '')
      expect(commands.filter((name) => !COMMANDS.has(name))).toEqual([])
      if (page.startsWith('examples/')) return
      const named = [...text.matchAll(/^npm run (?:--silent )?([\w:-]+)/gm)].map(([, name]) => name ?? '')
      expect(named.filter((name) => !(name in scripts))).toEqual([])
    },
  )
})

function pagesIn(folder: string): string[] {
  return readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}/${path}`)
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(top, page), 'utf8')
  return [...text.matchAll(/^( *)```([\w-]*)[^\n]*\n([\s\S]*?)^ *```$/gm)].map(
    ({ index, 1: indent, 2: language, 3: code }) => ({
      page,
      line: text.slice(0, index).split('\n').length,
      language: language ?? '',
      text: (code ?? '').replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  )
}

/** Where a block is run, or why it is not. */
function runOf(block: Block): { how: string; by?: string; rule?: (typeof RULES)[number] } {
  const rule = RULES.find(
    ({ pages, language = /./s, text = /./ }) =>
      pages.test(block.page) && (language.test(block.language) || language.source === '.') && text.test(block.text),
  )
  if (rule !== undefined && 'by' in rule) return { how: `run elsewhere, by ${rule.by}`, by: rule.by, rule }
  if (rule !== undefined) return { how: `not run, because: ${rule.because}`, rule }
  const used = uses.get(block)
  if (used === undefined) return { how: UNLISTED }
  const { names, modules } = used
  if (!hasModules(modules)) return { how: 'not run, because: needs a package that only its reader has' }
  const own = names.filter((name) => !(name in valuesOf()))
  return { how: own.length === 0 ? HERE : "not run, because: uses names of the reader's own application" }
}

/** Whether a test speaks of a page: by its name, or by that of its folder. */
function names(test: string, page: string): boolean {
  const text = readFileSync(join(top, test), 'utf8')
  const [name = '', folder = ''] = page.split('/').reverse()
  return text.includes(name) || (folder !== '' && text.includes(`docs/${folder}`))
}

function kindOf({ page }: Block): string {
  return KINDS.find(([, pages]) => pages.test(page))?.[0] ?? ''
}

/** One program for all blocks of a kind, each a module of its own. */
function problemsIn(list: readonly Block[], kind = 'backend'): string[] {
  const files = new Map(
    list.map((block, index) => {
      const ending = block.language === 'mjs' ? 'js' : block.language
      return [join(top, `test/block-${index}.${ending}`), { block, text: `${asModule(block.text)}\nexport {}\n` }]
    }),
  )
  const preludes = ['every-page', kind].map((name) => join(top, `test/code-blocks/${name}.d.ts`))
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: ['node'],
    jsx: ts.JsxEmit.Preserve,
    strict: true,
    noImplicitAny: false,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    baseUrl: top,
    paths: { countersign: ['src/index.ts'], ...subpaths() },
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  const own = (path: string) => files.get(path)?.text
  host.fileExists = (path) => own(path) !== undefined || fileExists(path)
  host.readFile = (path) => own(path) ?? readFile(path)
  host.getSourceFile = (path, version, ...rest) => {
    const text = own(path)
    if (text !== undefined) return ts.createSourceFile(path, text, version)
    const read = sources.get(path) ?? getSourceFile(path, version, ...rest)
    sources.set(path, read)
    return read
  }
  const program = ts.createProgram([...preludes, ...files.keys()], options, host)
  return [...files].flatMap(([path, { block }]) => {
    const source = program.getSourceFile(path)
    if (source !== undefined) uses.set(block, usesOf(source, program.getTypeChecker(), preludes))
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found
      .filter((problem) => !isUnchecked(program.getTypeChecker(), source, problem))
      .filter(({ code, messageText }) => isOurs(messageText) || (!OF_THE_READER.has(code) && !LEFT_OUT.has(code)))
      .filter(({ messageText }) => !isOfStrictMode(block, ts.flattenDiagnosticMessageText(messageText, ' ')))
      .map(({ messageText, start = 0, code }) => {
        const line = block.line + 1 + (source?.getLineAndCharacterOfPosition(start).line ?? 0)
        return `${block.page}:${line}: TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 220)}`
      })
  })
}

/** The names of the preludes that a block uses as values, and the modules that it imports. */
function usesOf(source: ts.SourceFile, checker: ts.TypeChecker, preludes: readonly string[]) {
  const names = new Set<string>()
  const modules = new Set<string>()
  const look = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) modules.add(node.moduleSpecifier.text)
    if (ts.isIdentifier(node)) {
      const symbol = ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node)
      const from = symbol?.declarations?.[0]?.getSourceFile().fileName ?? ''
      if (preludes.includes(from)) names.add(node.text)
    }
    ts.forEachChild(node, look)
  }
  look(source)
  return { names: [...names], modules: [...modules] }
}

/** A piece of an object or an expression, as what it is a piece of. An ellipsis stands for what the reader has. */
function asModule(text: string): string {
  const whole = text.replaceAll(/^( *)…,?$/gm, '$1// …')
  const candidates = [whole, `;({\n${whole}\n})`, `;(${whole.trim()})`]
  const parses = (candidate: string) => {
    const { diagnostics = [] } = ts.transpileModule(candidate, { reportDiagnostics: true })
    return diagnostics.length === 0
  }
  return candidates.find(parses) ?? whole
}

/** An outcome read without asking for `ok` or `passed`, as examples do for brevity: right if some outcome has the field. */
function isUnchecked(
  checker: ts.TypeChecker,
  source: ts.SourceFile | undefined,
  { code, start = 0 }: ts.Diagnostic,
): boolean {
  if (code !== 2339 || source === undefined) return false
  const token = tokenAt(source, start)
  const owner = ts.isPropertyAccessExpression(token.parent)
    ? token.parent.expression
    : ts.isBindingElement(token.parent)
      ? token.parent.parent
      : null
  if (owner === null) return false
  const type = checker.getTypeAtLocation(owner)
  return type.isUnion() && type.types.some((each) => each.getProperty(token.getText(source)) !== undefined)
}

/** A module of this package is never the reader's. */
function isOurs(message: string | ts.DiagnosticMessageChain): boolean {
  return /Cannot find module 'countersign\b/.test(ts.flattenDiagnosticMessageText(message, ' '))
}

/** What only strict TypeScript asks of somebody: to look for `undefined`, and at what was caught. */
function isOfStrictMode({ language }: Block, message: string): boolean {
  return (
    !language.startsWith('ts') &&
    /'[^']*undefined' is not assignable|'undefined' is not|is of type 'unknown'/.test(message)
  )
}

function tokenAt(node: ts.Node, position: number): ts.Node {
  const inner = node.getChildren().find((child) => child.getStart() <= position && position < child.getEnd())
  return inner === undefined ? node : tokenAt(inner, position)
}

/** Each subpath of the package, at its source. */
function subpaths(): Record<string, string[]> {
  const names = ['otp', 'qr', 'passkeys', 'testing', 'import', 'mail', 'otel', 'tokens', 'http', 'client', 'elements']
  return {
    ...Object.fromEntries(names.map((name) => [`countersign/${name}`, [`src/${name}/index.ts`]])),
    'countersign/http/node': ['src/http/node.ts'],
    'countersign/stores/*': ['src/stores/*.ts'],
    'countersign/elements/*': ['src/elements/texts/*.ts', 'src/elements/*.d.ts'],
  }
}
