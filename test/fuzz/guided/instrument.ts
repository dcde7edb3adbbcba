import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'
import ts from 'typescript'

/** How often each place of the code was passed in one run, by its number. */
export interface Coverage {
  /** The texts and numbers that the code compares with. */
  words: Set<string>
  places: number
}

/** Has every file of src count the branches that it takes, in `globalThis.__hits`. */
export function instrumented(coverage: Coverage): Plugin {
  return {
    name: 'coverage',
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        if (path.includes('node_modules')) return undefined
        return { contents: counting(readFileSync(path, 'utf8'), coverage), loader: 'ts' }
      })
    },
  }
}

function counting(text: string, coverage: Coverage): string {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022, true)
  const { transformed } = ts.transform(file, [(context) => (node) => visitAll(node, context, coverage)])
  return ts.createPrinter().printFile(transformed[0] ?? file)
}

function visitAll(file: ts.SourceFile, context: ts.TransformationContext, coverage: Coverage): ts.SourceFile {
  const { factory } = context
  const count = () => {
    const hits = factory.createPropertyAccessExpression(factory.createIdentifier('globalThis'), '__hits')
    const place = factory.createElementAccessExpression(hits, coverage.places++)
    return factory.createPostfixIncrement(
      factory.createAsExpression(place, factory.createKeywordTypeNode(ts.SyntaxKind.AnyKeyword)),
    )
  }
  const counted = (value: ts.Expression) =>
    factory.createParenthesizedExpression(factory.createComma(count(), factory.createParenthesizedExpression(value)))
  const block = (statement: ts.Statement) =>
    ts.isBlock(statement) ? statement : factory.createBlock([factory.createExpressionStatement(count()), statement])

  const visit = (node: ts.Node): ts.Node => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return node
    if (ts.isStringLiteral(node) || ts.isNumericLiteral(node)) coverage.words.add(node.text)
    const seen = ts.visitEachChild(node, visit, context)
    if (ts.isBlock(seen)) {
      return factory.updateBlock(seen, [factory.createExpressionStatement(count()), ...seen.statements])
    }
    if (ts.isIfStatement(seen)) {
      const other = seen.elseStatement && block(seen.elseStatement)
      return factory.updateIfStatement(seen, seen.expression, block(seen.thenStatement), other)
    }
    if (ts.isConditionalExpression(seen)) {
      const { condition, questionToken, whenTrue, colonToken, whenFalse } = seen
      return factory.updateConditionalExpression(
        seen,
        condition,
        questionToken,
        counted(whenTrue),
        colonToken,
        counted(whenFalse),
      )
    }
    if (ts.isBinaryExpression(seen) && LAZY.has(seen.operatorToken.kind)) {
      return factory.updateBinaryExpression(seen, seen.left, seen.operatorToken, counted(seen.right))
    }
    if (ts.isCaseClause(seen)) {
      const counter = factory.createExpressionStatement(count())
      return factory.updateCaseClause(seen, seen.expression, [counter, ...seen.statements])
    }
    return seen
  }
  return ts.visitEachChild(file, visit, context)
}

const LAZY = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
])
