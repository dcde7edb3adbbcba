/** A browser at one address. It keeps cookies, and forgets those of the session when it is closed. */
export interface Browser {
  get(path: string): Promise<Answer>
  post(path: string, body?: object): Promise<Answer>
  /** The value of the first cookie whose name ends like this. */
  cookie(ending: string): string | undefined
  /** Puts a cookie there, as somebody else who has planted or stolen it would. */
  plant(name: string, value: string): void
  /** Another browser with the same cookies: a thief's, or the same one before something changes. */
  copy(): Browser
  /** Closed and opened again: cookies without a date are gone. */
  reopen(): void
}

export interface Answer {
  status: number
  body: Record<string, unknown>
}

interface Cookie {
  value: string
  isKept: boolean
}

export function openBrowser(url: string, jar: Map<string, Cookie> = new Map()): Browser {
  async function send(path: string, init: RequestInit): Promise<Answer> {
    const cookie = [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ')
    const headers = { 'Content-Type': 'application/json', Origin: url, 'X-Auth-Return-Redirect': '1', Cookie: cookie }
    const response = await fetch(url + path, { ...init, headers })
    for (const text of response.headers.getSetCookie()) keep(text)
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : { text } }
  }

  function keep(text: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
    const [, maxAge] = /; Max-Age=(-?\d+)/i.exec(text) ?? []
    const [, expires] = /; Expires=([^;]+)/i.exec(text) ?? []
    const isOver =
      maxAge === undefined ? expires !== undefined && Date.parse(expires) < Date.now() : Number(maxAge) <= 0
    if (isOver) jar.delete(name)
    else jar.set(name, { value, isKept: maxAge !== undefined || expires !== undefined })
  }

  return {
    get: (path) => send(path, {}),
    post: (path, body = {}) => send(path, { method: 'POST', body: JSON.stringify(body) }),
    cookie: (ending) => [...jar].find(([name]) => name.endsWith(ending))?.[1].value,
    plant: (name, value) => jar.set(name, { value, isKept: false }),
    copy: () => openBrowser(url, new Map(jar)),
    reopen: () => {
      for (const [name, { isKept }] of [...jar]) if (!isKept) jar.delete(name)
    },
  }
}
