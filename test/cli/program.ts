import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../../', import.meta.url)

/** The address of a module of the build, or of a package's, for a config in a folder elsewhere. */
export const built = (path: string): string => new URL(`dist/${path}`, root).href

export interface Ended {
  stdout: string
  stderr: string
  exitCode: number | null
}

/** A folder of its own, in which `npx countersign` runs as a process. */
export interface Project {
  folder: string
  write(name: string, text: string): string
  /** `under`: the program and arguments that start it, such as those of a shell. */
  run(args: readonly string[], env?: Record<string, string>, under?: readonly string[]): Promise<Ended>
  /** The same, killed (SIGKILL) as soon as `when` is true; exitCode null if that came before its end. */
  runAndKill(args: readonly string[], when: () => boolean, env?: Record<string, string>): Promise<Ended>
  remove(): void
}

export function openProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'))

  function run(
    args: readonly string[],
    env: Record<string, string>,
    killWhen: (() => boolean) | null,
    under: readonly string[] = [],
  ): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const bin = new URL('bin/countersign.mjs', root).pathname
      const { COUNTERSIGN_KEYS: _, ...others } = process.env
      const [program = '', ...rest] = [...under, process.execPath, bin, ...args]
      const child = spawn(program, rest, { cwd: folder, env: { ...others, ...env } })
      const out = { stdout: '', stderr: '' }
      child.stdout.setEncoding('utf8').on('data', (text) => {
        out.stdout += text
      })
      child.stderr.setEncoding('utf8').on('data', (text) => {
        out.stderr += text
      })
      child.once('error', reject)
      const timer = killWhen === null ? undefined : setInterval(() => killWhen() && child.kill('SIGKILL'), 1)
      child.once('close', (exitCode) => {
        clearInterval(timer)
        resolve({ ...out, exitCode })
      })
    })
  }

  return {
    folder,
    write(name, text) {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    },
    run: (args, env = {}, under = []) => run(args, env, null, under),
    runAndKill: (args, when, env = {}) => run(args, env, when),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
