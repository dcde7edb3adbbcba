import { generateKey } from 'countersign'
import { afterAll, beforeAll, test } from 'vitest'
import { type OpenStore, openBackend } from '../exactly-once/backend.ts'
import { enrolMany, openLedger, type Settled } from './ledger.ts'
import { SEED, seededRandom } from './seeded-random.ts'
import type { CrashingServer } from './servers.ts'
import { signInMany } from './sign-ins.ts'

export interface RestartsOptions {
  /** For the line that tells the numbers. */
  name: string
  /** A module that exports `openStore(target)`. */
  module: URL
  /** What it is given; asked when the server runs. */
  target: () => string
  server: () => CrashingServer
}

const RESTARTS = 2
const USERS = 4
/** From the first sign-in that was told on. */
const LONGEST_LIFE_MS = 200
const PATIENCE_MS = 30_000

/** Declares, inside of a `describe`, that what was told holds, and the same store goes on, where the server crashes. */
export function restarts({ name, module, target, server }: RestartsOptions): void {
  const keys = generateKey()
  const random = seededRandom(SEED)
  let opened: OpenStore

  beforeAll(async () => {
    opened = await openBackend(module.href, target())
  })
  afterAll(() => opened?.close())

  test(
    `the server is killed and started again ${RESTARTS} times under load`,
    async () => {
      for (let restart = 1; restart <= RESTARTS; restart += 1) {
        const { settled, threw, backMs } = await crashOnce(random() * LONGEST_LIFE_MS)
        process.stdout.write(
          `${name}, restart ${restart}, COUNTERSIGN_SEED=${SEED}: ${settled.told} sign-ins were told, ${threw} threw, ${settled.unclear} codes were unclear, ${settled.unclearSpent} of these are spent; all users signed in ${(backMs / 1000).toFixed(1)} s after the start.\n`,
        )
      }
    },
    60_000 * RESTARTS,
  )

  async function crashOnce(lifeMs: number): Promise<{ settled: Settled; threw: number; backMs: number }> {
    const load = await enrolMany(opened.store, keys, USERS)
    const ledger = openLedger(load)
    let [isOver, threw] = [false, 0]
    const signIns = signInMany(
      opened.store,
      load,
      (user, code, what) => {
        if (what === 'threw') threw += 1
        ledger.tell(user, code, what)
      },
      () => isOver,
    )
    const toldBy = () => load.users.map((_user, index) => ledger.told(index))
    try {
      await Promise.race([signIns, untilTrue(() => toldBy().some((told) => told > 0))])
      await pause(lifeMs)
      await server().kill()
      await server().startAgain()
      // Not before: processes of a PostgreSQL that was killed still answer for a moment.
      const before = toldBy()
      const startedMs = performance.now()
      await Promise.race([signIns, untilTrue(() => toldBy().every((told, user) => told > Number(before[user])))])
      const backMs = performance.now() - startedMs
      isOver = true
      await signIns
      return { settled: await ledger.settle(opened.store), threw, backMs }
    } finally {
      isOver = true
    }
  }
}

async function untilTrue(ask: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!ask()) {
    if (performance.now() > endMs) throw new Error(`Not all users could sign in within ${PATIENCE_MS / 1000} seconds.`)
    await pause(10)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
