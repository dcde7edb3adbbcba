import { checkOptionNames } from '../../options/groups.ts'
import { markRequest, sourceOf } from './made-of.ts'
import { originOption } from './origin-option.ts'
import { type NodeRequest, readRequest } from './request.ts'
import { payloadOf } from './response.ts'

/** The part of a Fastify request that is used. */
export interface FastifyRequestLike {
  raw: NodeRequest
  body?: unknown
  protocol?: string | undefined
}

/** The part of a Fastify reply that is used. */
export interface FastifyReplyLike {
  code(status: number): unknown
  header(name: string, value: string): unknown
  send(payload?: unknown): unknown
}

/** A route handler for Fastify. Rejects with the handler's fault, which Fastify's error handler answers. */
export type FastifyHandler = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>

const FASTIFY_REQUEST: symbol = /* @__PURE__ */ Symbol.for('countersign.fastify-request')

/**
 * Mounts a Fetch handler in Fastify: `createHandler`'s, or a route of your own that calls `handler.signIn`. Uses the
 * body that Fastify parsed and answers through `reply.send`, so that hooks and plugins such as @fastify/cors apply.
 *
 * @param options `origin`: the origin of the public address; default: from the Host header and `request.protocol`,
 *   which honors Fastify's `trustProxy`
 * @throws CountersignError `invalid_option` naming the option
 * @example
 * app.all('/two-factor/*', toFastifyHandler(handler))
 */
export function toFastifyHandler(
  handler: (request: Request) => Promise<Response>,
  options: { origin?: string | undefined } = {},
): FastifyHandler {
  checkOptionNames('toFastifyHandler', options, ['origin'])
  const origin = originOption(options.origin)
  return async (fastifyRequest, reply) => {
    const { raw, body, protocol } = fastifyRequest
    const request = readRequest(raw, origin, { body, protocol })
    if (request !== null) markRequest(request, FASTIFY_REQUEST, fastifyRequest)
    const response = request === null ? new Response(null, { status: 400 }) : await handler(request)
    reply.code(response.status)
    // Fastify keeps cookies that are already set.
    for (const [name, value] of response.headers) reply.header(name, value)
    return reply.send(await payloadOf(response))
  }
}

/**
 * Returns the Fastify request behind a Request. Use it in `authenticate` and the other hooks to read `session` or
 * `user`.
 *
 * @param request the Request that your hook or route received, not a copy of it
 * @throws CountersignError `invalid_option` if the Request was not made by `toFastifyHandler`
 * @example
 * authenticate: (request) => {
 *   const { user } = fastifyRequestOf<FastifyRequest>(request).session
 *   return user ? { userId: String(user.id), accountName: user.email } : null
 * }
 */
export function fastifyRequestOf<T extends object = FastifyRequestLike>(request: Request): T {
  return sourceOf(request, FASTIFY_REQUEST, 'fastifyRequestOf', 'toFastifyHandler')
}
