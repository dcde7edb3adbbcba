import { CountersignError } from '../errors.ts'
import type { HostAnswer } from './options.ts'

/** What an operation answers, and the cookies that go with it. */
export interface Answered<Answer> {
  ok: true
  answer: Answer
  cookies?: readonly string[]
  /** What the host adds: headers, or an answer of its own. */
  host?: HostAnswer | undefined
}

/** A success as JSON, with whatever the host adds. */
export async function reply({ answer, cookies = [], host }: Answered<object>): Promise<Response> {
  if (host === undefined) return withCookies(json(answer, new Headers()), cookies)
  if (!isResponse(host)) return withCookies(json(answer, headersOf(host)), cookies)
  if (!host.ok) return withCookies(new Response(host.body, host), cookies)
  const added = await jsonOf(host)
  return withCookies(json({ ...added, ...answer }, new Headers(host.headers)), cookies)
}

/** One of another realm too, or of a package: taken for headers it would open no session, and nobody would be told. */
function isResponse(host: HostAnswer): host is Response {
  return Object.prototype.toString.call(host) === '[object Response]'
}

function headersOf(host: HeadersInit): Headers {
  try {
    if (typeof host === 'object' && host !== null) return new Headers(host)
  } catch {
    // What it says may hold a cookie of the host's.
  }
  throw new CountersignError(
    'hook_invalid',
    'openSession (or onVerified) gave neither headers nor a Response. Give { "Set-Cookie": … }, or {} where there is nothing to set.',
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
async function jsonOf(host: Response): Promise<object> {
  const text = await host.text()
  if (text === '') return {}
  const value = parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new CountersignError(
    'hook_invalid',
    'openSession (or onVerified) answered a success that is no JSON object. Give headers, an empty Response, or Response.json({ … }): its fields are added to the answer.',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
