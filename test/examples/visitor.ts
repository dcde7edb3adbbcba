/** A browser, or whatever keeps cookies: of one person, with a cookie jar of its own. */
export interface Visitor {
  get(path: string): Promise<Answer>
  /** @param headers instead of, or beside, those that a browser sends */
  post(path: string, body: object, headers?: Record<string, string>): Promise<Answer>
}

export interface Answer {
  status: number
  body: Readonly<Record<string, unknown>>
  /** As they were set. */
  cookies: readonly string[]
}

export function visit(url: string, request: (url: string, init: RequestInit) => Promise<Response> = fetch): Visitor {
  const jar = new Map<string, string>()

  async function send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (jar.size > 0) headers.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '))
    const response = await request(url + path, { ...init, headers })
    const cookies = response.headers.getSetCookie()
    for (const cookie of cookies) keep(cookie)
    return { status: response.status, body: read(await response.text()), cookies }
  }

  function keep(cookie: string): void {
    const [, name = '', value = ''] = cookie.match(/^([^=]+)=([^;]*)/) ?? []
    if (/; Max-Age=0/i.test(cookie)) jar.delete(name)
    else jar.set(name, value)
  }

  return {
    get: (path) => send(path, {}),
    post: (path, body, headers) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', Origin: url, ...headers },
      }),
  }
}

function read(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? { ...body } : { body }
  } catch {
    return { text }
  }
}
