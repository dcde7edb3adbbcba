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

/** A script that talks to the API: no cookies, a bearer token if it has one. */
export function script(url: string, sessionToken?: string): Script {
  const bearer = sessionToken === undefined ? {} : { Authorization: `Bearer ${sessionToken}` }
  async function ask(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(`${url}/api/${path}`, init)
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
  }
  return {
    get: (path, headers = {}) => ask(path, { headers: { ...bearer, ...headers } }),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...bearer, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

/** Signs in by the password alone. */
export async function signedInScript(url: string, login: string = ALEX): Promise<Script> {
  const { body } = await script(url).post('SignIn', { login, password: PASSWORD })
  return script(url, String(body['sessionToken']))
}
