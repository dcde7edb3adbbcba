/** The handler behind HAProxy, configured as docs/operating.md has it: TLS in front, http to the application. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { createHandler, type HandlerOptions } from 'countersign/http'
import { nodeRequestOf, toNodeHandler } from 'countersign/http/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findProgram, hasProgram, needs } from '../needs.ts'

const HOST = 'app.example.com'
const ORIGIN = `https://${HOST}`
const CLIENT = '127.0.0.3'
const LAN = '127.0.0.2'

const haproxy = findProgram('haproxy') ?? (existsSync('/usr/sbin/haproxy') ? '/usr/sbin/haproxy' : null)
const isThere = haproxy !== null && hasProgram('openssl')
const migrating = createRequire(new URL('../migrating/package.json', import.meta.url))
const hasExpress = existsSync(new URL('../migrating/node_modules/express', import.meta.url))
const isMissing =
  needs('haproxy with openssl', isThere, 'apt-get install haproxy openssl') ||
  needs('express', hasExpress, 'npm ci in test/migrating')

const twoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: generateKey() })

interface Answer {
  status: number
  body: string
  headers: NodeJS.Dict<string | string[]>
}

/** What the application is behind the proxy: it can be another one for each test. */
let application: RequestListener = () => {}
let server: Server
let proxy: ChildProcess
let folder = ''
const ports = { https: 0, http: 0, lan: 0, app: 0 }

function freePort(): Promise<number> {
  return listening(createServer()).then(async ({ server: found, port }) => {
    await new Promise((resolve) => found.close(resolve))
    return port
  })
}

async function listening(given: Server): Promise<{ server: Server; port: number }> {
  await new Promise<void>((resolve) => given.listen(0, '127.0.0.1', resolve))
  const address = given.address()
  return { server: given, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

/** The block of the page, with this test's ports, and a frontend on http in a LAN. */
function configOfPage(): string {
  const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8')
  const block = /```haproxy\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  return `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
${block}
frontend lan
  bind ${LAN}:${ports.lan}
  http-request set-header X-Forwarded-Proto http
  default_backend app
`
    .replace('bind :443', `bind 127.0.0.1:${ports.https}`)
    .replace('bind :80', `bind 127.0.0.1:${ports.http}`)
    .replace('/etc/haproxy/app.pem', join(folder, 'app.pem'))
    .replace('127.0.0.1:3000', `127.0.0.1:${ports.app}`)
}

beforeAll(async () => {
  if (isMissing || haproxy === null) return
  folder = mkdtempSync(join(tmpdir(), 'countersign-haproxy-'))
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')]
  const subject = ['-subj', `/CN=${HOST}`, '-days', '2', '-keyout', key, '-out', certificate]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' })
  writeFileSync(join(folder, 'app.pem'), readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'))
  const app = await listening(createServer((req, res) => application(req, res)))
  server = app.server
  Object.assign(ports, { app: app.port, https: await freePort(), http: await freePort(), lan: await freePort() })
  const config = join(folder, 'haproxy.cfg')
  writeFileSync(config, configOfPage())
  execFileSync(haproxy, ['-c', '-q', '-f', config])
  proxy = spawn(haproxy, ['-db', '-f', config], { stdio: 'ignore' })
  await answering()
}, 60_000)
afterAll(() => {
  proxy?.kill()
  server?.close()
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

/** It listens as soon as it runs; a connection that is refused is tried again until then. */
async function answering(): Promise<void> {
  for (;;) {
    if (proxy.exitCode !== null) throw new Error('haproxy ended')
    const isUp = await ask({ port: ports.http }).then(
      () => true,
      () => false,
    )
    if (isUp) return
  }
}

interface Asked {
  port: number
  isTls?: boolean
  host?: string
  path?: string
  headers?: Record<string, string>
  method?: string
}

/** A request from a client with an address of its own. */
function ask({ port, isTls, host = '127.0.0.1', path = '/', headers, method = 'GET' }: Asked): Promise<Answer> {
  const given = { port, host, path, method, headers: { host: HOST, ...headers }, localAddress: CLIENT }
  return new Promise((resolve, reject) => {
    const send = isTls === true ? httpsRequest({ ...given, rejectUnauthorized: false }) : httpRequest(given)
    send.once('error', reject).once('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
    })
    send.end(method === 'POST' ? JSON.stringify({ challengeToken: 'none', code: '000000' }) : undefined)
  })
}

/** The reason why a second step from this page is refused. */
async function reasonFor(headers: Record<string, string>, to: Partial<Asked> = {}): Promise<string> {
  const given = { 'content-type': 'application/json', ...headers }
  const path = '/two-factor/complete-challenge'
  const answer = await ask({ port: ports.https, isTls: true, path, method: 'POST', headers: given, ...to })
  return JSON.parse(answer.body).reason
}

function handlerOf(options: Partial<HandlerOptions> = {}) {
  return createHandler({
    twoFactor,
    authenticate: async () => null,
    openSession: async () => ({}),
    basePath: '/two-factor',
    onWarning: () => {},
    ...options,
  })
}

const express = () => {
  const app = migrating('express')()
  app.set('trust proxy', 'loopback')
  return app
}

describe.skipIf(isMissing)('behind HAProxy', () => {
  test('with allowedOrigins only those pages are let through, and cookies are Secure on the way to them', async () => {
    application = toNodeHandler(handlerOf({ allowedOrigins: [ORIGIN] }))
    expect(await reasonFor({ origin: ORIGIN })).toBe('sign-in-cookie-missing')
    expect(await reasonFor({ origin: 'https://evil.example' })).toBe('cross-site')
    expect(await reasonFor({ origin: `http://${HOST}` })).toBe('cross-site')
    const cookie = (name: string) => ({ origin: ORIGIN, cookie: `${name}=a.b` })
    expect(await reasonFor(cookie('__Host-countersign-sign-in'))).toBe('challenge-expired')
    expect(await reasonFor(cookie('countersign-sign-in'))).toBe('sign-in-cookie-missing')
  })

  test('the sign-in cookie reaches the browser as it was set', async () => {
    await twoFactor.admin.importUser('ann', { authenticators: [{ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }] })
    const handler = handlerOf({ allowedOrigins: [ORIGIN] })
    application = toNodeHandler((request) => handler.signIn(request, { userId: 'ann', accountName: 'ann' }))
    const { headers } = await ask({
      port: ports.https,
      isTls: true,
      path: '/login',
      method: 'POST',
      headers: { origin: ORIGIN },
    })
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-countersign-sign-in=.*; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax; Secure$/),
    ])
  })

  test('without allowedOrigins, node:http sees http, and what the browser says of the site decides', async () => {
    application = toNodeHandler(handlerOf())
    expect(await reasonFor({ origin: ORIGIN })).toBe('cross-site')
    expect(await reasonFor({ origin: ORIGIN, 'sec-fetch-site': 'same-origin' })).toBe('sign-in-cookie-missing')
    application = toNodeHandler(handlerOf(), { origin: ORIGIN })
    expect(await reasonFor({ origin: ORIGIN })).toBe('sign-in-cookie-missing')
  })

  test('Express that trusts the proxy sees https and the address of the client, whatever the client claims', async () => {
    const addresses: unknown[] = []
    const app = express()
    const context = (request: Request) => addresses.push(nodeRequestOf<IncomingMessage & { ip: string }>(request).ip)
    app.use('/two-factor', toNodeHandler(handlerOf({ context })))
    application = app
    const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http', forwarded: 'for=203.0.113.9' }
    const cookie = '__Host-countersign-sign-in=a.b'
    expect(await reasonFor({ origin: ORIGIN, cookie, ...forged })).toBe('challenge-expired')
    expect(await reasonFor({ origin: `http://${HOST}`, ...forged })).toBe('cross-site')
    expect(addresses).toEqual([CLIENT])
  })

  test('http is sent on to https', async () => {
    const { status, headers } = await ask({ port: ports.http, path: '/account?tab=2' })
    expect([status, headers['location']]).toEqual([301, `${ORIGIN}/account?tab=2`])
  })

  test('on http in a LAN cookies are Secure, which browsers drop, unless secureCookies is false', async () => {
    const origin = `http://${LAN}:${ports.lan}`
    const to = { port: ports.lan, host: LAN, isTls: false }
    const headers = { origin, host: `${LAN}:${ports.lan}` }
    const read = async (name: string) =>
      (await reasonFor({ ...headers, cookie: `${name}=a.b` }, to)) === 'challenge-expired'
    application = toNodeHandler(handlerOf())
    expect([await read('__Host-countersign-sign-in'), await read('countersign-sign-in')]).toEqual([true, false])
    application = toNodeHandler(handlerOf({ secureCookies: false }))
    expect([await read('__Host-countersign-sign-in'), await read('countersign-sign-in')]).toEqual([false, true])
  })
})
