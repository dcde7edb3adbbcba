import type { Writable } from 'node:stream'

/** Where a command writes. */
export interface Output {
  /** Prints the answer, for people or for a pipe. */
  print(text: string): void
  /** Other messages, to stderr. */
  say(text: string): void
  /** The answer for `--json`: one line. */
  json(value: unknown): void
  /** A line that the next one replaces; only on a terminal. */
  progress(text: string): void
}

/** A command failed. The message says what to do. */
export class CliError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}

export function createOutput(stdout: Writable, stderr: Writable, isTerminal: boolean): Output {
  let hasProgress = false

  function say(text: string): void {
    stderr.write(hasProgress ? `\r\u001b[K${text}\n` : `${text}\n`)
    hasProgress = false
  }

  return {
    say,
    print(text) {
      if (hasProgress) stderr.write('\r\u001b[K')
      hasProgress = false
      stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    },
    json(value) {
      stdout.write(`${JSON.stringify(value)}\n`)
    },
    progress(text) {
      if (!isTerminal) return
      stderr.write(`\r\u001b[K${text}`)
      hasProgress = true
    },
  }
}

const PROGRESS_EVERY_MS = 2000

/** The same, with progress as separate lines, every two seconds: for logs. */
export function withProgressLines(output: Output): Output {
  let lastMs = performance.now()
  return {
    ...output,
    progress(text) {
      const nowMs = performance.now()
      if (nowMs - lastMs < PROGRESS_EVERY_MS) return
      lastMs = nowMs
      output.say(text)
    },
  }
}

/** Such as "1 user" and "2 users". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A counter with its rate, such as "1200 users, 3400 per second". */
export function rateOf(count: number, startMs: number): string {
  const seconds = Math.max((performance.now() - startMs) / 1000, 0.001)
  return `${counted(count, 'user')}, ${Math.round(count / seconds)} per second`
}
