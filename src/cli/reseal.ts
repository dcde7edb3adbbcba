import { setImmediate } from 'node:timers/promises'
import { CountersignError, type KeyRing, keyRing } from '../index.ts'
import { type CliConfig, keysOf } from './config.ts'
import { readState, removeState, writeState } from './journal.ts'
import { CliError, counted, type Output, rateOf } from './output.ts'

/** The state of a run; saved after each page. */
interface Walk {
  /** The ring's first key when it began: with another one it starts over. */
  key: string
  cursor: string | null
  users: number
  resealed: number
  failed: number
}

export interface ResealResult extends Omit<Walk, 'cursor'> {
  /** False: every pass found records under another key, because an instance still seals under it. */
  isDone: boolean
  /** Keys that no record needs. */
  unusedKeys: readonly string[]
}

const PAGE = 100
const AT_ONCE = 8
/**
 * Records can be written under the old key during a pass. If this many passes are not enough, an instance still seals
 * with it.
 */
const MOST_PASSES = 4

export async function resealAll(
  config: CliConfig,
  stateFile: string,
  restart: boolean,
  output: Output,
  stopped: AbortSignal,
): Promise<ResealResult> {
  const ring = keyRing(keysOf(config))
  const totals = { users: 0, resealed: 0, failed: 0 }
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    const walk = await onePass(config, ring, stateFile, restart && pass === 1, output, stopped)
    totals.users = Math.max(totals.users, walk.users)
    totals.resealed += walk.resealed
    totals.failed = walk.failed
    if (stopped.aborted) break
    // A killed run's last page is not in its counts, so a resumed pass proves nothing.
    if (walk.resealed === 0 && !walk.hasResumed) {
      return { key: ring.first, ...totals, isDone: true, unusedKeys: walk.failed === 0 ? ring.ids.slice(1) : [] }
    }
    output.say(`${counted(walk.resealed, 'record')} moved to the key ${ring.first}. Checking again.`)
  }
  return { key: ring.first, ...totals, isDone: false, unusedKeys: [] }
}

async function onePass(
  config: CliConfig,
  ring: KeyRing,
  stateFile: string,
  restart: boolean,
  output: Output,
  stopped: AbortSignal,
): Promise<Walk & { hasResumed: boolean }> {
  const { store } = config
  if (store.userIds === undefined) {
    throw new CliError('This store has no userIds, so it cannot list its users. Call admin.reseal for each user.')
  }
  const found = restart ? null : readWalk(readState(stateFile), ring.first)
  if (found !== null) output.say(`Resuming after ${counted(found.users, 'user')}.`)
  const walk: Walk = found ?? { key: ring.first, cursor: null, users: 0, resealed: 0, failed: 0 }
  const startMs = performance.now()
  const before = walk.users
  do {
    const page = await store.userIds(walk.cursor === null ? { limit: PAGE } : { limit: PAGE, cursor: walk.cursor })
    await resealPage(config, page.userIds, walk, output)
    walk.cursor = page.cursor
    // After the page, so that a killed run repeats its last page and misses nobody.
    if (walk.cursor !== null) writeState(stateFile, walk)
    output.progress(rateOf(walk.users - before, startMs))
    // With a store that never waits, no signal would get through.
    await setImmediate()
  } while (walk.cursor !== null && !stopped.aborted)
  if (walk.cursor === null) removeState(stateFile)
  return { ...walk, hasResumed: found !== null }
}

async function resealPage({ twoFactor }: CliConfig, userIds: readonly string[], walk: Walk, output: Output) {
  const queue = [...userIds]
  async function worker(): Promise<void> {
    for (let userId = queue.shift(); userId !== undefined; userId = queue.shift()) {
      walk.users += 1
      try {
        const result = await twoFactor.admin.reseal(userId)
        if (result.ok && result.resealed) walk.resealed += 1
      } catch (error) {
        if (!(error instanceof CountersignError) || !['key_unknown', 'record_invalid'].includes(error.code)) throw error
        walk.failed += 1
        output.say(`${userId}: ${error.code}. ${error.message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

function readWalk(state: object | null, key: string): Walk | null {
  if (state === null || Reflect.get(state, 'key') !== key) return null
  const [cursor, users, resealed, failed] = ['cursor', 'users', 'resealed', 'failed'].map((name): unknown =>
    Reflect.get(state, name),
  )
  if (typeof cursor !== 'string' || typeof users !== 'number' || typeof resealed !== 'number') return null
  return { key, cursor, users, resealed, failed: typeof failed === 'number' ? failed : 0 }
}
