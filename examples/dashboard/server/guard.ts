import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { Refused } from './replies.ts'

const NOTHING = ["'none'"]
const OURS = ["'self'"]

/** Headers for every answer: nothing runs, loads, frames or is framed but what this server itself serves. */
export function strictHeaders(options: { secure: boolean }): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: NOTHING,
      scriptSrc: OURS,
      styleSrc: OURS,
      imgSrc: OURS,
      connectSrc: OURS,
      baseUri: NOTHING,
      formAction: NOTHING,
      frameAncestors: NOTHING,
      requireTrustedTypesFor: ["'script'"],
      // Of the elements.
      trustedTypes: ['lit-html'],
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
    throw new Refused(413, 'bad-request')
  },
})

/**
 * As countersign's handler does for its own routes: cookies travel with whatever page makes a browser send a request, so
 * a change must come with the Origin of our pages, which no other page can forge; a script sends it too. And JSON alone
 * is read, which no form can send.
 */
export function onlyOurPages(publicOrigin: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const origin = c.req.header('origin')
      const isSameOrigin = c.req.header('sec-fetch-site') === 'same-origin'
      const isOurs = origin === undefined ? isSameOrigin : origin === (publicOrigin ?? new URL(c.req.url).origin)
      if (!isOurs) throw new Refused(403, 'cross-site')
      if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) throw new Refused(415, 'bad-request')
    }
    await next()
  }
}
