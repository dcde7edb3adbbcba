import { createTwoFactor, generateKey, type TwoFactor } from 'countersign'
import { enroll, type VirtualAuthenticator, virtualPasskey } from 'countersign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Outcome } from '../race.ts'
import { type OpenStore, openBackend } from './backend.ts'
import { RACE_SITE, racePasskeys } from './passkeys.ts'
import { type Racers, startRacers } from './racers.ts'

export interface RaceOptions {
  /** A module that exports `openStore(target)`: see backend.ts. */
  module: URL
  /** What it is given; asked when the servers run. */
  target: () => string
}

const PROCESSES = 4
const SIGN_INS_EACH = 50
const SIGN_INS = PROCESSES * SIGN_INS_EACH
const STEP_MS = 30_000
const PATIENCE_MS = 60_000

/** How often each race is run: 3 times, or as COUNTERSIGN_RACE_ROUNDS says. */
const ROUNDS = Number(process.env['COUNTERSIGN_RACE_ROUNDS'] ?? 3)

/**
 * Declares, inside of a `describe`, that a code is good once, however many processes ask at once:
 *
 *     describe('four processes on PostgreSQL', () => {
 *       exactlyOnce({ module: new URL('./backends/pg.ts', import.meta.url), target: () => url })
 *     })
 */
export function exactlyOnce({ module, target }: RaceOptions): void {
  const keys = generateKey()
  let nowMs = Date.UTC(2026, 0, 1)
  let opened: OpenStore
  let twoFactor: TwoFactor
  let racers: Racers

  beforeAll(async () => {
    opened = await openBackend(module.href, target())
    twoFactor = createTwoFactor({
      issuer: 'Acme',
      store: opened.store,
      keys,
      now: () => nowMs,
      verifyPassword: () => true,
      passkeys: await racePasskeys(),
    })
    racers = await startRacers(PROCESSES, module, target(), keys)
  }, PATIENCE_MS)

  afterAll(async () => {
    await racers?.stop()
    await opened?.close()
  }, PATIENCE_MS)

  raceTest(`of ${SIGN_INS} sign-ins at once with one code of an authenticator, one succeeds`, async (userId) => {
    const { phone } = await enroll(twoFactor, userId)
    const code = phone.code(nowMs)
    const outcomes = await racers.race({ userId, nowMs, codes: times(SIGN_INS, () => code) })
    expect(countOf(outcomes)).toEqual({ ok: 1, 'code-used': SIGN_INS - 1 })
    await expectNoThrottle(userId, phone)
  })

  raceTest(`of ${SIGN_INS} sign-ins at once with one recovery code, one succeeds`, async (userId) => {
    const { phone, recoveryCodes } = await enroll(twoFactor, userId)
    const outcomes = await racers.race({ userId, nowMs, codes: times(SIGN_INS, () => String(recoveryCodes[0])) })
    expect(countOf(outcomes)).toEqual({ ok: 1, 'code-used': SIGN_INS - 1 })
    await expectNoThrottle(userId, phone)
  })

  raceTest(
    `of ${SIGN_INS} sign-ins at once with one answer of a passkey, one succeeds`,
    async (userId) => {
      const { phone } = await enroll(twoFactor, userId)
      const begun = await twoFactor.beginSetup(userId, {
        type: 'passkey',
        accountName: 'ann',
        proof: { password: 'x' },
      })
      if (!begun.ok) throw new Error(begun.reason)
      const passkey = virtualPasskey(RACE_SITE)
      const created = await passkey.create(begun.options)
      expect((await twoFactor.confirmSetup(userId, { token: begun.token, passkey: created })).ok).toBe(true)
      const challenge = await twoFactor.challenge(userId)
      if (challenge.passed) throw new Error('There is no second step.')
      const answer = { token: challenge.token, response: await passkey.get(challenge.passkey) }
      const outcomes = await racers.race({ userId, nowMs, codes: times(SIGN_INS, () => ''), passkey: answer })
      expect(countOf(outcomes)).toEqual({ ok: 1, 'challenge-used': SIGN_INS - 1 })
      await expectNoThrottle(userId, phone)
    },
    1,
  )

  raceTest('8 sign-ins at once with 8 good recovery codes all succeed', async (userId) => {
    const { phone, recoveryCodes } = await enroll(twoFactor, userId)
    const outcomes = await racers.race({ userId, nowMs, codes: recoveryCodes.slice(0, 8) })
    expect(countOf(outcomes)).toEqual({ ok: 8 })
    expect((await twoFactor.status(userId)).recoveryCodes).toMatchObject({ total: 10, left: 2 })
    await expectNoThrottle(userId, phone)
  })

  function raceTest(name: string, run: (userId: string) => Promise<void>, rounds = ROUNDS): void {
    test(
      name,
      async () => {
        for (let round = 0; round < rounds; round += 1) {
          nowMs += 2 * STEP_MS
          await run(crypto.randomUUID())
        }
      },
      PATIENCE_MS + rounds * 10_000,
    )
  }

  /** The next code of the phone signs in at once. */
  async function expectNoThrottle(userId: string, phone: VirtualAuthenticator): Promise<void> {
    expect((await twoFactor.status(userId)).throttle).toEqual({
      knownDevices: { state: 'open', untilMs: null },
      strangers: { state: 'open', untilMs: null },
      recoveryCodes: { state: 'open', untilMs: null },
      passwords: { state: 'open', untilMs: null },
    })
    nowMs += STEP_MS
    const challenge = await twoFactor.challenge(userId)
    if (challenge.passed) throw new Error('There is no second step.')
    const result = await twoFactor.completeChallenge(challenge.token, { code: phone.code(nowMs) })
    expect(result).toMatchObject({ ok: true, method: 'totp' })
  }
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function countOf(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
