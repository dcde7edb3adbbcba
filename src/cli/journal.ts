import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'

/** The ids of users who are done, a line each. What was added survives the end of this process. */
export interface Journal {
  has(userId: string): boolean
  add(userId: string): void
  size(): number
  close(): void
}

/** A file of lines; one that was cut off in the middle of a line goes on behind it. */
export function openJournal(path: string): Journal {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const done = new Set(text.split('\n').flatMap(readLine))
  const file = openSync(path, 'a', 0o600)
  if (text !== '' && !text.endsWith('\n')) writeSync(file, '\n')
  return {
    has: (userId) => done.has(userId),
    add(userId) {
      writeSync(file, `${JSON.stringify(userId)}\n`)
      done.add(userId)
    },
    size: () => done.size,
    close() {
      fsyncSync(file)
      closeSync(file)
    },
  }
}

/** A line that is not whole is none: its user is looked at again. */
function readLine(line: string): string[] {
  try {
    const userId: unknown = JSON.parse(line)
    return typeof userId === 'string' ? [userId] : []
  } catch {
    return []
  }
}

/** One JSON value that is replaced as a whole. */
export function writeState(path: string, state: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

export function readState(path: string): object | null {
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
