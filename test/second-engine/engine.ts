import { type ChildProcess, spawn } from 'node:child_process'

/** A browser with one window, driven by WebDriver's words: what the two protocols have in common. */
export interface Engine {
  goTo(url: string): Promise<void>
  back(): Promise<void>
  reload(): Promise<void>
  /** What the function returns in the page. It sees nothing but its arguments; both are JSON. */
  ask<Args extends unknown[], Answer>(
    question: (...args: Args) => Answer | Promise<Answer>,
    ...args: Args
  ): Promise<Answer>
  /** Input sources as in WebDriver's “Perform Actions”. */
  act(sources: object[]): Promise<void>
  /** What the window shows: a PNG in base64. */
  picture(): Promise<string>
  /** The size of the page's viewport in CSS pixels. A window may be wider at least than asked for. */
  resize(width: number, height: number): Promise<void>
  forgetCookies(): Promise<void>
  end(): Promise<void>
}

/** The source of an async function that takes the arguments as JSON and returns JSON. */
export function asJson(question: unknown): string {
  return `async (json) => JSON.stringify((await (${question})(...JSON.parse(json))) ?? null)`
}

/** Starts a program and waits until it says `word`, if any: returns the first group of it, and how to end the program. */
export async function start(
  program: string,
  args: readonly string[],
  word: RegExp | null,
  env: NodeJS.ProcessEnv = {},
): Promise<{ said: string; stop(): Promise<void> }> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const stop = () => ended(child)
  try {
    const said = await new Promise<string>((resolve, reject) => {
      let heard = ''
      if (word === null) resolve('')
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data: Buffer) => {
          heard += data
          const match = word?.exec(heard)
          if (match) resolve(match[1] ?? '')
        })
      }
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`${program} ended: ${heard.slice(-500)}`)))
    })
    return { said, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await exit
  clearTimeout(late)
}
