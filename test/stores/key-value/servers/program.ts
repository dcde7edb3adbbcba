import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server program that runs in a folder of its own. */
export interface Program {
  folder: string
  /** Ends it without a warning, as a crash would, and leaves its folder. */
  kill(): Promise<void>
  /** Runs it again, in the same folder. */
  start(): void
  /** Ends it, and removes its folder. */
  stop(): Promise<void>
}

/**
 * Runs the program until its own standard input says or ends: also where the test process was ended by force. Then
 * nothing is left, neither the program nor its folder, unless it was told to keep that.
 */
const GUARD = 'folder=$1; shift; "$@" & read -r word; kill -9 $!; wait; [ "$word" = keep ] || rm -rf "$folder"'

/** Starts a program; `argumentsIn` gets the path of its folder, which is there and empty. */
export function startProgram(command: string, argumentsIn: (folder: string) => readonly string[]): Program {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-server-'))
  const args = ['-c', GUARD, 'guard', folder, command, ...argumentsIn(folder)]
  const spawnGuard = () => spawn('sh', args, { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] })
  let guard: ReturnType<typeof spawnGuard> | null = spawnGuard()

  async function end(word: string): Promise<void> {
    if (guard === null) return
    const exited = once(guard, 'exit')
    guard.stdin.end(word)
    guard = null
    await exited
  }

  return {
    folder,
    start() {
      guard = spawnGuard()
    },
    kill: () => end('keep\n'),
    async stop() {
      await end('')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Ports of loopback that nobody listens on. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address()
      server.close()
      await once(server, 'close')
      if (typeof address !== 'object' || address === null) throw new Error('A listening server has no port.')
      return address.port
    }),
  )
}

/** Asks again, a few times a second, until the answer is true. */
export async function until(what: string, ask: () => Promise<boolean>, patienceMs = 30_000): Promise<void> {
  const endMs = performance.now() + patienceMs
  let last: unknown
  while (performance.now() < endMs) {
    try {
      if (await ask()) return
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`It took longer than ${patienceMs / 1000} seconds until ${what}.`, { cause: last })
}
