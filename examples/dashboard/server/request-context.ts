import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import * as v from 'valibot'

const RequestContext = v.object({
  ip: v.nullable(v.string()),
  userAgent: v.nullable(v.string()),
  /** The session that asked, or null before there is one. */
  sessionId: v.nullable(v.string()),
})
/** Goes into each call of countersign as `context`, and comes back with its events. */
export type RequestContext = v.InferOutput<typeof RequestContext>

export function requestContext(c: Context, sessionId: string | null): RequestContext {
  return { ip: addressOf(c), userAgent: c.req.header('user-agent')?.slice(0, 300) ?? null, sessionId }
}

/** The address that the connection comes from. Behind a proxy of your own, read the header that it sets instead. */
export function addressOf(c: Context): string {
  return getConnInfo(c).remote.address ?? 'unknown'
}

export function readContext(context: unknown): RequestContext {
  return v.parse(v.fallback(RequestContext, { ip: null, userAgent: null, sessionId: null }), context)
}
