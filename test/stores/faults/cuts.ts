import { createTwoFactor, generateKey } from 'countersign'
import { enroll } from 'countersign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenStore, openBackend } from '../exactly-once/backend.ts'
import { type CutAt, type CutBy, startProxy, type TcpProxy } from './proxy.ts'

/** What a sign-in comes to whose connection is cut: the fault is passed on, or the driver sends again what is safe to. */
type CutOutcome = 'threw' | 'ok'

export interface CutsOptions {
  /** A module that exports `openStore(target)`. */
  module: URL
  /** The port of the server; asked when it runs. */
  port: () => number
  /** What the module is given to reach the server through that port. */
  target: (port: number) => string
  outcome: CutOutcome
  /** How long the client refuses calls before it has connected again; by default the very next call succeeds. */
  recoveryMs?: number
}

/** Each kind of code, cut in both places and in both ways: not all eight, since NATS waits five seconds for an answer. */
const CUTS: readonly (readonly [method: 'recovery-code' | 'totp', at: CutAt, by: CutBy])[] = [
  ['recovery-code', 'request', 'close'],
  ['recovery-code', 'answer', 'reset'],
  ['totp', 'request', 'reset'],
  ['totp', 'answer', 'close'],
]

/** Declares, inside of a `describe`, what comes of a sign-in whose connection is cut. */
export function connectionCuts({ module, port, target, outcome, recoveryMs = 0 }: CutsOptions): void {
  const keys = generateKey()
  let nowMs = Date.UTC(2026, 0, 1)
  let proxy: TcpProxy
  let cut: OpenStore
  let direct: OpenStore

  beforeAll(async () => {
    proxy = await startProxy(port())
    cut = await openBackend(module.href, target(proxy.port))
    direct = await openBackend(module.href, target(port()))
  })
  afterAll(async () => {
    await cut?.close()
    await direct?.close()
    await proxy?.stop()
  })

  const over = ({ store }: OpenStore) =>
    createTwoFactor({ issuer: 'Acme', store, keys, now: () => nowMs, verifyPassword: () => true })

  test.each(CUTS)(
    'a sign-in by %s, cut at its %s by a %s',
    async (method, at, by) => {
      nowMs += 60_000
      const userId = crypto.randomUUID()
      const { phone, recoveryCodes } = await enroll(over(cut), userId)
      const code = method === 'totp' ? phone.code(nowMs) : String(recoveryCodes[0])
      const [isCut, first] = [proxy.cutOnce(await onlyInSaves(direct, userId), at, by), signIn(cut, userId, code)]
      await isCut
      const outcomes = [await first]
      outcomes.push(await recovered(() => signIn(cut, userId, code), recoveryMs), await signIn(cut, userId, code))

      const isGoodStill = at === 'request' && outcome === 'threw'
      expect(outcomes).toEqual([outcome, isGoodStill ? 'ok' : 'code-used', 'code-used'])
      expect(await signIn(direct, userId, code)).toBe('code-used')
      const left = method === 'totp' ? 10 : 9
      expect((await over(direct).status(userId)).recoveryCodes).toMatchObject({ left })
      expect(await signIn(cut, userId, String(recoveryCodes[1]))).toBe('ok')
    },
    30_000,
  )

  /** `ok`, the reason of a refusal, or `threw`. */
  async function signIn(opened: OpenStore, userId: string, code: string): Promise<string> {
    return over(opened)
      .verify(userId, { code })
      .then(
        (result) => (result.ok ? 'ok' : result.reason),
        () => 'threw',
      )
  }
}

/** Text of the record: a load sends the user id alone. */
async function onlyInSaves({ store }: OpenStore, userId: string): Promise<string> {
  const stored = await store.load(userId)
  const { enrollment } = (stored?.record ?? {}) as { enrollment?: unknown }
  if (typeof enrollment === 'string') return enrollment
  throw new Error('The user is not enrolled.')
}

async function recovered(ask: () => Promise<string>, patienceMs: number): Promise<string> {
  const endMs = performance.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer !== 'threw' || performance.now() > endMs) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
