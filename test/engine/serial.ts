import {
  createTwoFactor,
  memoryStore,
  type TwoFactor,
  type TwoFactorEvent,
  type TwoFactorOptions,
  type TwoFactorRecord,
  type UserStore,
} from 'countersign'
import { expect } from 'vitest'
import type { UserRecord } from '../../src/engine/record.ts'
import { type createWorld, PASSWORD } from '../world.ts'
import { everyInterleaving } from './interleaving.ts'
import { isOk, type Operation } from './operation.ts'
import { brokenInvariant } from './run-invariants.ts'

/*
 * Operations at once, in every order of their store calls: each time they must come to what one after the other comes to.
 */

/** Something from before that must never succeed after an operation that ends proofs. */
export type Probe = (twoFactor: TwoFactor) => Promise<{ ok: boolean }>

/** A sign-in with something fresh, so much later than the scene; whether it let the user in. */
export type Way = (twoFactor: TwoFactor, laterMs: number) => Promise<boolean>

export interface Scene {
  operations: Operation[]
  probes: Probe[]
  /** One of them works, whatever happened. */
  ways: Way[]
  /** A store in the scene's first state. */
  start(): Promise<UserStore>
  /** A backend over that store. */
  over(store: UserStore, events: TwoFactorEvent[], create?: typeof createTwoFactor): TwoFactor
}

/** A run that came to what must not be. */
export interface Violation {
  operations: string
  /** The order of the store calls: `1 loads, 2 loads, 1 saves, 2 saves`. */
  schedule: string
  what: string
}

const explored = { groups: 0, interleavings: 0 }

/** How many groups of operations were explored in this file so far, and in how many interleavings. */
export function exploredSoFar(): string {
  return `${explored.groups} pairs and triples of operations in ${explored.interleavings} interleavings`
}

export async function expectSerial(scene: Scene, ...operations: Operation[]): Promise<void> {
  const violation = await firstViolation(scene, operations)
  explored.groups += 1
  if (violation !== null) expect(violation.what, `in the order ${violation.schedule}`).toBe('')
}

/**
 * Runs the operations in every order of their store calls, with the engine that `create` makes, and gives the first run that
 * breaks an invariant or comes to what no serial order of the true engine comes to.
 */
export async function firstViolation(
  scene: Scene,
  given: readonly Operation[],
  create: typeof createTwoFactor = createTwoFactor,
): Promise<Violation | null> {
  // The same operation twice is two operations.
  const operations = given.map((operation): Operation => [...operation])
  const allowed = await serialOutcomes(scene, operations)
  const before = await recordIn(await scene.start())
  let events: TwoFactorEvent[] = []
  let found: Violation | null = null
  const works = operations.map(
    ([, act]) =>
      (store: UserStore) =>
        // A fault of a planted mutant is an outcome too.
        act(scene.over(store, events, create)).catch((error: unknown) => String(error)),
  )
  const start = () => {
    events = []
    return scene.start()
  }
  explored.interleavings += await everyInterleaving(start, works, async (results, store, schedule) => {
    const record = await recordIn(store)
    const got = outcomeOf(results, record, events)
    const what =
      brokenInvariant({ operations, results, before, after: record, schedule }) ??
      (allowed.includes(got) ? null : `no serial order gives ${got}, one gives ${allowed[0]}`) ??
      (await openedAfterwards(scene, operations, results, store))
    if (what === null) return
    found = { operations: operations.map(([name]) => name).join(' / '), schedule, what }
    return 'stop'
  })
  return found
}

/** What the operations come to one after the other, in each order. */
async function serialOutcomes(scene: Scene, operations: readonly Operation[]): Promise<string[]> {
  const outcomes = new Set<string>()
  // A password that was right is withheld where the password, or all there was, has changed meanwhile: whether it
  // would be right still, nobody has looked. The operation has then done nothing.
  const withheld = { ok: false, reason: 'proof-required', retryAfterSeconds: null }
  for (const late of subsets(operations.filter((operation) => operation.includes('by password')))) {
    const others = operations.filter((operation) => !late.includes(operation))
    if (late.length > 0 && !others.some((operation) => operation.includes('ends proofs'))) continue
    for (const order of permutations(others)) {
      const store = await scene.start()
      const events: TwoFactorEvent[] = []
      const results = new Map<Operation, unknown>(late.map((operation) => [operation, withheld]))
      for (const operation of order) results.set(operation, await operation[1](scene.over(store, events)))
      const inOrder = operations.map((operation) => results.get(operation))
      outcomes.add(outcomeOf(inOrder, await recordIn(store), events))
    }
  }
  return [...outcomes]
}

/** Whether something from before still opens anything, though all of it was ended. */
async function openedAfterwards(
  scene: Scene,
  operations: readonly Operation[],
  results: readonly unknown[],
  store: UserStore,
): Promise<string | null> {
  const hasEnded = operations.some((operation, index) => operation.includes('ends proofs') && isOk(results[index]))
  if (!hasEnded) return null
  for (const [index, probe] of scene.probes.entries()) {
    if ((await probe(scene.over(store, []))).ok) return `what was begun before still opens something: probe ${index}`
  }
  return null
}

async function recordIn(store: UserStore): Promise<UserRecord | null> {
  return ((await store.load('ann'))?.record ?? null) as UserRecord | null
}

function outcomeOf(results: readonly unknown[], record: UserRecord | null, events: readonly TwoFactorEvent[]): string {
  return JSON.stringify(plain({ results, record, events: events.map(({ type }) => type).sort() }), null, 1)
}

function subsets<Item>(items: readonly Item[]): Item[][] {
  const all: Item[][] = [[]]
  for (const item of items) all.push(...all.map((some) => [...some, item]))
  return all
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

export async function sceneOf(
  world: ReturnType<typeof createWorld>,
  operations: Operation[],
  more: Partial<TwoFactorOptions>,
  { probes, ways }: Pick<Scene, 'probes' | 'ways'>,
): Promise<Scene> {
  const stored = await world.store.load('ann')
  return {
    operations,
    probes,
    ways,
    async start() {
      const store = memoryStore()
      if (stored !== null) {
        await store.save('ann', {
          expected: null,
          version: 'first',
          record: stored.record as TwoFactorRecord,
          enabledAtMs: null,
          events: [],
        })
      }
      return store
    },
    over: (store, events, create = createTwoFactor) =>
      create({
        issuer: 'Acme',
        keys: world.keys,
        now: world.clock.now,
        verifyPassword: async (_userId, password) => password === PASSWORD,
        ...more,
        store,
        onEvent: (event) => {
          events.push(event)
        },
      }),
  }
}

/** The operations of these names. */
export function named({ operations }: Scene, names: readonly string[]): Operation[] {
  return names.map((name) => {
    const found = operations.find(([one]) => one === name)
    if (found === undefined) throw new Error(`The scene has no operation “${name}”.`)
    return found
  })
}

export function pairs(operations: readonly Operation[]): { name: string; first: Operation; second: Operation }[] {
  return operations.flatMap((first, index) =>
    operations.slice(index).map((second) => ({ name: `${first[0]} / ${second[0]}`, first, second })),
  )
}

/** Words of the engine's own, which stay; every other text may be random, and is not compared. */
const WORD =
  /^(ok|totp|recovery-code|sealed|imported|open|throttled|locked|ann|Tablet|Pad|Watch|Phone|SHA1|code|setup|[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*|wrong-\w+|already-registered|passkey|public-key|internal|acme\.example|code-used|challenge-\w+|not-\w+|setup-\w+|limit-reached|last-authenticator|proof-required|two-factor-required|trusted-device|)$/

export function plain(value: unknown): unknown {
  if (typeof value === 'string') return WORD.test(value) ? value : '*'
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]))
}
