import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { RequestRefused } from './replies.ts'

const NOTHING = ["'none'"]
const OURS = ["'self'"]

/** Headers for every answer: nothing runs, loads, frames or is framed but what this server itself serves. */
export function strictHeaders(options: { secure: boolean }): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: NOTHING,
      scriptSrc: OURS,
      styleSrc: OURS,
      imgSrc: ["'self'", 'data:'],
      connectSrc: OURS,
      baseUri: NOTHING,
      formAction: NOTHING,
      frameAncestors: NOTHING,
      requireTrustedTypesFor: ["'script'"],
    },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    strictTransportSecurity: options.secure,
  })
}

/** Nothing that the API says is kept by a cache. */
export const neverCached: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('Cache-Control', 'no-store')
}

export const smallBodies: MiddlewareHandler = bodyLimit({
  maxSize: 16 * 1024,
  onError() {
    throw new RequestRefused(413, 'bad-request')
  },
})

/**
 * Cookies travel with whatever page makes a browser send a request, so a browser must say that the page is ours:
 * by Sec-Fetch-Site, or by Origin, which every browser adds to a POST and no page can forge. A client that sends
 * neither is no browser: its cookies are in nobody's hands but its own. JSON alone is read, which no form can send.
 */
export function onlyOurPages(publicOrigin: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const site = c.req.header('sec-fetch-site')
      const origin = c.req.header('origin')
      const isOurs =
        site === undefined
          ? origin === undefined || origin === (publicOrigin ?? new URL(c.req.url).origin)
          : site === 'same-origin'
      if (!isOurs) throw new RequestRefused(403, 'cross-site')
      if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
        throw new RequestRefused(415, 'bad-request')
    }
    await next()
  }
}

/** Whether a browser asks, or a script. */
export function isBrowser(c: Context): boolean {
  return c.req.header('sec-fetch-site') !== undefined || c.req.header('origin') !== undefined
}
