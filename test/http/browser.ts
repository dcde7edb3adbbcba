import type { SignInDetails, TwoFactorHandler } from 'countersign/http'
import { expect } from 'vitest'
import { allOperations } from './document.ts'

/** What came back, read. */
export interface Answer {
  status: number
  body: Record<string, unknown>
  text: string
  headers: Headers
}

export interface Sent {
  method?: string
  headers?: Record<string, string | null>
  body?: BodyInit | null
}

/** A browser on one of the site's pages: keeps cookies, and sends what browsers send. */
export interface Browser {
  jar: Map<string, string>
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  /** As it is told: a header that is null is left out. */
  send(path: string, sent?: Sent): Promise<Answer>
  /** The host's own route: the password was right. */
  signIn(details: SignInDetails, headers?: Record<string, string | null>): Promise<Answer>
}

export interface Address {
  /** Of the page. */
  origin: string
  /** Where the request arrives: another one behind a proxy. */
  arrivesAt: string
  /** Every answer is held to the document. Not where the host adds to them, or has other routes. */
  isDocumented: boolean
}

const BASE_PATH = '/two-factor'

export function createBrowser(handler: TwoFactorHandler, { origin, arrivesAt, isDocumented }: Address): Browser {
  const jar = new Map<string, string>()

  function requestOf(url: string, { method = 'POST', headers = {}, body = null }: Sent): Request {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const all = {
      Origin: method === 'GET' ? null : origin,
      Cookie: cookie === '' ? null : cookie,
      'Content-Type': method === 'GET' ? null : 'application/json',
      ...headers,
    }
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
    const init = { method, headers: given, body, duplex: 'half' }
    return new Request(`${arrivesAt}${url}`, init)
  }

  async function receive(response: Response): Promise<Answer> {
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text), text, headers: response.headers }
  }

  async function send(path: string, sent: Sent = {}): Promise<Answer> {
    const url = path.startsWith('/') ? path : `${BASE_PATH}/${path}`
    const answer = await receive(await handler(requestOf(url, sent)))
    if (isDocumented) await expectDocumented(sent.method ?? 'POST', url, answer)
    return answer
  }

  return {
    jar,
    send,
    get: (path) => send(path, { method: 'GET' }),
    post: (path, body = {}) => send(path, { body: JSON.stringify(body) }),
    async signIn(details, headers = { 'Sec-Fetch-Site': 'same-origin' }) {
      return receive(await handler.signIn(requestOf('/sign-in', { headers }), details))
    },
  }
}

async function expectDocumented(method: string, url: string, { status, headers, body }: Answer): Promise<void> {
  const operation = (await allOperations()).find((one) => one.path === url && one.method === method)
  operation?.check(status, headers.get('content-type'), body)
}

/** RFC 6265bis: a `__Host-` cookie is taken only if it is Secure, has no Domain, and Path=/. */
function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = '', ...attributes] = cookie.split('; ')
  const name = pair.slice(0, pair.indexOf('='))
  if (name.startsWith('__Host-')) {
    expect(attributes).toEqual(expect.arrayContaining(['Secure', 'Path=/']))
    expect(cookie).not.toMatch(/domain=/i)
  }
  if (attributes.includes('Max-Age=0')) jar.delete(name)
  else jar.set(name, pair.slice(name.length + 1))
}

/** A field that must be text. */
export function textOf({ body }: Answer, field: string): string {
  const value = body[field]
  if (typeof value === 'string') return value
  throw new Error(`There is no text under ${field}: ${JSON.stringify(body)}`)
}

/** A refusal: the reason's own status, and nothing that the reason does not need. */
export function expectProblem(answer: Answer, status: number, reason: string): void {
  expect(answer.body).toMatchObject({ status, reason, type: `urn:countersign:problem:${reason}` })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const { retryAfterSeconds } = answer.body
  expect(answer.headers.get('retry-after')).toBe(retryAfterSeconds === null ? null : String(retryAfterSeconds))
}
