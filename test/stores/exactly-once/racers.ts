import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Outcome, Round } from '../race.ts'
import { ENV } from './backend.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))

/** Processes that sign in at once. */
export interface Racers {
  /** All codes at once, dealt out to the processes in turn; what came of each. */
  race(round: Round): Promise<Outcome[]>
  stop(): Promise<void>
}

/** Starts that many processes, each with a store of its own, from the same backend module and target. */
export async function startRacers(count: number, module: URL, target: string, keys: string): Promise<Racers> {
  const racers = Array.from({ length: count }, () => startRacer(module, target, keys))
  const stop = async () => {
    await Promise.all(racers.map(end))
  }
  try {
    await Promise.all(racers.map((racer) => ask(racer)))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    async race(round) {
      const dealt = racers.map((_, racer) => round.codes.filter((_code, index) => index % count === racer))
      await Promise.all(racers.map((racer, index) => ask(racer, { ...round, codes: dealt[index] ?? [] })))
      const answers = await Promise.all(racers.map((racer) => ask(racer, 'go')))
      return round.codes.map((_code, index) => String(answers[index % count]?.[Math.floor(index / count)]))
    },
    stop,
  }
}

function startRacer(module: URL, target: string, keys: string): ChildProcess {
  return fork(WORKER, [keys], {
    cwd: ROOT,
    env: {
      ...process.env,
      [ENV.module]: module.href,
      [ENV.target]: target,
      TSX_TSCONFIG_PATH: 'test/tsconfig.json',
      NODE_NO_WARNINGS: '1',
    },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** The next message, after this one if any; an error where the process ends before, or has ended. */
function ask(racer: ChildProcess, message?: Round | 'go'): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    if (message !== undefined) racer.send(message, (error) => error && reject(error))
    const hear = (answer: unknown) => {
      racer.off('exit', stopped)
      resolve(Array.isArray(answer) ? answer : [])
    }
    const stopped = (code: number | null) => {
      racer.off('message', hear)
      reject(new Error(`A process of the race ended with ${code}.`))
    }
    racer.once('message', hear)
    racer.once('exit', stopped)
  })
}

async function end(racer: ChildProcess): Promise<void> {
  if (racer.exitCode !== null || racer.signalCode !== null) return
  const exited = once(racer, 'exit')
  racer.kill('SIGKILL')
  await exited
}
