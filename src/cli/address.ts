import { type Cookies, createCookies } from '../http/cookies.ts'
import { loopbackHost } from '../http/loopback.ts'
import type { CliConfig } from './config.ts'
import { type Finding, fine, messageOf } from './finding.ts'

const PROBE_ORIGIN = 'https://other-site.invalid'
const TIMEOUT_MS = 10_000

/**
 * Sends requests to the handler at this address, as its page and another site's would, and checks its cookies as
 * browsers do.
 */
export async function examineAddress(
  config: CliConfig,
  urlText: string,
  pageText: string | undefined,
): Promise<Finding[]> {
  const url = URL.canParse(urlText) ? new URL(urlText) : null
  const page = pageText === undefined ? url : URL.canParse(pageText) ? new URL(pageText) : null
  if (url === null || page === null || !isWeb(url) || !isWeb(page)) {
    const found = `${url === null || !isWeb(url) ? '--url' : '--page'} is not an http or https URL`
    return [{ check: 'origins', found, todo: 'Pass the whole address, such as https://app.example.com/two-factor.' }]
  }
  let observed: Observed = { prefix: null }
  let origins: Finding[]
  try {
    const [own, other] = [await codeFor(url, page.origin), await codeFor(url, PROBE_ORIGIN)]
    origins = [ownFinding(page, own), otherFinding(other)]
    if (own === 'sign-in-cookie-missing') observed = await observeCookies(config, url, page)
  } catch (error) {
    const found = `no answer from ${url.origin}: ${messageOf(error)}`
    origins = [{ check: 'origins', found, todo: 'Start the application, or correct the URL.' }]
  }
  return [...origins, ...examineCookies(config, url, page, observed)]
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

function ownFinding({ origin }: URL, code: string): Finding {
  const check = 'origins'
  if (code === 'sign-in-cookie-missing') return fine(check, `${origin} is allowed`)
  if (code !== 'cross-site') {
    const todo = 'Mount the handler of countersign/http there, and pass its address as --url.'
    return { check, found: `a request from ${origin} was answered with ${code}`, todo }
  }
  const todo = 'Add it to `allowedOrigins`, and check how the proxy changes Host and the protocol.'
  return { check, found: `the handler refuses ${origin}`, todo }
}

function otherFinding(code: string): Finding {
  if (code === 'cross-site') return fine('origins', 'another site is refused')
  const todo = 'Mount the handler of countersign/http there, and set `allowedOrigins`.'
  return { check: 'origins', found: `a request from ${PROBE_ORIGIN} was answered with ${code}`, todo }
}

/** The prefix of the cookie that the handler reads. Null: unknown. */
interface Observed {
  prefix: '__Host-' | '' | 'none' | null
}

/** A handler that reads the cookie does not answer that it is missing. */
async function observeCookies(config: CliConfig, url: URL, page: URL): Promise<Observed> {
  const name = `${config.cookies?.cookiePrefix ?? 'countersign'}-sign-in`
  for (const prefix of ['__Host-', ''] as const) {
    const code = await codeFor(url, page.origin, `${prefix}${name}=doctor.doctor`)
    if (code !== 'sign-in-cookie-missing') return { prefix }
  }
  return { prefix: 'none' }
}

/** Checks the cookies that the handler would set for this page by the rules of browsers (RFC 6265bis §5.7). */
export function examineCookies(config: CliConfig, url: URL, page: URL, { prefix }: Observed): Finding[] {
  const check = 'cookies'
  if (prefix === 'none') {
    const todo =
      'Check that the proxy passes on Cookie. If createHandler has a cookiePrefix, set the same in the config: cookies: { cookiePrefix }.'
    return [{ check, found: 'the handler does not read its sign-in cookie', todo }]
  }
  const { sameSite = 'lax', secureCookies, cookiePrefix = 'countersign' } = config.cookies ?? {}
  const observed = prefix === null ? undefined : prefix === '__Host-'
  const cookies = createCookies({ prefix: cookiePrefix, secure: observed ?? secureCookies, sameSite })
  const set = cookieOf(cookies, url, page)
  const wrong = verdicts(set, url, page)
  if (wrong.length > 0) return wrong.map(({ found, todo }) => ({ check, found, todo }))
  return [
    fine(
      check,
      `${set.name} with ${set.secure ? 'Secure; ' : ''}SameSite=${set.sameSite} comes back from ${page.origin}`,
    ),
  ]
}

interface SetCookie {
  name: string
  secure: boolean
  sameSite: string
}

/** All of the handler's cookies have the same attributes. */
function cookieOf(cookies: Cookies, url: URL, page: URL): SetCookie {
  const request = new Request(url, { method: 'POST', headers: { origin: page.origin } })
  const [pair = '', ...attributes] = cookies.setSignIn(request, 'doctor').split('; ')
  return {
    name: pair.slice(0, pair.indexOf('=')),
    secure: attributes.includes('Secure'),
    sameSite: attributes.find((one) => one.startsWith('SameSite='))?.slice('SameSite='.length) ?? '',
  }
}

function verdicts({ name, secure, sameSite }: SetCookie, url: URL, page: URL): { found: string; todo: string }[] {
  const isLocal = loopbackHost(url.href) !== null
  const isPlain = url.protocol === 'http:' && !isLocal
  const wrong: { found: string; todo: string }[] = []
  if (isPlain && page.protocol === 'https:') {
    const todo = `Serve ${url.origin} over HTTPS.`
    wrong.push({ found: `a page on HTTPS may not call ${url.origin}, which is not HTTPS`, todo })
  } else if (isPlain && secure) {
    wrong.push({
      found: `${url.origin} is not HTTPS: browsers drop ${name}, which is Secure`,
      todo: 'Serve it over HTTPS. On a network that you trust, such as a LAN for tests, set `secureCookies: false`.',
    })
  }
  if (url.protocol === 'https:' && !secure) {
    const todo = 'Remove `secureCookies: false`.'
    wrong.push({ found: `${name} is not Secure on HTTPS, so it is also sent over HTTP`, todo })
  }
  if (sameSite !== 'None' && !isSameSite(page, url)) {
    const found = `${page.origin} is another site than ${url.origin}: browsers do not send ${name}, which is SameSite=${sameSite}`
    wrong.push({ found, todo: crossSiteTodo(page, url) })
  }
  return wrong
}

function crossSiteTodo(page: URL, url: URL): string {
  const areLocal = loopbackHost(page.origin) !== null && loopbackHost(url.origin) !== null
  if (areLocal) return 'Open both under the same name, such as localhost.'
  if (page.protocol !== url.protocol) return 'Serve both over HTTPS: the scheme is part of the site.'
  return "Serve both under one domain; or set `sameSite: 'none'` in createHandler and in `cookies` of the config, and send requests with credentials: 'include'."
}

/** The same scheme and registrable domain. This uses no list of public suffixes: see docs/cli.md. */
function isSameSite(one: URL, other: URL): boolean {
  return one.protocol === other.protocol && siteOf(one.hostname) === siteOf(other.hostname)
}

function siteOf(hostname: string): string {
  const labels = hostname.split('.')
  if (/^\[|^[\d.]+$/.test(hostname) || labels.length <= 2) return hostname
  const [suffix = '', top = ''] = labels.slice(-2)
  // Such as co.uk and com.au.
  const isTwoPart = top.length === 2 && suffix.length <= 3
  return labels.slice(isTwoPart ? -3 : -2).join('.')
}

/** The reason of the handler's refusal, or the status of another answer. Sends no user's cookie, token or code. */
async function codeFor(url: URL, origin: string, cookie?: string): Promise<string> {
  const response = await fetch(`${url.href.replace(/\/$/, '')}/complete-challenge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, ...(cookie === undefined ? {} : { cookie }) },
    body: '{"challengeToken":"doctor","code":"000000"}',
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const problem: unknown = await response.json().catch(() => null)
  const code: unknown = typeof problem === 'object' && problem !== null ? Reflect.get(problem, 'reason') : null
  if (typeof code === 'string') return code
  const location = response.headers.get('location')
  return location === null ? String(response.status) : `${response.status} to ${location}`
}
