import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

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

/** What a page has said before, so that its blocks need not say it again. Everything else that is missing is the reader's. */
const PRELUDE = `
declare const twoFactor: import('countersign').TwoFactor
declare const tokens: import('countersign/tokens').AccessTokens
declare const handler: import('countersign/http').TwoFactorHandler
declare const store: import('countersign').UserStore
declare const client: any, pool: any, db: any, app: any, req: any, res: any, c: any
declare const request: Request, rows: { user_id: string; [column: string]: any }[]
declare const userId: string, password: string, code: string, device: string | undefined
`
/** A name, a module or a type that only the reader's application has. */
const OF_THE_READER = new Set([2304, 2307, 2503, 2580, 2582, 2584, 2591, 2593, 2792, 2867, 2868, 7016, 18004])
/** What a piece of an application may leave out: the function around a `return`, types, and what a missing name makes of the rest. */
const LEFT_OUT = new Set([1108, 18046, 7005, 7006, 7010, 7018, 7019, 7026, 7031, 7034, 7053, 1375, 1378, 2318])

const COMMANDS = new Set(
  [...readFileSync(join(top, 'src/cli/main.ts'), 'utf8').matchAll(/[cC]ommand\(\s*'([a-z-]+)/g)].map(
    ([, name]) => name ?? '',
  ),
)

const blocks = PAGES.flatMap(blocksOf)
const compiled = blocks.filter(({ language }) => COMPILED.has(language))
const problems = problemsIn(compiled)

describe('the code blocks of README, docs, the site and the examples', () => {
  test('compile against the package', () => {
    const others = new Map<string, number>()
    for (const { language } of blocks.filter((block) => !compiled.includes(block))) {
      others.set(language || 'plain text', (others.get(language || 'plain text') ?? 0) + 1)
    }
    console.log(
      `${blocks.length} code blocks: ${compiled.length} compiled; no TypeScript or JavaScript: ${[...others].map(([name, count]) => `${count} ${name}`).join(', ')}.`,
    )
    expect(compiled.length).toBeGreaterThan(50)
    expect(problems).toEqual([])
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

/** One program for all blocks, each a module of its own. */
function problemsIn(list: readonly Block[]): string[] {
  const files = new Map(
    list.map((block, index) => {
      const ending = block.language === 'mjs' ? 'js' : block.language
      return [join(top, `test/block-${index}.${ending}`), { block, text: `${asModule(block.text)}\nexport {}\n` }]
    }),
  )
  const prelude = join(top, 'test/block-prelude.d.ts')
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
  const own = (path: string) => (path === prelude ? PRELUDE : files.get(path)?.text)
  host.fileExists = (path) => own(path) !== undefined || fileExists(path)
  host.readFile = (path) => own(path) ?? readFile(path)
  host.getSourceFile = (path, version, ...rest) => {
    const text = own(path)
    return text === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version)
  }
  const program = ts.createProgram([prelude, ...files.keys()], options, host)
  return [...files].flatMap(([path, { block }]) => {
    const source = program.getSourceFile(path)
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
