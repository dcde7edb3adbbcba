import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { generateKey } from 'countersign'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenStore, openBackend } from '../exactly-once/backend.ts'
import { enrolMany, type Ledger, openLedger, type Settled } from './ledger.ts'
import { SEED, seededRandom } from './seeded-random.ts'
import type { CodeName } from './sign-ins.ts'
import type { Job } from './worker.ts'

export interface KillsOptions {
  /** For the line that tells the numbers. */
  name: string
  /** A module that exports `openStore(target)`. */
  module: URL
  /** What it is given; asked when the servers run. */
  target: () => string
  /** Where the drivers are found from: the folder of the test. */
  folder: URL
}

/** What ends a process: a time from its first sign-in on, or a number of writes. */
interface Life {
  ms: number | null
  writes: number | null
}

/** How many processes are killed: 20, or as COUNTERSIGN_KILLS says. */
const KILLS = Number(process.env['COUNTERSIGN_KILLS'] ?? 20)
const USERS = 4
/** From the first sign-in on. */
const LONGEST_LIFE_MS = 500
/** Half of the processes die right after a write, of which there are no more than this. */
const MOST_WRITES = 24
/** Processes beside each other. */
const AT_ONCE = 2

/** Declares, inside of a `describe`, that what a process was told holds, however it ends. */
export function kills({ name, module, target, folder }: KillsOptions): void {
  const keys = generateKey()
  const worker = fileURLToPath(new URL(`node_modules/.countersign/worker-${crypto.randomUUID()}.mjs`, folder))
  let opened: OpenStore

  beforeAll(async () => {
    await bundle(module, worker)
    opened = await openBackend(module.href, target())
  })
  afterAll(async () => {
    await opened?.close()
    rmSync(worker, { force: true })
  })

  test(
    `${KILLS} processes are killed while they sign in: what was told is spent, and what was not tried is good`,
    async () => {
      const random = seededRandom(SEED)
      const lives = Array.from({ length: KILLS }, (_, index): Life => {
        const isAfterWrite = index % 2 === 0
        return {
          ms: isAfterWrite ? null : random() * LONGEST_LIFE_MS,
          writes: isAfterWrite ? 1 + Math.floor(random() * MOST_WRITES) : null,
        }
      })
      const all: Settled[] = []
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let life = lives.pop(); life !== undefined; life = lives.pop()) all.push(await killOne(life))
        }),
      )
      const sum = (key: keyof Settled) => all.reduce((total, settled) => total + settled[key], 0)
      const afterWrite = all.filter(({ unclearSpent }) => unclearSpent > 0).length
      const split = `${afterWrite} after a write that was not told, ${all.length - afterWrite} before it`
      const numbers = `${sum('told')} sign-ins were told, ${sum('unclear')} codes were in flight, ${sum('unclearSpent')} of these are spent`
      process.stdout.write(`${name}, ${all.length} kills, ${split}, COUNTERSIGN_SEED=${SEED}: ${numbers}.\n`)
      expect(all).toHaveLength(KILLS)
      expect(sum('told')).toBeGreaterThan(0)
      // Each that died after its write left a code that is spent and of which nobody was told.
      expect(afterWrite).toBeGreaterThanOrEqual(Math.floor(KILLS / 2))
    },
    60_000 + KILLS * 3_000,
  )

  async function killOne(life: Life): Promise<Settled> {
    const load = await enrolMany(opened.store, keys, USERS)
    const ledger = openLedger(load)
    await runAndKill({ ...load, target: target(), diesAfterWrites: life.writes }, life.ms, ledger)
    return ledger.settle(opened.store)
  }

  async function runAndKill(job: Job, lifeMs: number | null, ledger: Ledger): Promise<void> {
    const child = spawn(process.execPath, [worker, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let isTiming = false
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const [user, code, what] = line.split(' ')
        ledger.tell(Number(user), codeName(code), String(what))
        if (isTiming || lifeMs === null) continue
        isTiming = true
        setTimeout(() => child.kill('SIGKILL'), lifeMs)
      }
    } finally {
      child.kill('SIGKILL')
    }
    expect(await exited).toEqual([null, 'SIGKILL'])
  }
}

function codeName(text = ''): CodeName {
  const [kind, number] = [text.slice(0, 1), Number(text.slice(1))]
  if (kind === 'r' || kind === 't') return `${kind}${number}`
  throw new Error(`The process told of '${text}'.`)
}

/** One file starts four times as fast as the sources do. */
async function bundle(module: URL, outfile: string): Promise<void> {
  const path = (url: URL) => JSON.stringify(fileURLToPath(url))
  await build({
    stdin: {
      contents: `import { openStore } from ${path(module)}
import { signInUntilKilled } from ${path(new URL('worker.ts', import.meta.url))}
await signInUntilKilled(openStore)`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile,
  })
}
