import type { Settings } from './options.ts'
import { crossSiteMessage } from './setup-mistakes.ts'

/**
 * Whether a request that changes something comes from a page that may: browsers send cookies along with whatever page
 * makes them, but they name that page's origin, and no page can forge the name. A script sends `Origin` itself.
 * With the host's list of origins, that list decides; without one, the request's own address.
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
  // Behind a proxy the address here may be another than the browser's: then what the browser says of it counts.
  return isSameOrigin || origin === allowed
}

/** No form can send this type, and no page of another origin may, without asking first. */
export function isJson(request: Request): boolean {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';', 1)
  return type.trim().toLowerCase() === 'application/json'
}
