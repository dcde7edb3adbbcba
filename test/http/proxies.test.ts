/** The handler behind each proxy of docs/operating.md, configured as that page has it: TLS in front, http to the application. */
import { existsSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { createHandler, type HandlerOptions } from 'countersign/http'
import { nodeRequestOf, toNodeHandler } from 'countersign/http/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { type Asked, ask, CLIENT, HOST, LAN, PROXIES, programOf, type RunningProxy, startProxy } from './proxy.ts'

const ORIGIN = `https://${HOST}`

const migrating = createRequire(new URL('../migrating/package.json', import.meta.url))
const hasExpress = existsSync(new URL('../migrating/node_modules/express', import.meta.url))
const isMissing =
  needs('openssl', hasProgram('openssl'), 'apt-get install openssl') ||
  needs('express', hasExpress, 'npm ci in test/migrating')

const twoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: generateKey() })
let proxy: RunningProxy

/** The reason why a second step from this page is refused. */
async function reasonFor(headers: Record<string, string>, to: Partial<Asked> = {}): Promise<string> {
  const given = { 'content-type': 'application/json', ...headers }
  const path = '/two-factor/complete-challenge'
  const answer = await ask({ port: proxy.ports.https, isTls: true, path, method: 'POST', headers: given, ...to })
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

for (const kind of PROXIES) {
  const isGone = needs(kind.name, programOf(kind) !== null, `apt-get install ${kind.program}`)

  describe.skipIf(isMissing || isGone)(`behind ${kind.name}`, () => {
    beforeAll(async () => {
      proxy = await startProxy(kind)
    }, 60_000)
    afterAll(() => proxy.stop())

    test('with allowedOrigins only those pages are let through, and cookies are Secure on the way to them', async () => {
      proxy.serve(toNodeHandler(handlerOf({ allowedOrigins: [ORIGIN] })))
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
      proxy.serve(toNodeHandler((request) => handler.signIn(request, { userId: 'ann', accountName: 'ann' })))
      const { headers } = await ask({
        port: proxy.ports.https,
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
      proxy.serve(toNodeHandler(handlerOf()))
      expect(await reasonFor({ origin: ORIGIN })).toBe('cross-site')
      expect(await reasonFor({ origin: ORIGIN, 'sec-fetch-site': 'same-origin' })).toBe('sign-in-cookie-missing')
      proxy.serve(toNodeHandler(handlerOf(), { origin: ORIGIN }))
      expect(await reasonFor({ origin: ORIGIN })).toBe('sign-in-cookie-missing')
    })

    test('Express that trusts the proxy sees https and the address of the client, whatever the client claims', async () => {
      const seen: unknown[] = []
      const app = express()
      const context = (request: Request) => {
        const { ip, protocol } = nodeRequestOf<IncomingMessage & { ip: string; protocol: string }>(request)
        seen.push([ip, protocol, new URL(request.url).origin])
      }
      app.use('/two-factor', toNodeHandler(handlerOf({ context })))
      proxy.serve(app)
      const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http', forwarded: 'for=203.0.113.9' }
      const cookie = '__Host-countersign-sign-in=a.b'
      expect(await reasonFor({ origin: ORIGIN, cookie, ...forged })).toBe('challenge-expired')
      expect(await reasonFor({ origin: `http://${HOST}`, ...forged })).toBe('cross-site')
      expect(seen).toEqual([[CLIENT, 'https', ORIGIN]])
    })

    test('http is sent on to https', async () => {
      const { status, headers } = await ask({ port: proxy.ports.http, path: '/account?tab=2' })
      expect([status, headers['location']]).toEqual([kind.redirect, `${ORIGIN}/account?tab=2`])
    })

    test('on http in a LAN cookies are Secure, which browsers drop, unless secureCookies is false', async () => {
      const origin = `http://${LAN}:${proxy.ports.lan}`
      const to = { port: proxy.ports.lan, host: LAN, isTls: false }
      const headers = { origin, host: `${LAN}:${proxy.ports.lan}` }
      const read = async (name: string) =>
        (await reasonFor({ ...headers, cookie: `${name}=a.b` }, to)) === 'challenge-expired'
      proxy.serve(toNodeHandler(handlerOf()))
      expect([await read('__Host-countersign-sign-in'), await read('countersign-sign-in')]).toEqual([true, false])
      proxy.serve(toNodeHandler(handlerOf({ secureCookies: false })))
      expect([await read('__Host-countersign-sign-in'), await read('countersign-sign-in')]).toEqual([false, true])
    })
  })
}
