/**
 * Whether a request that changes something comes from a page that may: browsers send cookies along with whatever page
 * makes them, but they name that page's origin, and no page can forge the name. A script sends `Origin` itself.
 *
 * @param allowed the host's list, or else the origin that the request itself was sent to
 */
export function isFromAllowedOrigin(request: Request, allowed: ReadonlySet<string> | string): boolean {
  const origin = request.headers.get('origin')
  const isSameOrigin = request.headers.get('sec-fetch-site') === 'same-origin'
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
