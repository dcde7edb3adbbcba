import { writeSync } from 'node:fs'
import type { Backend } from '../exactly-once/backend.ts'
import { type Load, signInMany } from './sign-ins.ts'

/** What the process is given as its argument, as JSON. */
export interface Job extends Load {
  target: string
}

/**
 * A process that signs in until it is killed. It tells each step by a write that has reached the pipe when it returns:
 * what it told before the kill is heard.
 */
export async function signInUntilKilled(openStore: Backend['openStore']): Promise<void> {
  const job: Job = JSON.parse(String(process.argv[2]))
  const { store } = await openStore(job.target)
  await signInMany(
    store,
    job,
    (user, code, what) => writeSync(1, `${user} ${code} ${what}\n`),
    () => false,
  )
}
