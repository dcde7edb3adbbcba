import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import * as webauthn from '@simplewebauthn/server'
import { createTwoFactor, generateKey, memoryStore, type ProofKind, type TwoFactor } from 'countersign'
import { createHandler, type SignedInUser } from 'countersign/http'
import { passkeyVerifier } from 'countersign/passkeys'
import { type TestClock, testClock } from 'countersign/testing'
import { type AccessTokens, createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import { Hono } from 'hono'
import { buildPage } from './build.ts'

/** What the elements promise to work under: nothing beyond the page's own scripts, styles and API. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"

export const PASSWORD = 'correct-horse-7'
export const ANN = 'ann@acme.example'
export const EVE = 'eve@acme.example'
export const SAM = 'sam@acme.example'

export interface Backend {
  url: string
  clock: TestClock
  twoFactor: TwoFactor
  tokens: AccessTokens
  end(): Promise<void>
}

export interface BackendOptions {
  acceptedProofs?: readonly ProofKind[]
  scopes?: readonly string[]
  keep?: 'sealed' | 'hashed'
  digits?: number
  /** With passkeys, which have no IP addresses: the page is then at `localhost`. */
  passkeys?: boolean
}

let built: Promise<string> | undefined

/** Built once for all backends of a file: it takes longer than a test. */
function pageScript(): Promise<string> {
  built ??= buildScript()
  return built
}

async function buildScript(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'elements-'))
  await buildPage(folder)
  const script = await readFile(join(folder, 'page.js'), 'utf8')
  await rm(folder, { recursive: true })
  return script
}

/** A backend with the real handler over a memory store, and one page. Sam must have two-factor authentication. */
export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  const script = await pageScript()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://${options.passkeys ? 'localhost' : '127.0.0.1'}:${typeof address === 'object' ? address?.port : ''}`
  const clock = testClock(Date.now())
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: (_, password) => password === PASSWORD,
    isRequired: (userId) => userId === SAM,
    now: clock.now,
    ...(options.passkeys && { passkeys: passkeyVerifier({ webauthn, rpId: 'localhost', origins: [url] }) }),
    ...(options.acceptedProofs && { acceptedProofs: options.acceptedProofs }),
    ...(options.digits && { totp: { digits: options.digits } }),
    ...(options.keep && { recoveryCodes: { keep: options.keep } }),
  })
  const tokens = createAccessTokens({
    twoFactor,
    store: memoryTokenStore(),
    prefix: 'acme',
    scopes: options.scopes ?? ['servers:read', 'servers:write', 'billing:read'],
    now: clock.now,
  })
  const app = createApp(twoFactor, tokens, clock, script)
  server.on('request', getRequestListener(app.fetch))
  return {
    url,
    clock,
    twoFactor,
    tokens,
    async end() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function createApp(twoFactor: TwoFactor, tokens: AccessTokens, clock: TestClock, script: string): Hono {
  const sessions = new Map<string, SignedInUser>()
  const handler = createHandler({
    twoFactor,
    tokens,
    authenticate: (request) =>
      sessions.get(/session=([\w-]+)/.exec(request.headers.get('Cookie') ?? '')?.[1] ?? '') ?? null,
    openSession(userId) {
      const id = crypto.randomUUID()
      sessions.set(id, { userId, accountName: userId, signedInAtMs: clock.now() })
      return { 'Set-Cookie': `session=${id}; Path=/; HttpOnly; SameSite=Lax` }
    },
    now: clock.now,
  })
  const app = new Hono()
  app.use('/two-factor/*', (c) => handler(c.req.raw))
  app.post('/sign-in', async (c) => {
    const { login, password } = await c.req.json()
    if (password !== PASSWORD) return c.json({}, 422)
    return handler.signIn(c.req.raw, { userId: login, accountName: login })
  })
  app.post('/sign-out', (c) => {
    sessions.clear()
    return c.body(null, 204)
  })
  app.get('/page.js', (c) => c.body(script, 200, { 'Content-Type': 'text/javascript' }))
  app.get('/page.css', async (c) =>
    c.body(await readFile(new URL('page/page.css', import.meta.url)), 200, { 'Content-Type': 'text/css' }),
  )
  app.get('/favicon.ico', (c) => c.body(null, 204))
  app.get('/', (c) => {
    const { lang = 'en', theme = '' } = c.req.query()
    return c.html(documentOf(lang, theme), 200, { 'Content-Security-Policy': POLICY })
  })
  return app
}

const documentOf = (lang: string, theme: string) => `<!doctype html>
<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}" data-theme="${theme}" data-heard="">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Acme Cloud</title>
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="/page.js"></script>
  </head>
  <body><main><h1 hidden>Acme Cloud</h1></main></body>
</html>`
