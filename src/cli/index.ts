import { readFileSync } from 'node:fs'
import nodeProcess, { argv, cwd, env, exit, stderr, stdin, stdout } from 'node:process'
import { messageOf } from './finding.ts'
import { runCli } from './main.ts'
import { createOutput } from './output.ts'

export { runCli } from './main.ts'

/** Runs the program `countersign` in the process's folder and terminal. */
export async function runProcess(): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const isTerminal = stderr.isTTY === true && env['TERM'] !== 'dumb'
  // The reader of the output may end first, as `head` does.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  const output = createOutput(stdout, stderr, isTerminal)
  const stop = stopSignal()
  let hasFailed = false
  // Drivers throw so when a connection breaks that nobody is waiting for.
  nodeProcess.on('uncaughtException', (error) => {
    hasFailed = true
    output.say(messageOf(error))
    stop.abort()
  })
  const exitCode = await runCli(argv.slice(2), {
    folder: cwd(),
    version: String(version),
    output,
    isInteractive: stdin.isTTY === true && stdout.isTTY === true,
    stopped: stop.signal,
  })
  // What the config left open must not keep the process alive, but all output must be written first.
  stdout.write('', () => stderr.write('', () => exit(hasFailed ? 1 : exitCode)))
}

/** Aborted by the first Ctrl-C or SIGTERM; the second one ends the process at once. */
function stopSignal(): AbortController {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) nodeProcess.once(signal, () => stop.abort())
  return stop
}
