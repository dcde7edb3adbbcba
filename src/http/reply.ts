import { hookInvalid } from '../options/hooks.ts'
import type { HeadersLike, HostAnswer } from './options.ts'

/** An operation's answer, and its cookies. */
export interface Answered<Answer> {
  ok: true
  answer: Answer
  cookies?: readonly string[]
  /** What the host adds: headers, or its own answer. */
  host?: HostAddition | undefined
}

/** What a hook returned. */
export interface HostAddition {
  hook: 'openSession' | 'onVerified' | 'onSetupConfirmed'
  answer: HostAnswer
}

/** A success as JSON, with what your hook adds. */
export async function reply({ answer, cookies = [], host }: Answered<object>): Promise<Response> {
  if (host === undefined) return withCookies(json(answer, new Headers()), cookies)
  const { hook, answer: added } = host
  if (!isResponse(added)) return withCookies(json(answer, headersOf(hook, added)), cookies)
  if (!added.ok) return withCookies(new Response(added.body, added), cookies)
  const fields = await jsonOf(hook, added)
  return withCookies(json({ ...fields, ...answer }, new Headers(added.headers)), cookies)
}

/** Also one of another realm or of a package: taken for headers, it would open no session, and nobody would notice. */
function isResponse(host: HostAnswer): host is Response {
  return Object.prototype.toString.call(host) === '[object Response]'
}

function headersOf(hook: string, host: HeadersLike): Headers {
  try {
    if (typeof host === 'object' && host !== null) return new Headers(host)
  } catch {
    // Its message may contain a cookie that the host set.
  }
  throw hookInvalid(
    hook,
    host,
    "headers that can be sent, such as { 'Set-Cookie': … }, or a Response",
    'Return {} if there is nothing to set.',
  )
}

function json(answer: object, headers: Headers): Response {
  headers.set('Content-Type', 'application/json')
  headers.delete('Content-Length')
  return new Response(JSON.stringify(answer), { headers })
}

function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie)
  return response
}

/** The JSON object that a host answered with, or {} for an empty answer. */
async function jsonOf(hook: string, host: Response): Promise<object> {
  const text = await host.text()
  if (text === '') return {}
  const value = parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw hookInvalid(
    hook,
    host,
    'headers, an empty Response, or Response.json({ … }), whose fields are added to the answer',
    'The body of its Response is not a JSON object.',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
