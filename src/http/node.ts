import { checkOptionNames } from '../options/groups.ts'
import { hookOption, requiredHook } from '../options/hooks.ts'
import { originOption } from './node/origin-option.ts'
import { type FaultListener, report } from './node/report.ts'
import { type NodeRequest, readRequest } from './node/request.ts'
import { type NodeResponse, writeResponse } from './node/response.ts'

export {
  type FastifyHandler,
  type FastifyReplyLike,
  type FastifyRequestLike,
  fastifyRequestOf,
  toFastifyHandler,
} from './node/fastify.ts'
export { type KoaContextLike, type KoaHandler, koaContextOf, toKoaHandler } from './node/koa.ts'
export { type NodeRequest, nodeRequestOf } from './node/request.ts'
export type { NodeResponse }

/** A listener for node:http and a handler for Express. Answers or calls `next`; its promise always resolves. */
export type NodeHandler = (
  incoming: NodeRequest,
  outgoing: NodeResponse,
  next?: ((error?: unknown) => void) | undefined,
) => Promise<void>

/** For `toNodeHandler`. */
export interface NodeHandlerOptions {
  /**
   * The origin of the public address, such as `https://app.example.com`. Default: from the Host header, with https if
   * the connection is encrypted or Express says so.
   */
  origin?: string | undefined
  /** Called with a fault if there is no `next`. The client gets a bare 500. Default: `console.error`. */
  onError?: FaultListener<NodeRequest> | undefined
}

/**
 * Mounts a Fetch handler in node:http, Express and Nest: `createHandler`'s, or a route of your own that calls
 * `handler.signIn`. Bodies are streamed; if a body parser has already read one, `req.body` is used.
 *
 * @throws CountersignError `invalid_option` naming the option
 * @example
 * app.all('/two-factor/*splat', toNodeHandler(handler)) // Express
 * http.createServer(toNodeHandler(handler)) // node:http
 */
export function toNodeHandler(
  handler: (request: Request) => Promise<Response>,
  options: NodeHandlerOptions = {},
): NodeHandler {
  requiredHook('handler', handler)
  checkOptionNames('toNodeHandler', options, ['origin', 'onError'])
  const origin = originOption(options.origin)
  const onError = hookOption('onError', options.onError)
  return async (incoming, outgoing, next) => {
    const closed = new Promise<void>((resolve) => outgoing.once('close', resolve))
    // The client hung up, which is not a fault.
    outgoing.on('error', () => {})
    try {
      const request = readRequest(incoming, origin)
      if (request === null) bare(outgoing, 400)
      else await writeResponse(await handler(request), outgoing, { isHead: request.method === 'HEAD', closed })
    } catch (error) {
      if (next !== undefined) {
        next(error)
        return
      }
      if (outgoing.headersSent) outgoing.destroy()
      else bare(outgoing, 500)
      await report(error, incoming, onError)
    }
  }
}

function bare(outgoing: NodeResponse, status: number): void {
  outgoing.statusCode = status
  outgoing.end()
}
