import { getConnInfo } from '@hono/node-server/conninfo'
import { deviceName } from 'countersign/http'
import type { Context } from 'hono'
import * as v from 'valibot'

const RequestContext = v.object({
  ip: v.nullable(v.string()),
  browser: v.nullable(v.string()),
  /** Of the session that the client came with. */
  sessionId: v.nullable(v.string()),
})
/** Goes into each call of countersign as `context`, and comes back with its events. */
export type RequestContext = v.InferOutput<typeof RequestContext>

export function requestContext(request: Request, ip: string, sessionId: string): RequestContext {
  return { ip, browser: request.headers.has('user-agent') ? deviceName(request) : null, sessionId }
}

/** The address that the connection comes from. Behind a proxy of your own, read the header that it sets instead. */
export function addressOf(c: Context): string {
  return getConnInfo(c).remote.address ?? 'unknown'
}

export function readContext(context: unknown): RequestContext {
  return v.parse(v.fallback(RequestContext, { ip: null, browser: null, sessionId: null }), context)
}
