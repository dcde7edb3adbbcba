import { readFileSync } from 'node:fs'
import { argv, cwd, exit, stderr, stdin, stdout } from 'node:process'
import { runCli } from './main.ts'
import { createOutput } from './output.ts'

export { runCli } from './main.ts'

/** The program `countersign`, in the process's own folder and terminal. */
export async function runProcess(): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const isTerminal = stderr.isTTY === true
  const exitCode = await runCli(argv.slice(2), {
    folder: cwd(),
    version: String(version),
    output: createOutput(stdout, stderr, isTerminal),
    isInteractive: stdin.isTTY === true && stdout.isTTY === true,
  })
  // Whatever the config left open must not keep the process; what was written must be out first.
  stdout.write('', () => stderr.write('', () => exit(exitCode)))
}
