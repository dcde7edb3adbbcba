// A whole backend in the page: users, sessions, the engine and the handler. Nothing leaves the browser.
import { createClient } from 'countersign/client/index.js'
import { createHandler } from 'countersign/http/index.js'
import { createTwoFactor, generateKey, memoryStore } from 'countersign/index.js'

export const PASSWORD = 'correct horse'
const USER = 'ada@example.com'
const ORIGIN = 'https://app.example.com'

export function createBackend() {
  const cookies = new Map()
  const twoFactor = createTwoFactor({
    issuer: 'Playground',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: (_, password) => password === PASSWORD,
  })
  const handler = createHandler({
    twoFactor,
    authenticate: () => (cookies.has('session') ? { userId: USER, signedInAtMs: Date.now() } : null),
    openSession: () => ({ 'Set-Cookie': 'session=1; Path=/' }),
  })

  /** The part of a Request that the handler reads: a real one would drop the cookies and the origin. */
  function requestOf(path, { method = 'GET', headers, body } = {}) {
    const all = new Headers(headers)
    all.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    all.set('origin', ORIGIN)
    all.set('user-agent', navigator.userAgent)
    return {
      url: `${ORIGIN}${path}`,
      method,
      headers: all,
      bodyUsed: false,
      body: body ? new Blob([body]).stream() : null,
    }
  }

  function keepCookies(response) {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (/;\s*Max-Age=0\b/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  return {
    user: USER,
    client: createClient('/two-factor', {
      fetch: async (path, init) => keepCookies(await handler(requestOf(path, init))),
    }),
    async signIn(password) {
      if (password !== PASSWORD) return null
      const response = keepCookies(await handler.signIn(requestOf('/sign-in', { method: 'POST' }), { userId: USER }))
      return JSON.parse(await response.text())
    },
    signOut: () => cookies.delete('session'),
    isSignedIn: () => cookies.has('session'),
  }
}
