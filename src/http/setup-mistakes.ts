import { loopbackHost } from './loopback.ts'

/*
 * Messages for developers when a site's configuration cannot work. Only for the log: an answer would tell anybody which
 * origins are allowed.
 */

const MAX_SHOWN = 200

/** The likely reason why the origin of this request is not allowed. */
export function crossSiteMessage(request: Request, allowed: ReadonlySet<string> | string): string {
  const seen = request.headers.get('origin')
  const list = typeof allowed === 'string' ? [allowed] : [...allowed]
  const shown = seen === null ? 'no Origin' : `the Origin ${seen.slice(0, MAX_SHOWN)}`
  const source =
    typeof allowed === 'string' ? "the request's own address, as allowedOrigins is not set" : 'allowedOrigins'
  return `Refused as cross-site: the request has ${shown}; allowed: ${list.join(', ')} (${source}). ${crossSiteCause(seen, list, typeof allowed === 'string')}`
}

function crossSiteCause(seen: string | null, allowed: readonly string[], isDefault: boolean): string {
  if (seen === null) return 'A script must send Origin itself; a browser always does, unless a proxy removes it.'
  if (seen === 'null') {
    return 'The page has no origin: it is a file, in a sandboxed frame, or was sent here by a redirect from another site.'
  }
  const near = allowed.find((origin) => isNear(origin, seen))
  if (isDefault) {
    return near === undefined
      ? `If this is your page, the request came through a proxy, or the page is served from another address: set allowedOrigins to the page's origin.`
      : `TLS probably ends at a proxy in front of this server: set allowedOrigins: ['${seen.slice(0, MAX_SHOWN)}'].`
  }
  return near === undefined
    ? 'If this is your page, add its origin to allowedOrigins.'
    : `It differs from ${near} in scheme, port or a leading 'www.': add it to allowedOrigins, or redirect to one address.`
}

/** The same host with another scheme, port or `www.`; or two names of this machine. */
function isNear(one: string, other: string): boolean {
  const host = (origin: string) => (URL.canParse(origin) ? new URL(origin).hostname.replace(/^www\./, '') : null)
  const areLocal = loopbackHost(one) !== null && loopbackHost(other) !== null
  return areLocal || (host(one) !== null && host(one) === host(other))
}

/** The likely reason why the browser did not send the sign-in cookie. */
export function missingCookieMessage(
  request: Request,
  { isSecure, sameSite }: { isSecure: boolean; sameSite: string },
): string {
  const origin = request.headers.get('origin') ?? 'unknown'
  const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).hostname : '')
  const start = `A second step from the origin ${origin.slice(0, MAX_SHOWN)} came without the sign-in cookie that handler.signIn had set.`
  if (isSecure && origin.startsWith('http:')) {
    return `${start} The page is on http, where browsers drop Secure cookies: serve it over https, or set secureCookies: false on a network you trust.`
  }
  if (hostOf(origin) !== hostOf(request.url) && sameSite !== 'none') {
    return `${start} If the page is on another site than this API, set sameSite: 'none' and send requests with credentials: 'include', including the one to your sign-in route. Behind a proxy, check that it passes on Cookie and Set-Cookie.`
  }
  return `${start} If this happens at every sign-in: the answer of handler.signIn must reach the browser with its Set-Cookie header, requests to another origin need credentials: 'include', a page on another site needs sameSite: 'none', and a page on http needs secureCookies: false.`
}
