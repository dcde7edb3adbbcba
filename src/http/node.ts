import { invalidOption } from '../options/invalid-option.ts'
import { type NodeRequest, readRequest } from './node/request.ts'
import { type NodeResponse, writeResponse } from './node/response.ts'

export type { NodeRequest, NodeResponse }

/** A listener of node:http, a handler of Express. Answers or calls `next`; its promise always resolves. */
export type NodeHandler = (
  incoming: NodeRequest,
  outgoing: NodeResponse,
  next?: ((error?: unknown) => void) | undefined,
) => Promise<void>

/**
 * Mounts a handler of Web standards in node:http, Express and Fastify: `createHandler`'s, or a route of one's own that
 * calls `handler.signIn`. Bodies are streamed; one that a body parser has read already is taken from `req.body`.
 *
 * @param options `origin`: that of the public address, as `https://app.example.com`; default: by the Host header, and
 *   https where the connection is encrypted or Express says so
 * @throws CountersignError `invalid_option` when `origin` is none
 * @example
 * app.all('/two-factor/*splat', toNodeHandler(handler)) // Express
 * http.createServer(toNodeHandler(handler)) // node:http
 */
export function toNodeHandler(
  handler: (request: Request) => Promise<Response>,
  options: { origin?: string | undefined } = {},
): NodeHandler {
  const origin = originOption(options.origin)
  return async (incoming, outgoing, next) => {
    const closed = new Promise<void>((resolve) => outgoing.once('close', resolve))
    // Who hung up is told nothing, and that is nobody's fault.
    outgoing.on('error', () => {})
    try {
      const request = readRequest(incoming, origin)
      if (request === null) bare(outgoing, 400)
      else await writeResponse(await handler(request), outgoing, { isHead: request.method === 'HEAD', closed })
    } catch (error) {
      if (next !== undefined) next(error)
      else if (outgoing.headersSent) outgoing.destroy()
      else bare(outgoing, 500)
    }
  }
}

function originOption(origin: string | undefined): string | null {
  if (origin === undefined) return null
  if (typeof origin === 'string' && /^https?:/.test(origin) && URL.canParse(origin)) {
    if (new URL(origin).origin === origin) return origin
  }
  throw invalidOption('origin', origin, "an origin such as 'https://app.example.com'")
}

function bare(outgoing: NodeResponse, status: number): void {
  outgoing.statusCode = status
  outgoing.end()
}
