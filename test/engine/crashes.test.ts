import { createTwoFactor, type StoreChange, type UserStore } from 'countersign'
import { afterAll, describe, expect, test } from 'vitest'
import { passkeyScene } from '../passkeys/scenes.ts'
import { isOk, type Operation } from './operation.ts'
import { enrolledScene, importedScene, newScene } from './scenes.ts'
import { plain, type Scene } from './serial.ts'

/*
 * The process dies before or after each call of the store, or the call's answer is lost. Nobody is told of a success that is
 * not stored, nothing is used twice when the person tries again, and everybody gets in with a fresh code.
 */

type End = 'dies before' | 'dies after' | 'loses the answer of'
const ENDS: End[] = ['dies before', 'dies after', 'loses the answer of']

const scenes: [string, Scene][] = [
  ['enrolled', await enrolledScene()],
  ['with imported hashes', await importedScene()],
  ['with passkeys', await passkeyScene()],
  ['before it is on', await newScene()],
]

let crashes = 0
afterAll(() => console.log(`Crashes: ${crashes}, each call of each operation in ${ENDS.length} ways.`))

describe.each(scenes)('an operation that is interrupted, %s', (_name, scene) => {
  test.each(scene.operations.map(([name, ...rest]) => ({ name, operation: [name, ...rest] satisfies Operation })))(
    '$name',
    async ({ operation }) => {
      const whole = await uninterrupted(scene, operation)
      for (let call = 1; call <= whole.calls; call += 1) {
        for (const end of ENDS) {
          crashes += 1
          const store = await scene.start()
          const first = await interrupted(scene, operation, store, call, end)
          const what = `${end} call ${call}`
          expect(first.isOk, `${what}: a success was told`).toBe(false)
          const stored = JSON.stringify(plain(await recordIn(store)))
          expect(whole.states, `${what}: what is stored is between two states`).toContain(stored)
          const again = await operation[1](scene.over(store, []))
          expectOnce(operation, whole, first.wrote, isOk(again), what)
          await expectIn(scene, store, what)
        }
      }
    },
  )
})

interface Whole {
  calls: number
  /** The record at first and after each save. */
  states: string[]
  isOk: boolean
}

async function uninterrupted(scene: Scene, [, act]: Operation): Promise<Whole> {
  const store = await scene.start()
  const state = async () => JSON.stringify(plain(await recordIn(store)))
  const states = [await state()]
  let calls = 0
  const watched: UserStore = {
    load(userId) {
      calls += 1
      return store.load(userId)
    },
    async save(userId, change) {
      calls += 1
      const wrote = await store.save(userId, change)
      states.push(await state())
      return wrote
    },
  }
  return { isOk: isOk(await act(scene.over(watched, []))), calls, states }
}

/** A process that is no more never answers. */
const NEVER = new Promise<never>(() => {})

async function interrupted(scene: Scene, [, act]: Operation, store: UserStore, last: number, end: End) {
  let calls = 0
  let wrote = false
  let died = () => {}
  const death = new Promise<'dead'>((resolve) => {
    died = () => resolve('dead')
  })
  const step = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    calls += 1
    if (calls < last) return call()
    if (calls === last && end !== 'dies before') await call()
    if (calls === last && end === 'loses the answer of') throw new Error('The connection was lost.')
    died()
    return NEVER
  }
  const save = async (userId: string, change: StoreChange) => {
    const isWritten = await store.save(userId, change)
    wrote = isWritten
    return isWritten
  }
  const failing: UserStore = {
    load: (userId) => step(() => store.load(userId)),
    save: (userId, change) => step(() => save(userId, change)),
  }
  const result = await Promise.race([death, act(scene.over(failing, [])).catch(() => 'failed')])
  return { isOk: isOk(result), wrote }
}

/** Tried again with the same code: good if nothing was written, and used if it was. */
function expectOnce(operation: Operation, whole: Whole, wrote: boolean, isOkAgain: boolean, what: string): void {
  if (!operation.some((tag) => typeof tag === 'string' && tag.startsWith('spends '))) return
  const isSpent = wrote && whole.states.length === 2
  if (whole.isOk) expect(isOkAgain, `${what}: tried again`).toBe(!isSpent)
}

/** A later sign-in with something fresh. */
async function expectIn(scene: Scene, store: UserStore, what: string): Promise<void> {
  for (const [index, way] of scene.ways.entries()) {
    // A minute later for each, so that no wait of the throttle stands in the way.
    const laterMs = (index + 2) * 60_000
    const later = scene.over(store, [], (options) =>
      createTwoFactor({ ...options, now: () => (options.now?.() ?? 0) + laterMs }),
    )
    if (await way(later, laterMs)) return
  }
  expect.unreachable(`${what}: nobody gets in any more`)
}

async function recordIn(store: UserStore): Promise<unknown> {
  return (await store.load('ann'))?.record ?? null
}
