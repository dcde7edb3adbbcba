import { checkOptionNames } from '../../options/groups.ts'
import { markRequest, sourceOf } from './made-of.ts'
import { originOption } from './origin-option.ts'
import { type NodeRequest, readRequest } from './request.ts'
import { payloadOf } from './response.ts'

/** The part of a Koa context that is used. */
export interface KoaContextLike {
  req: NodeRequest
  /** A body parser adds `body`, and may add `rawBody`. */
  request: object
  originalUrl: string
  protocol: string
  status: number
  body: unknown
  set(name: string, value: string): unknown
  append(name: string, value: string): unknown
}

/** A middleware for Koa that answers. Rejects with the handler's fault, which Koa's error handling answers. */
export type KoaHandler = (ctx: KoaContextLike) => Promise<void>

const KOA_CONTEXT: symbol = /* @__PURE__ */ Symbol.for('countersign.koa-context')

/**
 * Mounts a Fetch handler in Koa: `createHandler`'s, or a route of your own that calls `handler.signIn`. Works before
 * and after a body parser, and answers through the context, so that other middleware applies.
 *
 * @param options `origin`: the origin of the public address; default: from the Host header and `ctx.protocol`, which
 *   honors Koa's `proxy` setting
 * @throws CountersignError `invalid_option` naming the option
 * @example
 * const twoFactorRoutes = toKoaHandler(handler)
 * app.use((ctx, next) => (ctx.path.startsWith('/two-factor/') ? twoFactorRoutes(ctx) : next()))
 */
export function toKoaHandler(
  handler: (request: Request) => Promise<Response>,
  options: { origin?: string | undefined } = {},
): KoaHandler {
  checkOptionNames('toKoaHandler', options, ['origin'])
  const origin = originOption(options.origin)
  return async (ctx) => {
    const { originalUrl, protocol } = ctx
    const parsed: { body?: unknown; rawBody?: unknown } = ctx.request
    const request = readRequest(ctx.req, origin, {
      originalUrl,
      protocol,
      body: parsed.body,
      rawBody: parsed.rawBody,
    })
    if (request !== null) markRequest(request, KOA_CONTEXT, ctx)
    const response = request === null ? new Response(null, { status: 400 }) : await handler(request)
    ctx.status = response.status
    for (const [name, value] of response.headers) {
      if (name === 'set-cookie') ctx.append(name, value)
      else ctx.set(name, value)
    }
    // Koa turns a null body into a 204.
    ctx.body = (await payloadOf(response)) ?? ''
  }
}

/**
 * Returns the Koa context behind a Request. Use it in `authenticate` and the other hooks to read `session` or
 * `state.user`.
 *
 * @param request the Request that your hook or route received, not a copy of it
 * @throws CountersignError `invalid_option` if the Request was not made by `toKoaHandler`
 * @example
 * authenticate: (request) => {
 *   const { user } = koaContextOf<Koa.Context>(request).state
 *   return user ? { userId: String(user.id), accountName: user.email } : null
 * }
 */
export function koaContextOf<T extends object = KoaContextLike>(request: Request): T {
  return sourceOf(request, KOA_CONTEXT, 'koaContextOf', 'toKoaHandler')
}
