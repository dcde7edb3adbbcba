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
import { type createWorld, PASSWORD } from '../world.ts'
import { everyInterleaving } from './interleaving.ts'

/*
 * Two operations at once, in every order of their store calls: each time they must come to what one after the other comes to.
 */

type Tag = 'by password' | 'ends proofs'
/** An operation of the matrix: what it is called, and how it is done on any backend over the same data. */
export type Operation = [name: string, act: (twoFactor: TwoFactor) => Promise<unknown>, ...tags: Tag[]]

export interface Scene {
  operations: Operation[]
  /** A store in the scene's first state. */
  start(): Promise<UserStore>
  /** A backend over that store. */
  over(store: UserStore, events: TwoFactorEvent[]): TwoFactor
}

export async function expectSerial(scene: Scene, first: Operation, second: Operation): Promise<void> {
  const outcome = async (results: readonly unknown[], store: UserStore, events: readonly TwoFactorEvent[]) => {
    const record = (await store.load('ann'))?.record ?? null
    return JSON.stringify(plain({ results, record, events: events.map(({ type }) => type).sort() }), null, 1)
  }
  const serial = async (order: readonly Operation[]) => {
    const store = await scene.start()
    const events: TwoFactorEvent[] = []
    const results = new Map<Operation, unknown>()
    for (const operation of order) results.set(operation, await operation[1](scene.over(store, events)))
    return outcome([results.get(one), results.get(two)], store, events)
  }
  const [one, two]: [Operation, Operation] = [[...first], [...second]]
  const allowed = [await serial([one, two]), await serial([two, one])]

  // A password that was right is withheld where the password, or all there was, has changed meanwhile: whether it
  // would be right still, nobody has looked. The operation has then done nothing.
  const withheld = { ok: false, reason: 'proof-required', retryAfterSeconds: null }
  for (const [late, other] of [
    [one, two],
    [two, one],
  ] as const) {
    if (!late.includes('by password') || !other.includes('ends proofs')) continue
    const store = await scene.start()
    const events: TwoFactorEvent[] = []
    const result = await other[1](scene.over(store, events))
    allowed.push(await outcome(late === one ? [withheld, result] : [result, withheld], store, events))
  }

  let events: TwoFactorEvent[] = []
  await everyInterleaving(
    () => {
      events = []
      return scene.start()
    },
    [one, two].map(
      ([, act]) =>
        (store: UserStore) =>
          act(scene.over(store, events)),
    ),
    async (results, store, order) => {
      const got = await outcome(results, store, events)
      if (!allowed.includes(got)) expect(got, `order of store calls: ${order}`).toBe(allowed[0])
    },
  )
}

export async function sceneOf(
  world: ReturnType<typeof createWorld>,
  operations: Operation[],
  more: Partial<TwoFactorOptions> = {},
): Promise<Scene> {
  const stored = await world.store.load('ann')
  return {
    operations,
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
    over: (store, events) =>
      createTwoFactor({
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

export function pairs(operations: readonly Operation[]): { name: string; first: Operation; second: Operation }[] {
  return operations.flatMap((first, index) =>
    operations.slice(index).map((second) => ({ name: `${first[0]} / ${second[0]}`, first, second })),
  )
}

/** Words of the engine's own, which stay; every other text may be random, and is not compared. */
const WORD =
  /^(ok|totp|recovery-code|sealed|imported|open|throttled|locked|ann|Tablet|Pad|Watch|Phone|SHA1|code|setup|[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*|wrong-\w+|already-registered|passkey|public-key|internal|acme\.example|code-used|challenge-\w+|not-\w+|setup-\w+|limit-reached|last-authenticator|proof-required|two-factor-required|trusted-device|)$/

function plain(value: unknown): unknown {
  if (typeof value === 'string') return WORD.test(value) ? value : '*'
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]))
}
