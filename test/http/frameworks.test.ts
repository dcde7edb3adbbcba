import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHandler, type TwoFactorHandler } from 'countersign/http'
import {
  type FastifyReplyLike,
  type FastifyRequestLike,
  fastifyRequestOf,
  type KoaContextLike,
  koaContextOf,
  type NodeRequest,
  type NodeResponse,
  nodeRequestOf,
  toFastifyHandler,
  toKoaHandler,
  toNodeHandler,
} from 'countersign/http/node'
import { afterEach, describe, expect, it } from 'vitest'
import { needs } from '../needs.ts'
import { createSite, detailsOf, type Site } from './site.ts'

const INSTALLED = fileURLToPath(new URL('../examples', import.meta.url))
const require = createRequire(join(INSTALLED, 'package.json'))
const PACKAGES = ['express', 'express-session', 'passport', 'fastify', '@fastify/cors', 'koa', '@koa/bodyparser']
const isReady = PACKAGES.every((name) => existsSync(join(INSTALLED, 'node_modules', name)))

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listen(server: Server): Promise<string> {
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  if (!server.listening) await new Promise<void>((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Login = { login: string; password: string }
type ExpressRequest = NodeRequest & { body: Login }
type ExpressResponse = NodeResponse & { status(code: number): { json(body: unknown): unknown } }
type Next = (error?: unknown) => void
type Done = (error: unknown, value: unknown) => void
type FastifyRequest = FastifyRequestLike & { headers: { cookie?: string }; body: Login; session: Session | undefined }
type FastifyReply = Omit<FastifyReplyLike, 'code'> & { code(status: number): { send(body?: unknown): unknown } }
type KoaContext = KoaContextLike & {
  path: string
  respond: boolean
  res: NodeResponse
  session: Session | undefined
  cookies: { get(name: string): string | undefined; set(name: string, value: string): unknown }
}
interface FastifyApp {
  server: Server
  listen(options: object): Promise<unknown>
  close(): unknown
  decorateRequest(name: string, value: null): unknown
  addHook(name: string, hook: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): unknown
}

/** The session of whatever framework, as its own middleware keeps it. */
interface Session {
  userId?: string
}

/** A handler whose sessions are the framework's. */
function handlerWith(site: Site, sessionOf: (request: Request) => Session): TwoFactorHandler {
  return createHandler({
    twoFactor: site.world.twoFactor,
    now: site.world.clock.now,
    authenticate: (request) => {
      const { userId } = sessionOf(request)
      return userId === undefined ? null : { userId, accountName: userId }
    },
    openSession: (userId, { request }) => {
      sessionOf(request).userId = userId
      return {}
    },
  })
}

/** A browser at `url`, which keeps the cookies. */
function browserAt(url: string) {
  const jar = new Map<string, string>()
  return async (path: string, body?: object, headers: Record<string, string> = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const sent = { ...headers, Cookie: cookie, ...(body && { Origin: url, 'Content-Type': 'application/json' }) }
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(url + path, { ...init, headers: sent })
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      jar.set(name, value)
    }
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }
}

/** Password, second step, and a session of the framework's own that the handler knows. */
async function signsIn(site: Site, url: string): Promise<void> {
  const { phone } = await site.member()
  const send = browserAt(url)
  expect((await send('/two-factor/status')).status).toBe(401)
  expect((await send('/sign-in', { login: 'ann', password: 'wrong' })).status).toBe(401)
  const { challengeToken } = (await send('/sign-in', { login: 'ann', password: 'right' })).body
  const wrong = await send('/two-factor/complete-challenge', { challengeToken, code: 'nonsense' })
  expect([wrong.status, wrong.body.reason]).toEqual([422, 'wrong-code'])
  const done = await send('/two-factor/complete-challenge', { challengeToken, code: phone.next() })
  expect([done.status, done.body]).toMatchObject([200, { signedIn: true, method: 'totp' }])
  const status = await send('/two-factor/status')
  expect([status.status, status.body]).toMatchObject([200, { enabled: true, accountName: 'ann' }])
}

describe.skipIf(needs('The frameworks', isReady, 'npm ci --prefix test/examples'))('in Express', () => {
  const express = isReady ? require('express') : null

  it('the session of express-session is read and written, behind express.json()', async () => {
    const site = createSite()
    const handler = handlerWith(site, (request) => nodeRequestOf<{ session: Session }>(request).session)
    const app = express()
    app.use(require('express-session')({ secret: 'a secret of the test', resave: false, saveUninitialized: false }))
    app.use(express.json())
    app.use('/two-factor', toNodeHandler(handler))
    app.post('/sign-in', (req: ExpressRequest, res: ExpressResponse, next: Next) => {
      const { login, password } = req.body
      if (password !== 'right') return res.status(401).json({})
      return toNodeHandler((request) => handler.signIn(request, detailsOf(login)))(req, res, next)
    })
    await signsIn(site, await listen(app.listen(0, '127.0.0.1')))
  })

  it('the user of Passport is read', async () => {
    const site = createSite()
    const passport = new (require('passport').Passport)()
    passport.serializeUser((user: { id: number }, done: Done) => done(null, user.id))
    passport.deserializeUser((id: number, done: Done) => done(null, { id, email: 'seven@example.com' }))
    const handler = createHandler({
      twoFactor: site.world.twoFactor,
      authenticate: (request) => {
        const { user } = nodeRequestOf<{ user?: { id: number; email: string } }>(request)
        return user === undefined ? null : { userId: String(user.id), accountName: user.email }
      },
      openSession: async (userId, { request }) => {
        const req = nodeRequestOf<{ login(user: object, done: (error?: unknown) => void): void }>(request)
        await new Promise<void>((resolve, reject) => {
          req.login({ id: Number(userId) }, (error) => (error === undefined ? resolve() : reject(error)))
        })
        return {}
      },
    })
    const app = express()
    app.use(require('express-session')({ secret: 'a secret of the test', resave: false, saveUninitialized: false }))
    app.use(passport.initialize())
    app.use(passport.session())
    app.use('/two-factor', toNodeHandler(handler))
    app.post('/sign-in', (req: ExpressRequest, res: ExpressResponse, next: Next) =>
      toNodeHandler((request) => handler.signIn(request, { userId: '7', accountName: 'seven' }))(req, res, next),
    )
    const send = browserAt(await listen(app.listen(0, '127.0.0.1')))
    expect((await send('/two-factor/status')).status).toBe(401)
    expect((await send('/sign-in', {})).body).toEqual({ signedIn: true })
    expect((await send('/two-factor/status')).body).toMatchObject({ accountName: 'seven@example.com' })
  })

  it('a fault goes to the error handler', async () => {
    const app = express()
    app.use(toNodeHandler(() => Promise.reject(new Error('boom'))))
    app.use((error: Error, _req: unknown, res: ExpressResponse, _next: unknown) =>
      res.status(503).json({ said: error.message }),
    )
    const answer = await browserAt(await listen(app.listen(0, '127.0.0.1')))('/')
    expect([answer.status, answer.body]).toEqual([503, { said: 'boom' }])
  })
})

describe.skipIf(!isReady)('in Fastify', () => {
  async function served(app: FastifyApp): Promise<string> {
    await app.listen({ port: 0, host: '127.0.0.1' })
    closing.push(() => app.close())
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  }

  /** Sessions as a plugin of Fastify has them: on its own request, with a cookie that it sets itself. */
  function addSessions(app: FastifyApp): void {
    const sessions = new Map<string, Session>()
    app.decorateRequest('session', null)
    app.addHook('onRequest', async (request, reply) => {
      const [, id = `s${sessions.size}`] = /sid=(\w+)/.exec(request.headers.cookie ?? '') ?? []
      sessions.set(id, sessions.get(id) ?? {})
      request.session = sessions.get(id)
      reply.header('Set-Cookie', `sid=${id}`)
    })
  }

  it('the session on its request is read and written, and cookies of others stay', async () => {
    const site = createSite()
    const handler = handlerWith(site, (request) => fastifyRequestOf<{ session: Session }>(request).session)
    const app = require('fastify')()
    addSessions(app)
    app.all('/two-factor/*', toFastifyHandler(handler))
    app.post('/sign-in', async (request: FastifyRequest, reply: FastifyReply) => {
      const { login, password } = request.body
      if (password !== 'right') return reply.code(401).send({})
      return toFastifyHandler((web) => handler.signIn(web, detailsOf(login)))(request, reply)
    })
    await signsIn(site, await served(app))
  })

  it('answers pass its hooks and @fastify/cors', async () => {
    const site = createSite()
    const origin = 'https://app.example.com'
    const handler = createHandler({
      twoFactor: site.world.twoFactor,
      authenticate: () => null,
      openSession: () => ({}),
      allowedOrigins: [origin],
    })
    const app = require('fastify')()
    const sent: unknown[] = []
    await app.register(require('@fastify/cors'), { origin, credentials: true })
    app.addHook('onSend', async (_request: unknown, reply: FastifyReply, payload: unknown) => {
      sent.push(payload)
      reply.header('X-Hook', 'ran')
      return payload
    })
    app.all('/two-factor/*', toFastifyHandler(handler))
    const url = await served(app)
    const answer = await browserAt(url)('/two-factor/status', undefined, { Origin: origin })
    expect([answer.status, answer.body.reason]).toEqual([401, 'signed-out'])
    expect(answer.headers.get('x-hook')).toBe('ran')
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(sent).toEqual([expect.stringContaining('signed-out')])
    const preflight = await fetch(`${url}/two-factor/verify`, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin])
  })

  it('a fault goes to its error handler, and a wrong Host is a bad request', async () => {
    const app = require('fastify')()
    app.setErrorHandler((error: Error, _: unknown, reply: FastifyReply) =>
      reply.code(503).send({ said: error.message }),
    )
    app.all(
      '/fault',
      toFastifyHandler(() => Promise.reject(new Error('boom'))),
    )
    app.all(
      '/empty',
      toFastifyHandler(async () => new Response(null, { status: 401 })),
    )
    app.all(
      '/bytes',
      toFastifyHandler(async () => new Response(new Uint8Array([1, 2, 255]))),
    )
    const url = await served(app)
    const fault = await browserAt(url)('/fault')
    expect([fault.status, fault.body]).toEqual([503, { said: 'boom' }])
    expect((await app.inject({ url: '/empty', headers: { host: 'a b' } })).statusCode).toBe(400)
    expect((await browserAt(url)('/empty')).status).toBe(401)
    expect([...new Uint8Array(await (await fetch(`${url}/bytes`)).arrayBuffer())]).toEqual([1, 2, 255])
  })
})

describe.skipIf(!isReady)('in Koa', () => {
  const Koa = isReady ? require('koa') : null
  const { bodyParser } = isReady ? require('@koa/bodyparser') : { bodyParser: null }

  /** Sessions as a middleware of Koa has them: on the context, with a cookie that is set once all others are done. */
  function sessionsOf() {
    const sessions = new Map<string, Session>()
    return async (ctx: KoaContext, next: () => Promise<void>) => {
      const id = ctx.cookies.get('sid') ?? `s${sessions.size}`
      sessions.set(id, sessions.get(id) ?? {})
      ctx.session = sessions.get(id)
      await next()
      ctx.cookies.set('sid', id)
    }
  }

  it.each([
    ['behind a body parser', true],
    ['without one', false],
  ])('the session on its context is read and written, %s', async (_, hasParser) => {
    const site = createSite()
    const handler = handlerWith(site, (request) => koaContextOf<{ session: Session }>(request).session)
    const twoFactor = toKoaHandler(handler)
    const signIn = toKoaHandler(async (request) => {
      const { login, password } = await request.json()
      return password === 'right' ? handler.signIn(request, detailsOf(login)) : new Response(null, { status: 401 })
    })
    const app = new Koa()
    app.use(sessionsOf())
    if (hasParser) app.use(bodyParser())
    app.use((ctx: KoaContext) => (ctx.path === '/sign-in' ? signIn(ctx) : twoFactor(ctx)))
    await signsIn(site, await listen(app.listen(0, '127.0.0.1')))
  })

  it('a fault goes to its error handling', async () => {
    const app = new Koa()
    app.use(async (ctx: KoaContext, next: () => Promise<void>) => {
      await next().catch((error: Error) => {
        ctx.status = 503
        ctx.body = { said: error.message }
      })
    })
    app.use(toKoaHandler(() => Promise.reject(new Error('boom'))))
    const answer = await browserAt(await listen(app.listen(0, '127.0.0.1')))('/')
    expect([answer.status, answer.body]).toEqual([503, { said: 'boom' }])
  })

  it('toNodeHandler behind a body parser says what to do', async () => {
    const app = new Koa()
    const faults: unknown[] = []
    const handler = toNodeHandler(async () => new Response('ok'), { onError: (error) => void faults.push(error) })
    app.use(bodyParser())
    app.use((ctx: KoaContext) => {
      ctx.respond = false
      return handler(ctx.req, ctx.res)
    })
    const url = await listen(app.listen(0, '127.0.0.1'))
    expect((await browserAt(url)('/', { a: 1 })).status).toBe(500)
    expect(faults).toMatchObject([
      { message: expect.stringMatching(/^request\.body is missing.*In Koa use toKoaHandler\.$/) },
    ])
  })
})

it.skipIf(!isReady)('each refuses a Request of another by name', () => {
  const request = new Request('https://a.example')
  expect(() => fastifyRequestOf(request)).toThrow(/^fastifyRequestOf: toFastifyHandler did not make this Request/)
  expect(() => koaContextOf(request)).toThrow(/^koaContextOf: toKoaHandler did not make this Request/)
})
