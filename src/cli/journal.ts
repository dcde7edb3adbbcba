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
  writeSync,
} from 'node:fs'
import { kill, pid } from 'node:process'
import { fileError, LINE_FEED, readLines } from './lines.ts'
import { CliError } from './output.ts'

/**
 * What import has done, a line for each step: `{"begin":"42"}` before the write of a user, `"42"` after it, and
 * `{"cancel":"42"}` if nothing was written. What was added survives the end of this process.
 */
export interface Journal {
  begin(userId: string): void
  cancel(userId: string): void
  add(userId: string): void
  /** Forgets everything: for `--restart`. */
  clear(): void
  close(): void
}

export interface JournalEntries {
  done: ReadonlySet<string>
  begun: ReadonlySet<string>
}

/**
 * A file of lines; one that was cut off in the middle of a line goes on behind it. One process at a time.
 *
 * @throws CliError if another process has it, or it cannot be written
 */
export function openJournal(path: string): Journal {
  const unlock = lock(`${path}.lock`)
  let file: number
  try {
    file = openSync(path, 'a+', 0o600)
    if (!endsLine(file)) writeSync(file, '\n')
  } catch (error) {
    unlock()
    throw fileError(path, error)
  }
  const write = (step: unknown) => writeSync(file, `${JSON.stringify(step)}\n`)
  return {
    begin: (userId) => write({ begin: userId }),
    cancel: (userId) => write({ cancel: userId }),
    add: write,
    clear: () => ftruncateSync(file),
    close() {
      fsyncSync(file)
      closeSync(file)
      unlock()
    },
  }
}

function endsLine(file: number): boolean {
  const { size } = fstatSync(file)
  const last = new Uint8Array(1)
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === LINE_FEED)
}

/**
 * What a list holds of some users: who is done, and whose write was begun and not finished.
 *
 * @throws CliError if it has lines of something else
 */
export async function readJournal(path: string, isWanted: (userId: string) => boolean): Promise<JournalEntries> {
  const done = new Set<string>()
  const begun = new Set<string>()
  if (!existsSync(path)) return { done, begun }
  for await (const lines of readLines(path)) {
    for (const { number, text } of lines) {
      const step = parsed(text)
      if (typeof step === 'string') {
        if (isWanted(step)) done.add(step)
        continue
      }
      if (step === null) continue
      const { begin, cancel } = step
      if (typeof begin === 'string' && isWanted(begin)) begun.add(begin)
      else if (typeof cancel === 'string') begun.delete(cancel)
      else if (typeof begin !== 'string') {
        throw new CliError(`${path}: line ${number} was not written by import. Pass the right --journal.`, 2)
      }
    }
  }
  for (const userId of done) begun.delete(userId)
  return { done, begun }
}

/** A line that is not whole is none: its user is looked at again. */
function parsed(text: string | null): string | { begin?: unknown; cancel?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (typeof value === 'string') return value
    return typeof value === 'object' ? value : {}
  } catch {
    return null
  }
}

/** Two runs of one file would both write a user whom only one of them knows to be done. */
function lock(path: string): () => void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(path, String(pid), { flag: 'wx', mode: 0o600 })
      return () => rmSync(path, { force: true })
    } catch (error) {
      const isTaken = error instanceof Error && Reflect.get(error, 'code') === 'EEXIST'
      if (!isTaken) throw fileError(path, error)
      const owner = Number(readFileSync(path, 'utf8'))
      if (attempt > 0 || (owner !== pid && isAlive(owner))) {
        throw new CliError(
          `Another import is under way with this list, as process ${owner}. If there is no such import, delete ${path}.`,
        )
      }
      rmSync(path, { force: true })
    }
  }
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId < 1) return false
  try {
    return kill(processId, 0)
  } catch (error) {
    // It is another user's.
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM'
  }
}

/** One JSON value that is replaced as a whole. */
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
