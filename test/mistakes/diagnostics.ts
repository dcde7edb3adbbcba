import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = `${root}test/mistakes/snippets`

/** What every snippet has at hand. */
const PRELUDE = `
import { createTwoFactor, reauthenticated, type Proof, type TwoFactor, type TwoFactorOptions } from 'countersign'
import { createHandler, type HandlerOptions } from 'countersign/http'
import { createAccessTokens, type AccessTokens } from 'countersign/tokens'
import { createClient, type TwoFactorClient } from 'countersign/client'
declare const twoFactor: TwoFactor
declare const options: TwoFactorOptions
declare const handlerOptions: HandlerOptions
declare const tokens: AccessTokens
declare const client: TwoFactorClient
declare const token: string
void [createTwoFactor, reauthenticated, createHandler, createAccessTokens, createClient, {} as Proof]
`

/** What the compiler says to each snippet, one entry for each error, with its explanation indented as in a terminal. */
export function diagnosticsOf(snippets: readonly string[]): string[][] {
  const texts = new Map(snippets.map((snippet, index) => [`${folder}/${index}.ts`, `${PRELUDE}${snippet}\n`]))
  const config = ts.readConfigFile(`${root}test/tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, `${root}test`)
  const checked = { ...options, noUnusedLocals: false, noUnusedParameters: false }
  const host = ts.createCompilerHost(checked)
  const { getSourceFile, fileExists } = host
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.getSourceFile = (path, language, ...more) => {
    const text = texts.get(path)
    return text === undefined ? getSourceFile(path, language, ...more) : ts.createSourceFile(path, text, language)
  }
  const program = ts.createProgram({ rootNames: [...texts.keys()], options: checked, host })
  return [...texts.keys()].map((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  )
}
