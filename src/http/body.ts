import type { ProblemReason } from './api.ts'

export const MAX_BODY_BYTES = 16_384
const PATIENCE_MS = 10_000
/** Keeps no state between calls. Missing in Jest's jsdom, where the module must still load. */
const DECODER = globalThis.TextDecoder && new TextDecoder('utf-8', { fatal: true })

/** The JSON of a request, or why there is none. */
export type BodyResult = { ok: true; json: unknown } | { ok: false; reason: ProblemReason }

const failed = (reason: ProblemReason): BodyResult => ({ ok: false, reason })

/** Reads a body of at most 16 KiB within 10 seconds. A field that occurs twice in one object is refused. */
export async function readBody(request: Request): Promise<BodyResult> {
  if (Number(request.headers.get('content-length')) > MAX_BODY_BYTES) return failed('body-too-large')
  if (request.body === null || request.bodyUsed) return failed('invalid-request')
  const reader = request.body.getReader()
  const read = await within(PATIENCE_MS, () => readAll(reader))
  if (read === 'too-large' || read === 'too-slow') {
    // Not awaited: a slow sender may be slow in this too.
    reader.cancel().catch(() => {})
    return failed(read === 'too-slow' ? 'body-too-slow' : 'body-too-large')
  }
  return parse(read)
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | 'too-large' | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.byteLength
      if (length > MAX_BODY_BYTES) return 'too-large'
      chunks.push(next.value)
    }
  } catch {
    // The sender hung up.
    return null
  }
  return concat(chunks, length)
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

async function within<T>(ms: number, work: () => Promise<T>): Promise<T | 'too-slow'> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<'too-slow'>((resolve) => {
    timer = setTimeout(resolve, ms, 'too-slow')
  })
  try {
    return await Promise.race([work(), timeout])
  } finally {
    clearTimeout(timer)
  }
}

function parse(bytes: Uint8Array | null): BodyResult {
  if (bytes === null) return failed('invalid-request')
  try {
    const text = DECODER.decode(bytes)
    const json: unknown = JSON.parse(text)
    return hasDuplicateFields(text) ? failed('invalid-request') : { ok: true, json }
  } catch {
    return failed('invalid-request')
  }
}

/** Strings, each with the colon that makes it a field's name; and where objects begin and end. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}]/g

/**
 * JSON.parse keeps the last of two fields with one name. A proxy before this handler may have read the first.
 *
 * @param text valid JSON
 */
function hasDuplicateFields(text: string): boolean {
  const open: Set<string>[] = []
  for (const token of text.match(TOKENS) ?? []) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (token.endsWith(':')) {
      const fields = open.at(-1)
      const name = fieldName(token)
      if (fields?.has(name)) return true
      fields?.add(name)
    }
  }
  return false
}

/** One name has many spellings: `"code"`, `"\u0063ode"`. */
function fieldName(token: string): string {
  const quoted = token.slice(0, token.lastIndexOf('"') + 1)
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
}
