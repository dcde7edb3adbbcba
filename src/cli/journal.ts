import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { fileError, LINE_FEED, readLines } from './lines.ts'
import { lock } from './lock.ts'
import { CliError } from './output.ts'

/**
 * What import has done, one line per step: `{"begin":"42"}` before the write of a user, `"42"` after it, and
 * `{"cancel":"42"}` if nothing was written. Added lines survive the end of the process.
 */
export interface Journal {
  begin(userId: string): void
  cancel(userId: string): void
  add(userId: string): void
  /** True if no earlier run has begun. */
  isEmpty(): boolean
  /** Forgets everything: for `--restart`. */
  clear(): void
  close(): void
}

export interface JournalEntries {
  done: ReadonlySet<string>
  begun: ReadonlySet<string>
}

/**
 * A file of lines; after a cut-off line, it continues on a new one. One process at a time.
 *
 * @throws CliError if another process uses it, or it cannot be written
 */
export function openJournal(path: string): Journal {
  // Two runs with one list could both write a user that only one of them knows to be done.
  const unlock = lock(`${path}.lock`)
  let file: number
  try {
    file = openSync(path, 'a+', 0o600)
    if (!endsLine(file)) writeFileSync(file, '\n')
  } catch (error) {
    unlock()
    throw fileError(path, error)
  }
  const append = createAppender(path, file)
  const write = (step: unknown) => append(`${JSON.stringify(step)}\n`)
  return {
    begin: (userId) => write({ begin: userId }),
    cancel: (userId) => write({ cancel: userId }),
    add: write,
    isEmpty: () => fstatSync(file).size === 0,
    clear: () => ftruncateSync(file),
    close() {
      try {
        fsyncSync(file)
      } catch (error) {
        throw fileError(path, error)
      } finally {
        closeSync(file)
        unlock()
      }
    },
  }
}

/**
 * Adds text to the end of an open file. After a failure, which can leave a part of a line, it adds nothing more: the next
 * line would be unreadable, too.
 *
 * @throws CliError if the disk is full, for instance
 */
export function createAppender(path: string, file: number): (text: string) => void {
  let failure: CliError | null = null
  return (text) => {
    if (failure !== null) throw failure
    try {
      writeFileSync(file, text)
    } catch (error) {
      failure = fileError(path, error)
      throw failure
    }
  }
}

function endsLine(file: number): boolean {
  const { size } = fstatSync(file)
  const last = new Uint8Array(1)
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === LINE_FEED)
}

/**
 * What a list says about some users: who is done, and whose write began but did not end.
 *
 * @throws CliError if it contains other lines
 */
export async function readJournal(path: string, isWanted: (userId: string) => boolean): Promise<JournalEntries> {
  const done = new Set<string>()
  const begun = new Set<string>()
  if (!existsSync(path)) return { done, begun }
  for await (const lines of readLines(path)) {
    for (const { number, text } of lines) {
      const step = parsed(text)
      if (step === 'foreign') {
        throw new CliError(`${path}: line ${number} was not written by import. Pass the right --journal.`, 2)
      }
      if (step?.done !== undefined && isWanted(step.done)) done.add(step.done)
      if (step?.begin !== undefined && isWanted(step.begin)) begun.add(step.begin)
      if (step?.cancel !== undefined) begun.delete(step.cancel)
    }
  }
  for (const userId of done) begun.delete(userId)
  return { done, begun }
}

interface Step {
  done?: string
  begin?: string
  cancel?: string
}

/** Null for a cut-off line: its user is processed again. */
function parsed(text: string | null): Step | 'foreign' | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string') return { done: value }
    if (typeof value !== 'object' || value === null) return 'foreign'
    const [begin, cancel] = ['begin', 'cancel'].map((name): unknown => Reflect.get(value, name))
    if (typeof begin === 'string') return { begin }
    return typeof cancel === 'string' ? { cancel } : 'foreign'
  } catch {
    return isCutOff(text) ? null : 'foreign'
  }
}

/** The beginning of a line, as a full disk leaves it; zeros at its end, as a power cut does. */
function isCutOff(line: string): boolean {
  const text = line.replace(/\0+$/, '')
  return ['"', '{"begin":"', '{"cancel":"'].some((start) => {
    if (!text.startsWith(start)) return start.startsWith(text)
    const rest = text.slice(start.length)
    return /^(?:[^"\\]|\\.)*\\?$/.test(rest) || (start !== '"' && /^(?:[^"\\]|\\.)*"$/.test(rest))
  })
}

/** Replaces a JSON value as a whole. */
export function writeState(path: string, state: object): void {
  try {
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch (error) {
    throw fileError(path, error)
  }
}

export function readState(path: string): object | null {
  if (!existsSync(path)) return null
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof state === 'object' ? state : null
  } catch {
    return null
  }
}

export function removeState(path: string): void {
  rmSync(path, { force: true })
}
