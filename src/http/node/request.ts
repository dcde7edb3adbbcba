import { ownBytes } from '../../encoding/bytes.ts'
import { utf8Bytes } from '../../encoding/utf8.ts'
import { CountersignError } from '../../errors.ts'
import { markRequest, sourceOf } from './made-of.ts'

/** What a framework adds to a request of node:http. Express adds it to the request itself. */
export interface FrameworkRequest {
  /** The whole path, including the path that a handler is mounted under. */
  originalUrl?: string | undefined
  /** Honors the framework's setting for proxies, such as Express's `trust proxy`. */
  protocol?: string | undefined
  /** What a body parser left after it read the stream. */
  body?: unknown
  /** The text or bytes that a body parser read, if it keeps them. */
  rawBody?: unknown
}

/** The part of a request of node:http that is used (or of Express, or of the compatibility API of node:http2). */
export interface NodeRequest extends FrameworkRequest {
  method?: string | undefined
  url?: string | undefined
  headers: Readonly<Record<string, string | string[] | undefined>>
  socket: object
  readableEnded?: boolean | undefined
  on(event: string, listener: (value: unknown) => void): unknown
  pause(): unknown
  resume(): unknown
}

const NODE_REQUEST: symbol = /* @__PURE__ */ Symbol.for('countersign.node-request')

/**
 * Returns the request of node:http behind a Request: the very object that Express, Nest and their middleware add to.
 * Use it in `authenticate` and the other hooks to read `session` or `user`.
 *
 * @param request the Request that your hook or route received, not a copy of it
 * @throws CountersignError `invalid_option` if the Request was not made by `toNodeHandler`, `toFastifyHandler` or
 *   `toKoaHandler`
 * @example
 * authenticate: (request) => {
 *   const { user } = nodeRequestOf<express.Request>(request)
 *   return user ? { userId: String(user.id), accountName: user.email } : null
 * }
 */
export function nodeRequestOf<T extends object = NodeRequest>(request: Request): T {
  return sourceOf(request, NODE_REQUEST, 'nodeRequestOf', 'toNodeHandler')
}

/**
 * Returns null if no Request can be made: a wrong Host, target or method.
 *
 * @throws CountersignError `invalid_option` if the body is gone
 */
export function readRequest(
  incoming: NodeRequest,
  origin: string | null,
  known: FrameworkRequest = incoming,
): Request | null {
  const url = urlOf(incoming, known, origin)
  if (url === null) return null
  const { method = 'GET' } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  if (hasBody) checkBodyIsThere(incoming, known)
  try {
    const body = hasBody ? bodyOf(incoming, known) : null
    const init: RequestInit & { duplex: 'half' } = { method, headers: headersOf(incoming), body, duplex: 'half' }
    const request = new Request(url, init)
    markRequest(request, NODE_REQUEST, incoming)
    return request
  } catch {
    return null
  }
}

/** A name or an address, and a port: nothing that would shift the start of the path. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i

function urlOf(
  incoming: NodeRequest,
  { originalUrl, protocol }: FrameworkRequest,
  origin: string | null,
): string | null {
  const base = origin ?? originOf(incoming, protocol)
  const path = pathOf(originalUrl ?? incoming.url ?? '/')
  if (base === null || path === null) return null
  return URL.canParse(base + path) ? base + path : null
}

function originOf({ headers, socket }: NodeRequest, protocol: string | undefined): string | null {
  const host = headers[':authority'] ?? headers['host']
  if (typeof host !== 'string' || !HOST.test(host)) return null
  const isEncrypted = Reflect.get(socket, 'encrypted') === true
  const scheme = protocol === 'http' || protocol === 'https' ? protocol : isEncrypted ? 'https' : 'http'
  return `${scheme}://${host}`
}

/** RFC 9112 §3.2: a path, or a whole URL, whose host is ignored. */
function pathOf(target: string): string | null {
  if (target.startsWith('/')) return target
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return null
  const { pathname, search } = new URL(target)
  return pathname + search
}

function headersOf(incoming: NodeRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    // HTTP/2 has the parts of the request line among its headers.
    if (value === undefined || name.startsWith(':')) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  }
  return headers
}

function checkBodyIsThere({ headers, readableEnded }: NodeRequest, { body, rawBody }: FrameworkRequest): void {
  if (readableEnded !== true || body !== undefined || rawBody !== undefined) return
  if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > 0)) return
  const hint =
    'Mount toNodeHandler before the body parser, or put what it read into request.body. In Koa use toKoaHandler.'
  throw new CountersignError('invalid_option', `request.body is missing, and the stream was read already. ${hint}`)
}

/** The stream; if a parser has read it, what the parser left, preferably the text rather than an object. */
function bodyOf(
  incoming: NodeRequest,
  { body, rawBody }: FrameworkRequest,
): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> {
  if (incoming.readableEnded !== true) return streamOf(incoming)
  const left = rawBody ?? body
  const bytes = ownBytes(left)
  if (bytes !== null) return new Uint8Array(bytes)
  return new Uint8Array(utf8Bytes(typeof left === 'string' ? left : (JSON.stringify(left) ?? '')))
}

/** Reads a chunk when one is wanted. If the sender hangs up, the reader gets an error. */
function streamOf(incoming: NodeRequest): ReadableStream<Uint8Array> {
  let isOver = false
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      const last = (end: () => void) => () => {
        if (!isOver) end()
        isOver = true
      }
      const hungUp = last(() => controller.error(new Error('The sender of the request hung up.')))
      incoming.pause()
      incoming.on('data', (chunk) => {
        if (isOver) return
        controller.enqueue(ownBytes(chunk) ?? utf8Bytes(String(chunk)))
        incoming.pause()
      })
      incoming.on(
        'end',
        last(() => controller.close()),
      )
      // Node reports it as an error; not every runtime does.
      for (const event of ['error', 'close']) incoming.on(event, hungUp)
    },
    pull() {
      incoming.resume()
    },
    cancel() {
      isOver = true
      incoming.resume()
    },
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}
