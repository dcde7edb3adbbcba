import { ALEX, PASSWORD } from './accounts.ts'

/** What the API answered, to whoever asks without a browser. */
export interface Answer {
  status: number
  headers: Headers
  /** Of any shape: tests look at what they expect. */
  body: Record<string, unknown>
}
export interface Script {
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
}

/** A script that talks to the API: names the Origin, keeps cookies, and sends a bearer token if it has one. */
export function script(url: string, bearer?: string): Script {
  const jar = new Map<string, string>()
  async function ask(path: string, { headers, ...init }: RequestInit): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(`${url}/api/${path}`, {
      ...init,
      headers: {
        ...(cookie && { Cookie: cookie }),
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(headers as Record<string, string>),
      },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
  }
  return {
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { Origin: url, 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

/** Signs in by the password alone. */
export async function signedInScript(url: string, login: string = ALEX): Promise<Script> {
  const { body } = await script(url).post('SignIn', { login, password: PASSWORD })
  return script(url, String(body['sessionToken']))
}
