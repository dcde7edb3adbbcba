import { ownBytes } from '../../encoding/bytes.ts'
import { utf8Bytes } from '../../encoding/utf8.ts'

/** What is needed of a request of node:http (or of Express, or of the compatibility API of node:http2). */
export interface NodeRequest {
  method?: string | undefined
  url?: string | undefined
  /** Express: the whole path, under a mount path too. */
  originalUrl?: string | undefined
  /** Express: honors its `trust proxy`. */
  protocol?: string | undefined
  headers: Readonly<Record<string, string | string[] | undefined>>
  socket: object
  /** What a body parser left, once it has read the stream. */
  body?: unknown
  readableEnded?: boolean | undefined
  on(event: string, listener: (value: unknown) => void): unknown
  pause(): unknown
  resume(): unknown
}

/** Null for what no Request can be made of: a wrong Host, target or method. */
export function readRequest(incoming: NodeRequest, origin: string | null): Request | null {
  const url = urlOf(incoming, origin)
  if (url === null) return null
  const { method = 'GET' } = incoming
  try {
    const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(incoming)
    const init: RequestInit & { duplex: 'half' } = { method, headers: headersOf(incoming), body, duplex: 'half' }
    return new Request(url, init)
  } catch {
    return null
  }
}

/** A name or an address, and a port: nothing that would move where the path begins. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i

function urlOf(incoming: NodeRequest, origin: string | null): string | null {
  const base = origin ?? originOf(incoming)
  const path = pathOf(incoming.originalUrl ?? incoming.url ?? '/')
  if (base === null || path === null) return null
  return URL.canParse(base + path) ? base + path : null
}

function originOf({ headers, socket, protocol }: NodeRequest): string | null {
  const host = headers[':authority'] ?? headers['host']
  if (typeof host !== 'string' || !HOST.test(host)) return null
  const isEncrypted = Reflect.get(socket, 'encrypted') === true
  const scheme = protocol === 'http' || protocol === 'https' ? protocol : isEncrypted ? 'https' : 'http'
  return `${scheme}://${host}`
}

/** RFC 9112 §3.2: a path, or a whole URL, of which the host is not taken. */
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

/** The stream; or, where a parser has read it, what the parser made of it. */
function bodyOf(incoming: NodeRequest): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> {
  const { body, readableEnded } = incoming
  if (readableEnded !== true) return streamOf(incoming)
  const bytes = ownBytes(body)
  if (bytes !== null) return new Uint8Array(bytes)
  return new Uint8Array(utf8Bytes(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')))
}

/** Asks for a piece when one is wanted. Where the sender hangs up, the reader gets an error. */
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
      // Node tells it by an error; not every runtime does.
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
