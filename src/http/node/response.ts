/** The part of a response of node:http that is used. */
export interface NodeResponse {
  statusCode: number
  headersSent: boolean
  getHeader(name: string): unknown
  setHeader(name: string, value: string | string[]): unknown
  write(chunk: Uint8Array): boolean
  end(): unknown
  destroy(): unknown
  on(event: string, listener: () => void): unknown
  once(event: string, listener: () => void): unknown
}

interface Way {
  isHead: boolean
  /** Resolves when the client hung up, or all was sent. */
  closed: Promise<void>
}

export async function writeResponse(
  { status, headers, body }: Response,
  outgoing: NodeResponse,
  way: Way,
): Promise<void> {
  outgoing.statusCode = status
  for (const [name, value] of headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = headers.getSetCookie()
  // Existing ones are the host's, set before this handler was reached.
  if (cookies.length > 0) outgoing.setHeader('Set-Cookie', [...textsIn(outgoing.getHeader('Set-Cookie')), ...cookies])
  if (body !== null) await pour(body, outgoing, way)
  outgoing.end()
}

function textsIn(header: unknown): string[] {
  return [header].flat().filter((text) => typeof text === 'string')
}

/** Writes as fast as the client reads. */
async function pour(body: ReadableStream<Uint8Array>, outgoing: NodeResponse, { isHead, closed }: Way): Promise<void> {
  const reader = body.getReader()
  const stop = () => reader.cancel()
  if (isHead) return stop()
  closed.then(stop).catch(() => {})
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const isRoom = outgoing.write(next.value)
    if (!isRoom) await Promise.race([closed, new Promise<void>((resolve) => outgoing.once('drain', resolve))])
  }
}

const IS_TEXT = /^(?:text\/|application\/(?:[\w.-]+\+)?json\b)/

/** For frameworks whose hooks expect a text answer as text. */
export async function payloadOf(response: Response): Promise<string | ReadableStream<Uint8Array> | undefined> {
  if (response.body === null) return undefined
  return IS_TEXT.test(response.headers.get('content-type') ?? '') ? response.text() : response.body
}
