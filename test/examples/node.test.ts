import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Backend, exampleFolder, startBackend } from './backend.ts'
import { readAnswer, type Visitor, walk } from './walk.ts'

let backend: Backend

beforeAll(async () => {
  const { folder, isPacked } = exampleFolder('node')
  const server = join(folder, 'server.js')
  backend = await startBackend(process.execPath, isPacked ? [server] : ['--import', 'tsx', server], {
    TSX_TSCONFIG_PATH: 'test/tsconfig.json',
  })
}, 60_000)
afterAll(() => backend.stop())

test('examples/node: setup, sign-in, recovery, and no code twice', async () => {
  await walk(() => browser(backend.url))
}, 60_000)

test('examples/node: cookies are kept from scripts and from other sites', async () => {
  const response = await signIn({ 'Content-Type': 'application/json' })
  const cookies = response.headers.getSetCookie()
  expect(cookies.length).toBeLessThanOrEqual(1)
  for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/)
})

test('examples/node: a form of another site, a body that is no JSON and one that is too long are refused', async () => {
  expect((await signIn({ 'Content-Type': 'text/plain' })).status).toBe(400)
  expect((await signIn({ 'Content-Type': 'application/json' }, '{')).status).toBe(400)
  expect((await signIn({ 'Content-Type': 'application/json' }, JSON.stringify('x'.repeat(20_000)))).status).toBe(400)
})

function signIn(headers: Record<string, string>, body = '{"login":"ada","password":"correct horse battery staple"}') {
  return fetch(`${backend.url}/api/SignIn`, { method: 'POST', headers, body })
}

/** Keeps cookies. */
function browser(url: string): Visitor {
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url + path, {
      ...init,
      headers: { 'Content-Type': 'application/json', Cookie: cookie },
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = set.match(/^([^=]+)=([^;]*)/) ?? []
      cookies.set(name, value)
    }
    return readAnswer(response)
  }

  return {
    get: (path) => send(path, {}),
    post: (path, body) => send(path, { method: 'POST', body: JSON.stringify(body) }),
    isSignedIn: () => cookies.has('session'),
  }
}
