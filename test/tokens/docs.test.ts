import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { makeTokenText } from '../../src/tokens/token-text.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { findProgram, needs } from '../needs.ts'
import { createTokenWorld } from './world.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/tokens.md', import.meta.url)), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]+?)\n```$/gm)].map(([, language, code = '']) => ({
  language,
  code,
}))

/** The block of that language which has this word. */
function block(language: string, word: string): string {
  const found = blocks.find((one) => one.language === language && one.code.includes(word))
  if (found === undefined) throw new Error(`The page has no block in ${language} with ${word}.`)
  return found.code
}

function importBlock(word: string) {
  return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(block('js', word))}`)
}

describe('the offline check in docs/tokens.md', () => {
  const tokens = Array.from({ length: 50 }, () => makeTokenText('acme', randomBytes))
  const slips = tokens.map((token) => token.replace(/.$/, (last) => (last === '0' ? '1' : '0')))
  const misspelt = ['', 'acme_', ...tokens.flatMap((token) => [` ${token}`, `${token}\n`, token.toUpperCase()])]
  const asked = [...tokens, ...slips, ...misspelt]
  const answers = asked.map((_, index) => index < tokens.length)

  test('has the regular expression that every token matches, with its prefix [CS-TOKEN-03]', () => {
    const [, pattern = ''] = /`(\^acme_[^`]+\$)`/.exec(page) ?? []
    const expression = new RegExp(pattern)
    expect(tokens.map((token) => expression.test(token))).toEqual(tokens.map(() => true))
    expect(misspelt.map((text) => expression.test(text))).toEqual(misspelt.map(() => false))
  })

  test('tells a token from a slip, in JavaScript', async () => {
    const { isToken } = await importBlock('isToken')
    expect(asked.map((text) => isToken(text))).toEqual(answers)
  })

  const python = findProgram('python3')
  test.skipIf(needs('python3', python !== null, 'apt-get install python3'))('tells the same in Python', () => {
    const script = `${block('python', 'is_token')}
import json, sys
print(json.dumps([is_token(text) for text in json.load(sys.stdin)]))`
    const input = JSON.stringify(asked)
    const answer: unknown = JSON.parse(execFileSync(python ?? '', ['-c', script], { input, encoding: 'utf8' }))
    expect(answer).toEqual(answers)
  })
})

describe('the guard of an API in docs/tokens.md', async () => {
  const { authenticate } = await importBlock('authenticate')
  const { tokens, issued } = createTokenWorld()
  const { token, id } = await issued('ann', { scopes: ['read'] })
  const ask = (authorization: string | null, scope = 'read') => {
    const headers = new Headers(authorization === null ? {} : { authorization })
    return authenticate(tokens, new Request('https://acme.example/', { headers }), scope)
  }

  test.each(['Bearer', 'bearer', 'BEARER '])('lets a good token in, after %s [CS-TOKEN-01]', async (scheme) => {
    expect(await ask(`${scheme} ${token}`)).toEqual({ ok: true, userId: 'ann', tokenId: id, scopes: ['read'] })
  })

  test.each([
    ['no token', null, 401, 'Bearer realm="api"'],
    ['another scheme', 'Basic YTpi', 401, 'Bearer realm="api"'],
    ['a wrong token', 'Bearer acme_0', 401, 'Bearer realm="api", error="invalid_token"'],
  ])('answers %s as RFC 6750 says [CS-TOKEN-02]', async (_what, authorization, status, challenge) => {
    const response = await ask(authorization)
    expect(response.status).toBe(status)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
  })

  test('answers 403 for a scope that the token does not have', async () => {
    const response = await ask(`Bearer ${token}`, 'write')
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="insufficient_scope", scope="write"',
    )
  })
})
