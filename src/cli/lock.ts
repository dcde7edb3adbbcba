import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { kill, pid } from 'node:process'
import { fileError } from './lines.ts'
import { CliError } from './output.ts'

/** The process that holds a lock. The id is new each time, so that no two holders can be confused. */
interface Holder {
  id: string
  pid: number
  host: string
}

/**
 * Creates a file that one process at a time can hold. If that process was killed, the file is replaced under a second
 * lock, named after the dead holder: processes that find it dead at the same time take turns, and only the first still
 * finds that holder.
 *
 * @returns a function that releases it
 * @throws CliError if another process holds it, or it cannot be written
 */
export function lock(path: string, namedPath: string = path): () => void {
  const own: Holder = { id: randomBytes(8).toString('hex'), pid, host: hostname() }
  while (!create(path, own)) {
    const found = readHolder(path)
    if (found === 'gone') continue
    if (found === 'unreadable' || isAlive(found)) throw takenBy(found, namedPath)
    if (replace(path, found, own, namedPath)) break
  }
  return () => {
    const found = readHolder(path)
    if (typeof found === 'object' && found.id === own.id) rmSync(path, { force: true })
  }
}

function create(path: string, own: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // On a full disk the file is created, and stays empty.
    rmSync(path, { force: true })
    throw fileError(path, error)
  }
}

/** False if another process was faster. */
function replace(path: string, dead: Holder, own: Holder, namedPath: string): boolean {
  const unlock = lock(`${path}.${dead.id}`, namedPath)
  const written = `${path}.${own.id}.new`
  try {
    const found = readHolder(path)
    if (typeof found !== 'object' || found.id !== dead.id) return false
    writeFileSync(written, JSON.stringify(own), { mode: 0o600 })
    renameSync(written, path)
    return true
  } catch (error) {
    rmSync(written, { force: true })
    throw fileError(path, error)
  } finally {
    unlock()
  }
}

function readHolder(path: string): Holder | 'gone' | 'unreadable' {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isHolder(found) ? found : 'unreadable'
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'gone' : 'unreadable'
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false
  const [id, owner, host] = ['id', 'pid', 'host'].map((name): unknown => Reflect.get(value, name))
  return typeof id === 'string' && /^[0-9a-f]{16}$/.test(id) && Number.isInteger(owner) && typeof host === 'string'
}

/** A process of another machine or container cannot be seen from here, so it counts as alive. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true
  if (holder.pid === pid || holder.pid < 1) return false
  try {
    return kill(holder.pid, 0)
  } catch (error) {
    // It belongs to another user.
    return codeOf(error) === 'EPERM'
  }
}

function takenBy(holder: Holder | 'unreadable', path: string): CliError {
  const where = holder === 'unreadable' ? '' : `, as process ${holder.pid} on ${holder.host}`
  return new CliError(
    `Another import is using this list${where}. Wait until it ends. If there is no such import, delete ${path}.`,
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : null
}
