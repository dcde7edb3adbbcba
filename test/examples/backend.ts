import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The folder of an example that is found to import `countersign` from src, or from the package as packed. */
export function exampleFolder(name: string): { folder: string; isPacked: boolean } {
  const packed = process.env['COUNTERSIGN_PACKED']
  const source = join(ROOT, 'examples', name)
  if (packed === undefined) return { folder: source, isPacked: false }
  const folder = join(packed, 'examples', name)
  if (!existsSync(folder)) cpSync(source, folder, { recursive: true })
  return { folder, isPacked: true }
}

/** A backend in a process of its own, once it has said where it listens. */
export interface Backend {
  url: string
  stop(): Promise<void>
}

export async function startBackend(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string = ROOT,
): Promise<Backend> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { url: await addressOf(child), stop: () => stop(child) }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (text: Buffer) => {
      said += text.toString()
      const [url] = said.match(/http:\/\/[\w.]+:\d+/) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`The backend ended with ${code}. It said:\n${said}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill()
  await exited
}
