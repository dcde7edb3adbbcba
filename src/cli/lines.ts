import { open } from 'node:fs/promises'
import { CliError } from './output.ts'

/** A line of a file without its line end. `text` null: it cannot be read, and `fault` says why. */
export interface FileLine {
  number: number
  text: string | null
  fault: string | null
}

/** The longest line that is read. Rows of every system are far shorter. */
export const MAX_LINE_BYTES = 1_048_576
const CHUNK_BYTES = 262_144
export const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const UTF8_MARK = '\ufeff'

/** The size of a file in bytes. A pipe has none, and its rows could not be read twice. */
export async function sizeOfFile(path: string): Promise<number> {
  const file = await opened(path)
  try {
    const stats = await file.stat()
    if (stats.isDirectory()) throw new CliError(`${path} is a directory. Name the file.`, 2)
    if (!stats.isFile()) throw new CliError(`${path} is not a regular file. Write the rows to a file first.`, 2)
    return stats.size
  } finally {
    await file.close()
  }
}

/**
 * The lines of a file, one chunk at a time, so that files of any size need the same memory. Only a line feed ends a
 * line, with or without a carriage return before it: other separators may occur in a name.
 */
export async function* readLines(path: string): AsyncGenerator<FileLine[]> {
  const file = await opened(path)
  const lines = createSplitter()
  try {
    for (let isFirst = true; ; isFirst = false) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES)
      if (bytesRead === 0) break
      const chunk = buffer.subarray(0, bytesRead)
      if (isFirst) refuseUtf16(path, chunk)
      yield lines.add(chunk)
    }
    yield lines.end()
  } finally {
    await file.close()
  }
}

async function opened(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw fileError(path, error)
  }
}

/** The message for a file that cannot be opened or written. */
export function fileError(path: string, error: unknown): CliError {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  const known = typeof code === 'string' ? FILE_FAULTS[code] : undefined
  const message = error instanceof Error ? error.message : String(error)
  return new CliError(`${path}: ${known ?? message}`, typeof code === 'string' && FULL.includes(code) ? 1 : 2)
}

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder.',
  EACCES: 'permission denied. Check who owns the file and its folder.',
  EPERM: 'permission denied. Check who owns the file and its folder.',
  EROFS: 'the disk is read-only.',
  EISDIR: 'that is a directory. Name a file.',
  ENOTDIR: 'a part of the path is not a folder.',
  EEXIST: 'this file already exists. Name a new one.',
  ENOSPC: 'the disk is full. Make room, and run it again.',
  EDQUOT: 'the disk quota is used up. Make room, and run it again.',
  EFBIG: 'the file must not grow any more. Raise the limit (ulimit -f), and run it again.',
}

/** Windows PowerShell writes UTF-16 by default. */
function refuseUtf16(path: string, chunk: Uint8Array): void {
  const [first, second] = chunk
  if (!(first === 0xff && second === 0xfe) && !(first === 0xfe && second === 0xff)) return
  throw new CliError(`${path} is UTF-16. Convert it: iconv -f UTF-16 -t UTF-8 ${path} > rows.utf8`, 2)
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

interface Splitter {
  add(chunk: Uint8Array): FileLine[]
  end(): FileLine[]
}

function createSplitter(): Splitter {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let begun: Uint8Array[] = []
  let begunBytes = 0
  let number = 0

  function hold(part: Uint8Array): void {
    begunBytes += part.length
    // Only the length of an overlong line is kept.
    if (begunBytes > MAX_LINE_BYTES) begun = []
    else if (part.length > 0) begun.push(part)
  }

  function take(): FileLine {
    number += 1
    const isTooLong = begunBytes > MAX_LINE_BYTES
    const [first = new Uint8Array(0)] = begun
    const bytes = begun.length <= 1 ? first : concatBytes(begun)
    begun = []
    begunBytes = 0
    return isTooLong ? { number, text: null, fault: 'is longer than 1 MiB' } : decoded(bytes)
  }

  function decoded(bytes: Uint8Array): FileLine {
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length
    try {
      const text = decoder.decode(bytes.subarray(0, end))
      const isMarked = number === 1 && text.startsWith(UTF8_MARK)
      return { number, text: isMarked ? text.slice(1) : text, fault: null }
    } catch {
      return { number, text: null, fault: 'is not UTF-8' }
    }
  }

  return {
    add(chunk) {
      const lines: FileLine[] = []
      let from = 0
      for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
        hold(chunk.subarray(from, end))
        lines.push(take())
        from = end + 1
      }
      hold(chunk.subarray(from))
      return lines
    },
    end: () => (begunBytes > 0 ? [take()] : []),
  }
}
