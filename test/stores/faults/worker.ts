import { writeSync } from 'node:fs'
import type { UserStore } from 'countersign'
import type { Backend } from '../exactly-once/backend.ts'
import { type Load, signInMany } from './sign-ins.ts'

/** What the process is given as its argument, as JSON. */
export interface Job extends Load {
  target: string
  /** It dies right after so many writes, before anybody is told of the last one; null: when it is killed. */
  diesAfterWrites: number | null
}

/**
 * A process that signs in until it is killed. It tells each step by a write that has reached the pipe when it returns:
 * what it told before the kill is heard.
 */
export async function signInUntilKilled(openStore: Backend['openStore']): Promise<void> {
  const job: Job = JSON.parse(String(process.argv[2]))
  const { store } = await openStore(job.target)
  await signInMany(
    dyingAfter(job.diesAfterWrites, store),
    job,
    (user, code, what) => writeSync(1, `${user} ${code} ${what}\n`),
    () => false,
  )
}

function dyingAfter(most: number | null, store: UserStore): UserStore {
  let writes = 0
  return {
    load: (userId) => store.load(userId),
    async save(userId, change) {
      const wrote = await store.save(userId, change)
      if (wrote) writes += 1
      if (writes === most) {
        process.kill(process.pid, 'SIGKILL')
        // The signal may take a moment, in which nothing more must be told.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      }
      return wrote
    },
  }
}
