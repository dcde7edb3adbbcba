import type { Settings } from './options.ts'
import { crossSiteMessage } from './setup-mistakes.ts'

/**
 * Whether a request that makes changes comes from an allowed page: browsers send cookies with requests from any page,
 * but they name that page's origin, which no page can forge. A script sends `Origin` itself. The host's list of origins
 * decides; without one, the request's own address.
 */
export function isFromAllowedOrigin(request: Request, { allowedOrigins, warn }: Settings): boolean {
  const allowed = allowedOrigins ?? new URL(request.url).origin
  if (isAllowed(request, allowed)) return true
  warn('cross-site', crossSiteMessage(request, allowed))
  return false
}

function isAllowed({ headers }: Request, allowed: ReadonlySet<string> | string): boolean {
  const origin = headers.get('origin')
  const isSameOrigin = headers.get('sec-fetch-site') === 'same-origin'
  if (origin === null) return isSameOrigin
  if (typeof allowed !== 'string') return allowed.has(origin)
  // Behind a proxy the address here may differ from the browser's: then the browser's own verdict counts.
  return isSameOrigin || origin === allowed
}

/** No form can send this type, and no page of another origin can without a preflight request. */
export function isJson(request: Request): boolean {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';', 1)
  return type.trim().toLowerCase() === 'application/json'
}
