import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Asked {
  keys: string
  nowMs: number
  operation:
    | 'challenge'
    | 'completeChallenge'
    | 'verify'
    | 'reseal'
    | 'beginSetup'
    | 'resumeSetup'
    | 'viewRecoveryCodes'
    | 'regenerateRecoveryCodes'
  userId: string
  token: string
  code: string
}

/** An instance of a service: `ask` gives what the operation gave, or the code of the fault. */
export interface Instance {
  ask(asked: Pick<Asked, 'keys' | 'operation'> & Partial<Asked>): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

export async function startInstance(databaseUrl: string, now: () => number): Promise<Instance> {
  const child = fork(fileURLToPath(new URL('instance-process.ts', import.meta.url)), [databaseUrl], {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'test/tsconfig.json', NODE_NO_WARNINGS: '1' },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await answerOf(child)
  return {
    async ask(asked) {
      const answer = answerOf(child)
      child.send({ nowMs: now(), userId: 'ada', token: '', code: '', ...asked })
      const given = await answer
      if (typeof given !== 'object' || given === null) throw new Error('The instance answered with no object.')
      return { ...given }
    },
    async stop() {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const hear = (answer: unknown) => {
      child.off('exit', end)
      resolve(answer)
    }
    const end = (code: number | null) => {
      child.off('message', hear)
      reject(new Error(`The instance ended with ${code}.`))
    }
    child.once('message', hear)
    child.once('exit', end)
  })
}
