import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http'
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { nodeRequestOf, toNodeHandler } from 'countersign/http/node'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { faultOf, untyped } from '../world.ts'
import { createSite, detailsOf, withoutTrace } from './site.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

/** On a free port. */
async function listen(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serve = (listener: RequestListener) => listen(createServer({ keepAlive: false }, listener))

/** What a handler was given, as JSON. */
const echo = toNodeHandler(async (request) =>
  Response.json({
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: await request.text(),
  }),
)

/** These bytes and no other; all that comes back. */
function raw(host: string, text: string): Promise<string> {
  const [name = '', port] = host.split(':')
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), name, () => socket.write(text))
    socket.setEncoding('utf8')
    socket.on('data', (piece) => {
      answer += piece
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

const statusIn = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

/** Reads the stream first, as express.json() and its like do, and leaves what it made of it. */
function parsedAs(parse: (text: string) => unknown, listener: RequestListener): RequestListener {
  return async (incoming, outgoing) => {
    const pieces: Buffer[] = []
    for await (const piece of incoming) pieces.push(piece)
    listener(Object.assign(incoming, { body: parse(Buffer.concat(pieces).toString()) }), outgoing)
  }
}

/** Express 4 leaves {} where there was no body. */
const jsonOr = (none: unknown) => (text: string) => (text === '' ? none : JSON.parse(text))

describe('toNodeHandler', () => {
  it.each([
    ['on the bare stream', (listener: RequestListener) => listener],
    ['behind a parser that left an object', (listener: RequestListener) => parsedAs(jsonOr({}), listener)],
    ['behind one that left text', (listener: RequestListener) => parsedAs(String, listener)],
    ['behind one that left bytes', (listener: RequestListener) => parsedAs(Buffer.from, listener)],
  ])('carries a sign-in over a port, %s', async (_, mount) => {
    const site = createSite({ handler: { secureCookies: false } })
    const { phone } = await site.member()
    const signIn = toNodeHandler(async (request) => {
      const { login, password } = await request.json()
      if (password !== 'right') return new Response(null, { status: 401 })
      return site.handler.signIn(request, detailsOf(login))
    })
    const twoFactor = toNodeHandler(site.handler)
    const host = await serve(mount((i, o) => void (i.url === '/sign-in' ? signIn(i, o) : twoFactor(i, o))))
    const jar: string[] = []
    const post = async (path: string, body: object) => {
      const headers = { Origin: `http://${host}`, 'Content-Type': 'application/json', Cookie: jar.join('; ') }
      const response = await fetch(`http://${host}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      jar.push(...response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? ''))
      return response
    }
    expect((await post('/sign-in', { login: 'ann', password: 'wrong' })).status).toBe(401)
    const { challengeToken } = await (await post('/sign-in', { login: 'ann', password: 'right' })).json()
    const done = await post('/two-factor/complete-challenge', { challengeToken, code: phone.next() })
    expect([done.status, await done.json()]).toMatchObject([200, { signedIn: true }])
    expect(done.headers.getSetCookie()).toHaveLength(3)
    const status = await fetch(`http://${host}/two-factor/status`, { headers: { Cookie: jar.join('; ') } })
    expect(await status.json()).toMatchObject({ enabled: true })
  })

  it('passes on method, path, query and headers', async () => {
    const host = await serve(echo)
    const response = await fetch(`http://${host}/a/b?c=d%20e`, {
      method: 'PATCH',
      headers: { 'X-One': '1', Cookie: 'a=1; b=2' },
      body: 'é',
    })
    const { method, url, headers, body } = await response.json()
    expect([method, url, body]).toEqual(['PATCH', `http://${host}/a/b?c=d%20e`, 'é'])
    expect(headers).toEqual(
      expect.arrayContaining([
        ['x-one', '1'],
        ['cookie', 'a=1; b=2'],
      ]),
    )
  })

  it.each([['[1,2]'], ['null'], ['5'], ['false'], ['{"a":"é"}'], ['{"__proto__":{"a":1}}']])(
    'passes on %s, which a parser has read, as JSON',
    async (body) => {
      const host = await serve(parsedAs(JSON.parse, echo))
      const response = await fetch(`http://${host}/`, { method: 'POST', body })
      expect((await response.json()).body).toBe(body)
    },
  )

  it('accepts no body that does not exist: what a parser leaves on a stream that it did not read', async () => {
    const host = await serve((incoming, outgoing) => void echo(Object.assign(incoming, { body: {} }), outgoing))
    const response = await fetch(`http://${host}/`, { method: 'POST', body: 'the stream' })
    expect((await response.json()).body).toBe('the stream')
    const emptied = await serve(parsedAs(() => undefined, echo))
    const empty = await fetch(`http://${emptied}/`, { method: 'POST' })
    expect((await empty.json()).body).toBe('')
  })

  it('says that a body was read and not kept', async () => {
    const faults: unknown[] = []
    const handler = toNodeHandler(async () => new Response('ok'), { onError: (error) => void faults.push(error) })
    const host = await serve(parsedAs(() => undefined, handler))
    const sized = await fetch(`http://${host}/`, { method: 'POST', body: 'gone' })
    const chunked = await raw(
      host,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n',
    )
    expect([sized.status, statusIn(chunked)]).toEqual([500, 500])
    const missing =
      /^request\.body is missing, and the stream was read already\. Mount toNodeHandler before the body parser/
    const fault = { code: 'invalid_option', message: expect.stringMatching(missing) }
    expect(faults).toMatchObject([fault, fault])
  })

  it('prefers the text that a parser kept to the object that it made of it', async () => {
    const host = await serve(
      parsedAs(String, (incoming, outgoing) => {
        const { body: rawBody }: { body?: unknown } = incoming as object
        void echo(Object.assign(incoming, { rawBody, body: { code: '2' } }), outgoing)
      }),
    )
    const body = '{"code":"1","code":"2"}'
    expect((await (await fetch(`http://${host}/`, { method: 'POST', body })).json()).body).toBe(body)
  })

  it('refuses what a parser read and nobody can write again', async () => {
    const nested = () => {
      let deep: unknown = []
      for (let depth = 0; depth < 100_000; depth += 1) deep = [deep]
      return deep
    }
    const host = await serve(parsedAs(nested, echo))
    expect((await fetch(`http://${host}/`, { method: 'POST', body: 'x' })).status).toBe(400)
  })

  it('sends every cookie, beside those that the host has set before', async () => {
    const handler = toNodeHandler(async () => {
      const headers: [string, string][] = [
        ['Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
        ['Set-Cookie', 'b=2'],
        ['X-Other', 'x'],
      ]
      return new Response('ok', { headers, status: 201 })
    })
    const host = await serve((incoming, outgoing) => {
      outgoing.setHeader('Set-Cookie', 'host=0')
      void handler(incoming, outgoing)
    })
    const response = await fetch(`http://${host}/`)
    expect([response.status, await response.text(), response.headers.get('x-other')]).toEqual([201, 'ok', 'x'])
    expect(response.headers.getSetCookie()).toEqual(['host=0', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'])
  })

  it('sends no body if there is none', async () => {
    let isCanceled = false
    const body = () =>
      new ReadableStream({
        cancel() {
          isCanceled = true
        },
      })
    const handler = toNodeHandler(async ({ method }) =>
      method === 'HEAD' ? new Response(body(), { headers: { 'X-Is': 'head' } }) : new Response(null, { status: 204 }),
    )
    const host = await serve(handler)
    const none = await fetch(`http://${host}/`)
    expect([none.status, await none.text()]).toEqual([204, ''])
    const head = await fetch(`http://${host}/`, { method: 'HEAD' })
    expect([head.status, head.headers.get('x-is')]).toEqual([200, 'head'])
    expect(isCanceled).toBe(true)
  })
})

describe('the address', () => {
  const urlFor = async (listener: RequestListener, headers: string, target = '/x') => {
    const answer = await raw(await serve(listener), `GET ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`)
    const [, url] = /"url":"([^"]*)"/.exec(answer) ?? []
    return url ?? statusIn(answer)
  }
  const over = (fields: object, handler = echo): RequestListener => {
    return (incoming, outgoing) => void handler(Object.assign(incoming, fields), outgoing)
  }

  it('is that of the Host header', async () => {
    expect(await urlFor(echo, 'Host: app.example.com\r\n')).toBe('http://app.example.com/x')
    expect(await urlFor(echo, 'Host: APP.example.com:80\r\n')).toBe('http://app.example.com/x')
    expect(await urlFor(echo, 'Host: [::1]:8080\r\n')).toBe('http://[::1]:8080/x')
    expect(await urlFor(echo, 'Host: my_service:3000\r\n')).toBe('http://my_service:3000/x')
  })

  it.each([
    'evil.example/path',
    'user:password@evil.example',
    'a b',
    'evil.example?x',
    'evil.example#x',
    'evil.example\\x',
    'a:99999',
    'a:b',
    '[::1',
    '999.999.999.999',
    'xn--a',
    '%61.example',
    'é.example',
    ',',
    '',
  ])('Host: %s is a bad request', async (host) => {
    expect(await urlFor(echo, `Host: ${host}\r\n`)).toBe(400)
  })

  it('is a bad request without a Host', async () => {
    const answer = await raw(await serve(echo), 'GET /x HTTP/1.0\r\n\r\n')
    expect(statusIn(answer)).toBe(400)
  })

  it('is the option’s, whatever the Host says', async () => {
    const fixed = toNodeHandler(async ({ url }) => Response.json({ url }), { origin: 'https://app.example.com' })
    expect(await urlFor(fixed, 'Host: evil.example\r\n')).toBe('https://app.example.com/x')
    expect(statusIn(await raw(await serve(fixed), 'GET /x HTTP/1.0\r\n\r\n'))).toBe(200)
  })

  it.each(['app.example.com', 'https://app.example.com/', 'ftp://a', 'null', '', 5])('cannot be %j', async (origin) => {
    const { code, message } = await faultOf(() =>
      toNodeHandler(async () => new Response(), { origin: untyped(origin) }),
    )
    expect(code).toBe('invalid_option')
    expect(message).toMatch(/^origin must be/)
  })

  it('is https where the connection is, or where Express trusts the proxy that says so', async () => {
    const host = 'Host: a.example\r\n'
    expect(await urlFor(over({ protocol: 'https' }), host)).toBe('https://a.example/x')
    expect(await urlFor(over({ protocol: 'javascript' }), host)).toBe('http://a.example/x')
    const encrypted: RequestListener = (incoming, outgoing) => {
      Object.assign(incoming.socket, { encrypted: true })
      void echo(incoming, outgoing)
    }
    expect(await urlFor(encrypted, host)).toBe('https://a.example/x')
    expect(await urlFor(over({ protocol: 'http' }, echo), `${host}X-Forwarded-Proto: https\r\n`)).toBe(
      'http://a.example/x',
    )
  })

  it('refuses misspelt options', async () => {
    const { code, message } = await faultOf(() =>
      toNodeHandler(async () => new Response(), untyped({ orgin: 'https://a' })),
    )
    expect([code, message]).toEqual(['invalid_option', "toNodeHandler has no option 'orgin'. Did you mean 'origin'?"])
  })

  it('has the whole path, under a mount path too', async () => {
    const mounted = over({ url: '/status', originalUrl: '/api/two-factor/status?x=1' })
    expect(await urlFor(mounted, 'Host: a.example\r\n')).toBe('http://a.example/api/two-factor/status?x=1')
  })

  it.each([
    ['//evil.example/x', 'http://a.example//evil.example/x'],
    ['/\\evil.example', 'http://a.example//evil.example'],
    ['/@evil.example', 'http://a.example/@evil.example'],
    ['http://evil.example/x?y', 'http://a.example/x?y'],
    ['/a/../b', 'http://a.example/b'],
    ['*', 400],
    ['evil.example:80', 400],
    ['javascript:alert(1)', 400],
  ])('of the target %s stays this host’s', async (target, url) => {
    expect(await urlFor(echo, 'Host: a.example\r\n', target)).toBe(url)
  })

  it('TRACE is a bad request', async () => {
    const answer = await raw(await serve(echo), 'TRACE /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(statusIn(answer)).toBe(400)
  })
})

describe('bodies', () => {
  const head = (host: string, cookie: string, length: string) =>
    `POST /two-factor/verify HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nContent-Type: application/json\r\n` +
    `Cookie: ${cookie}\r\nConnection: close\r\n${length}\r\n\r\n`

  async function ready() {
    const site = createSite()
    const { phone, browser } = await site.member()
    const host = await serve(toNodeHandler(site.handler))
    return { site, phone, host, cookie: `session=${browser.jar.get('session')}` }
  }

  it('that are too large are refused, declared or not', async () => {
    const { site, host, cookie } = await ready()
    await withoutTrace(site, async () => {
      const declared = await raw(host, head(host, cookie, 'Content-Length: 20000'))
      expect(statusIn(declared)).toBe(413)
      const chunk = `1000\r\n${' '.repeat(4096)}\r\n`
      const chunked = await raw(host, head(host, cookie, 'Transfer-Encoding: chunked') + chunk.repeat(5))
      expect(statusIn(chunked)).toBe(413)
    })
  })

  it('of a client that hangs up are none, and nothing changes', async () => {
    const { site, phone, cookie } = await ready()
    const answered: Promise<number>[] = []
    const node = toNodeHandler((request) => {
      const response = site.handler(request)
      answered.push(response.then(({ status }) => status))
      return response
    })
    const host = await serve(node)
    const body = JSON.stringify({ code: phone.code() })
    await withoutTrace(site, async () => {
      const [name = '', port] = host.split(':')
      const socket = connect(Number(port), name)
      socket.write(head(host, cookie, `Content-Length: ${body.length + 1}`) + body)
      while (answered.length === 0) await new Promise(setImmediate)
      socket.destroy()
      expect(await answered[0]).toBe(400)
    })
  })

  it('are read no faster than the handler reads', async () => {
    let received = 0
    const slow = (socket: Socket) =>
      toNodeHandler(async (request) => {
        const reader = request.body?.getReader()
        await reader?.read()
        for (let turns = 0; turns < 500; turns += 1) await new Promise(setImmediate)
        received = socket.bytesRead
        await reader?.cancel()
        return new Response('enough')
      })
    const host = await serve((incoming, outgoing) => void slow(incoming.socket)(incoming, outgoing))
    const response = await fetch(`http://${host}/`, { method: 'POST', body: new Uint8Array(20_000_000) })
    expect(await response.text()).toBe('enough')
    expect(received).toBeGreaterThan(0)
    expect(received).toBeLessThan(1_000_000)
  })

  it('of answers are sent as they come, and end when the client does', async () => {
    let sent = 0
    let canceled: () => void = () => {}
    const isCanceled = new Promise<void>((resolve) => {
      canceled = resolve
    })
    const endless = toNodeHandler(async () => {
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1
          controller.enqueue(new Uint8Array(65_536))
        },
        cancel: () => canceled(),
      })
      return new Response(body)
    })
    const host = await serve(endless)
    const incoming = await new Promise<IncomingMessage>((resolve) => httpRequest(`http://${host}/`, resolve).end())
    await new Promise((resolve) => incoming.once('data', resolve))
    incoming.destroy()
    await isCanceled
    expect(sent).toBeLessThan(1000)
  })
})

describe('nodeRequestOf', () => {
  it('returns Node’s request behind the one that a hook received', async () => {
    const site = createSite({
      handler: {
        secureCookies: false,
        authenticate: (request) => {
          const { user } = nodeRequestOf<IncomingMessage & { user?: { id: number } }>(request)
          return user === undefined ? null : { userId: String(user.id), accountName: 'ann' }
        },
      },
    })
    const node = toNodeHandler(site.handler)
    const signedIn = await serve(
      (incoming, outgoing) => void node(Object.assign(incoming, { user: { id: 7 } }), outgoing),
    )
    const status = await fetch(`http://${signedIn}/two-factor/status`)
    expect([status.status, await status.json()]).toMatchObject([200, { enabled: false, accountName: 'ann' }])
    expect((await fetch(`http://${await serve(node)}/two-factor/status`)).status).toBe(401)
  })

  it('returns each request its own, with every body', async () => {
    const seen: boolean[] = []
    const host = await serve((incoming, outgoing) => {
      const handler = toNodeHandler(async (request) => {
        seen.push(nodeRequestOf(request) === incoming)
        return new Response(await request.text())
      })
      void handler(incoming, outgoing)
    })
    await Promise.all([fetch(`http://${host}/`), fetch(`http://${host}/`, { method: 'POST', body: 'x' })])
    expect(seen).toEqual([true, true])
  })

  it.each([
    ['a Request of another server', () => new Request('https://a.example')],
    ['no Request', () => untyped<Request>({})],
    ['nothing', () => untyped<Request>(undefined)],
  ])('refuses %s by name', async (_, made) => {
    const { code, message } = await faultOf(() => nodeRequestOf(made()))
    expect(code).toBe('invalid_option')
    expect(message).toMatch(
      /^nodeRequestOf: toNodeHandler did not make this Request\. Mount the handler with toNodeHandler/,
    )
  })

  it('refuses a copy of the Request', async () => {
    const faults: unknown[] = []
    const handler = toNodeHandler(
      async (request) => {
        nodeRequestOf(new Request(request))
        return new Response()
      },
      { onError: (error) => void faults.push(error) },
    )
    expect((await fetch(`http://${await serve(handler)}/`)).status).toBe(500)
    expect(faults).toMatchObject([{ message: expect.stringContaining('not a copy of it') }])
  })
})

describe('faults', () => {
  const boom = toNodeHandler(() => Promise.reject(new Error('boom')))

  it('go to next if there is one', async () => {
    const host = await serve((incoming, outgoing) => {
      void boom(incoming, outgoing, (error) => outgoing.writeHead(503).end(String(error)))
    })
    const response = await fetch(`http://${host}/`)
    expect([response.status, await response.text()]).toEqual([503, 'Error: boom'])
  })

  it('go to onError and are a bare 500 without next', async () => {
    const heard: unknown[] = []
    const told = toNodeHandler(() => Promise.reject(new Error('boom')), {
      onError: (error, incoming) => void heard.push([error, incoming.url]),
    })
    const response = await fetch(`http://${await serve(told)}/x`)
    expect([response.status, await response.text()]).toEqual([500, ''])
    expect(heard).toEqual([[new Error('boom'), '/x']])
  })

  it('go to the console if there is neither', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const atOnce = toNodeHandler(() => {
      throw new Error('boom')
    })
    try {
      const response = await fetch(`http://${await serve(atOnce)}/`)
      expect([response.status, await response.text()]).toEqual([500, ''])
      expect(logged.mock.calls).toEqual([[new Error('boom')]])
    } finally {
      logged.mockRestore()
    }
  })

  it('of onError go to the console, with the fault that it was told', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const deaf = toNodeHandler(() => Promise.reject(new Error('boom')), {
      onError: () => Promise.reject(new Error('full')),
    })
    try {
      expect((await fetch(`http://${await serve(deaf)}/`)).status).toBe(500)
      await expect.poll(() => logged.mock.calls).toEqual([[new Error('boom'), new Error('full')]])
    } finally {
      logged.mockRestore()
    }
  })

  it('in the middle of an answer break it off', async () => {
    const faults: unknown[] = []
    const pieces = async () => {
      let pulls = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulls += 1
          if (pulls === 1) controller.enqueue(new Uint8Array(10))
          else controller.error(new Error('boom'))
        },
      })
      return new Response(body)
    }
    const broken = toNodeHandler(pieces, { onError: (error) => void faults.push(error) })
    const response = fetch(`http://${await serve(broken)}/`).then((answer) => answer.text())
    await expect(response).rejects.toThrow()
    expect(faults).toEqual([new Error('boom')])
  })
})

it('HTTP/2: a request that is taken back half-way changes nothing', async () => {
  const site = createSite()
  const { phone, browser } = await site.member()
  const begun: Promise<Response>[] = []
  const node = toNodeHandler((request) => {
    const answer = site.handler(request)
    begun.push(answer)
    return answer
  })
  const host = await listen(createHttp2Server((incoming, outgoing) => void node(incoming, outgoing)))
  const session = connectHttp2(`http://${host}`)
  await withoutTrace(site, async () => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/two-factor/verify',
      origin: `http://${host}`,
      'content-type': 'application/json',
      cookie: `session=${browser.jar.get('session')}`,
    })
    stream.on('error', () => {})
    stream.write(`{"code":"${phone.code()}"`)
    while (begun.length === 0) await new Promise(setImmediate)
    stream.close(constants.NGHTTP2_CANCEL)
    expect((await begun[0])?.status).toBe(400)
  })
  session.destroy()
})

it('HTTP/2: the parts of its request line are no headers, and give the address', async () => {
  const server = createHttp2Server((incoming, outgoing) => void echo(incoming, outgoing))
  const host = await listen(server)
  const session = connectHttp2(`http://${host}`)
  const stream = session.request({
    ':method': 'POST',
    ':path': '/x?y=1',
    ':authority': 'a.example',
    cookie: ['a=1', 'b=2'],
  })
  stream.end('body')
  let text = ''
  for await (const piece of stream.setEncoding('utf8')) text += piece
  session.close()
  expect(JSON.parse(text)).toEqual({
    method: 'POST',
    url: 'http://a.example/x?y=1',
    headers: expect.not.arrayContaining([expect.arrayContaining([expect.stringMatching(/^:/)])]),
    body: 'body',
  })
  expect(text).toContain('["cookie","a=1; b=2"]')
})
