import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createSite } from '../http/site.ts'
import { faultOf, PASSWORD, untyped } from '../world.ts'

describe('a field of a body', () => {
  test.each<[string, object, { path: string; message: string }[]]>([
    [
      'verify',
      { coed: '123456' },
      [
        { path: 'code', message: 'required' },
        { path: 'coed', message: "unknown field; did you mean 'code'?" },
      ],
    ],
    ['verify', { code: 123456 }, [{ path: 'code', message: 'expected a string' }]],
    ['verify', { code: 'x'.repeat(200) }, [{ path: 'code', message: 'expected at most 128 characters' }]],
    ['verify', [], [{ path: '', message: 'expected an object' }]],
    ['rename-authenticator', { id: 'x' }, [{ path: 'name', message: 'required' }]],
    [
      'disable',
      { proof: PASSWORD },
      [{ path: 'proof', message: 'expected { password }, { code } or { passkey, token }' }],
    ],
    [
      'disable',
      { proof: { pasword: PASSWORD } },
      [{ path: 'proof', message: 'expected { password }, { code } or { passkey, token }' }],
    ],
    ['disable', { confirm: { password: PASSWORD } }, [{ path: 'confirm', message: 'unknown field' }]],
    [
      'issue-access-token',
      { name: 'CI', scopes: ['Read'], expiresAtMs: 1.5 },
      [
        { path: 'scopes.0', message: 'expected a scope, such as read or repo:write' },
        { path: 'expiresAtMs', message: 'expected a whole number' },
      ],
    ],
    [
      'issue-access-token',
      { name: 'CI', expiresAtMs: '2030-01-01' },
      [{ path: 'expiresAtMs', message: 'expected a number' }],
    ],
  ])('%s with %j', async (path, body, errors) => {
    const { browser } = await createSite().member()
    const answer = await browser.send(path, { body: JSON.stringify(body) })
    expect([answer.status, answer.body['errors']]).toEqual([400, errors])
  })

  test('a time in seconds is one that passed in 1970', async () => {
    const { browser } = await createSite().member()
    const body = { proof: { password: PASSWORD }, name: 'CI', expiresAtMs: 1_990_000_000 }
    expect((await browser.post('issue-access-token', body)).body).toMatchObject({ reason: 'already-expired' })
  })
})

describe('a path that is not found says why', () => {
  const detailOf = async (path: string, basePath?: string) => {
    const site = createSite({ handler: basePath === undefined ? {} : { basePath } })
    const response = await site.handler(new Request(`https://app.example.com${path}`))
    expect(response.status).toBe(404)
    const { title, detail }: { title: string; detail: string } = JSON.parse(await response.text())
    expect(title).toBe('Not found.')
    return detail
  }

  test.each([
    [
      '/api/auth/2fa/status',
      "This handler serves the paths under /two-factor, its basePath. To serve this one, pass basePath: '/api/auth/2fa' to createHandler.",
    ],
    [
      '/status',
      "This handler serves the paths under /two-factor, its basePath. To serve this one, pass basePath: '' to createHandler.",
    ],
    ['/elsewhere', 'This handler serves the paths under /two-factor, its basePath.'],
    ["/<script>'/status", 'This handler serves the paths under /two-factor, its basePath.'],
    ['/two-factor/statuss', 'Did you mean /two-factor/status?'],
    ['/two-factor/beginSetup', 'Did you mean /two-factor/begin-setup?'],
    ['/two-factor/nothing-of-this-kind', 'There is no such operation.'],
  ])('%s', async (path, detail) => {
    expect(await detailOf(path)).toBe(detail)
  })
})

describe('the handler called with something else than a Request says what to pass', () => {
  const TAKES = 'The handler takes a Request with an absolute URL; got'

  test.each<[string, unknown, string]>([
    ['the context of Hono', { req: { raw: {} } }, 'an object. In Hono pass c.req.raw, in SvelteKit event.request.'],
    [
      'a URL',
      'https://app.example.com/two-factor/status',
      'a string. In Hono pass c.req.raw, in SvelteKit event.request.',
    ],
    ['nothing', undefined, 'undefined. In Hono pass c.req.raw, in SvelteKit event.request.'],
  ])('%s', async (_, request, got) => {
    const { handler } = createSite()
    const details = { userId: 'ann', accountName: 'ann' }
    for (const act of [() => handler(untyped(request)), () => handler.signIn(untyped(request), details)]) {
      const { code, message } = await faultOf(act)
      expect([code, message]).toEqual(['invalid_option', `${TAKES} ${got}`])
    }
  })

  test('the request of node:http', async () => {
    const { handler } = createSite()
    const message = await new Promise<string>((resolve, reject) => {
      const server = createServer((request, response) => {
        handler(untyped(request)).catch((error: Error) => {
          response.end()
          server.close()
          resolve(error.message)
        })
      })
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        const port = typeof address === 'object' ? address?.port : undefined
        fetch(`http://127.0.0.1:${port}/two-factor/status`).catch(reject)
      })
    })
    expect(message).toBe(
      `${TAKES} the request of node:http. Wrap the handler: toNodeHandler (node:http, Express), toFastifyHandler or toKoaHandler of 'countersign/http/node'.`,
    )
  })
})
