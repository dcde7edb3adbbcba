import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTwoFactor, generateKey } from 'countersign'
import { enroll, virtualPasskey } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqliteDrivers, type TestDatabase, temporaryFile } from './databases.ts'
import { RACE_SITE, racePasskeys } from './exactly-once/passkeys.ts'
import type { Outcome, Round } from './race.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROCESSES = 4
const SIGN_INS = 50
const ROUNDS = 5
const STEP_MS = 30_000

for (const { name, open } of await sqliteDrivers()) {
  describe(`four processes on one SQLite file, through ${name}`, () => {
    const file = temporaryFile()
    const keys = generateKey()
    let nowMs = Date.UTC(2026, 0, 1)
    let database: TestDatabase
    let racers: ChildProcess[]
    const twoFactor = () =>
      createTwoFactor({ issuer: 'Acme', store: database.store(), keys, now: () => nowMs, verifyPassword: () => true })

    beforeAll(async () => {
      database = open(file.path)
      await database.migrate({ audit: {} })
      racers = Array.from({ length: PROCESSES }, () => startRacer(name, file.path, keys))
      await Promise.all(racers.map((racer) => ask(racer)))
    }, 120_000)

    afterAll(async () => {
      await Promise.all(racers.map(stop))
      database.close()
      file.remove()
    })

    test(`of ${SIGN_INS} sign-ins at once with one code of an authenticator, one succeeds [CS-TOTP-15]`, async () => {
      const { phone } = await enroll(twoFactor(), 'totp')
      for (let round = 0; round < ROUNDS; round += 1) {
        nowMs += 2 * STEP_MS
        const code = phone.code(nowMs)
        const outcomes = await race({ userId: 'totp', nowMs, codes: times(SIGN_INS, () => code) })
        expect(countOf(outcomes)).toEqual({ ok: 1, 'code-used': SIGN_INS - 1 })
        await expectNoThrottle('totp', phone)
      }
    }, 120_000)

    test(`of ${SIGN_INS} sign-ins at once with one recovery code, one succeeds [CS-CODES-12]`, async () => {
      const { phone, recoveryCodes } = await enroll(twoFactor(), 'recovery')
      for (const code of recoveryCodes.slice(0, ROUNDS)) {
        nowMs += 2 * STEP_MS
        const outcomes = await race({ userId: 'recovery', nowMs, codes: times(SIGN_INS, () => code) })
        expect(countOf(outcomes)).toEqual({ ok: 1, 'code-used': SIGN_INS - 1 })
        await expectNoThrottle('recovery', phone)
      }
    }, 120_000)

    test(`of ${SIGN_INS} sign-ins at once with one answer of a passkey, one succeeds`, async () => {
      const { phone } = await enroll(twoFactor(), 'passkey')
      const passkeys = await racePasskeys()
      const withPasskeys = createTwoFactor({
        issuer: 'Acme',
        store: database.store(),
        keys,
        now: () => nowMs,
        verifyPassword: () => true,
        passkeys,
      })
      const proof = { password: 'x' }
      const begun = await withPasskeys.beginSetup('passkey', { type: 'passkey', accountName: 'ann', proof })
      if (!begun.ok) throw new Error(begun.reason)
      const passkey = virtualPasskey(RACE_SITE)
      const created = await passkey.create(begun.options)
      expect((await withPasskeys.confirmSetup('passkey', { token: begun.token, passkey: created })).ok).toBe(true)
      const challenge = await withPasskeys.challenge('passkey')
      if (challenge.passed) throw new Error('There is no second step.')
      const answer = { token: challenge.token, response: await passkey.get(challenge.passkey) }
      const codes = times(SIGN_INS, () => '')
      const outcomes = await race({ userId: 'passkey', nowMs, codes, passkey: answer })
      expect(countOf(outcomes)).toEqual({ ok: 1, 'challenge-used': SIGN_INS - 1 })
      nowMs += 2 * STEP_MS
      await expectNoThrottle('passkey', phone)
    }, 120_000)

    test('5 sign-ins at once with 5 good recovery codes all succeed', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const userId = `five-${round}`
        const { phone, recoveryCodes } = await enroll(twoFactor(), userId)
        nowMs += 2 * STEP_MS
        const outcomes = await race({ userId, nowMs, codes: recoveryCodes.slice(0, 5) })
        expect(countOf(outcomes)).toEqual({ ok: 5 })
        expect((await twoFactor().status(userId)).recoveryCodes).toMatchObject({ total: 10, left: 5 })
        await expectNoThrottle(userId, phone)
      }
    }, 120_000)

    test(`of ${SIGN_INS} sign-ins at once with 5 good recovery codes, each code succeeds once`, async () => {
      const { phone, recoveryCodes } = await enroll(twoFactor(), 'many')
      nowMs += 2 * STEP_MS
      const codes = times(SIGN_INS, (index) => String(recoveryCodes[index % 5]))
      const outcomes = await race({ userId: 'many', nowMs, codes })
      expect(countOf(outcomes)).toEqual({ ok: 5, 'code-used': SIGN_INS - 5 })
      const succeeded = codes.filter((_code, index) => outcomes[index] === 'ok')
      expect(new Set(succeeded).size).toBe(5)
      await expectNoThrottle('many', phone)
    }, 120_000)

    test('each sign-in that succeeds is in the trail of events, once', async () => {
      const { recoveryCodes } = await enroll(twoFactor(), 'audited')
      nowMs += 2 * STEP_MS
      const codes = times(SIGN_INS, (index) => String(recoveryCodes[index % 5]))
      const outcomes = await race({ userId: 'audited', nowMs, codes, isAudited: true })
      expect(countOf(outcomes)).toEqual({ ok: 5, 'code-used': SIGN_INS - 5 })
      expect(
        await database.query(
          "SELECT type, count(*) AS times FROM two_factor_events WHERE user_id = 'audited' GROUP BY type",
        ),
      ).toEqual([
        { type: 'code.used-again', times: 1 },
        { type: 'recovery-code.used', times: 5 },
        { type: 'sign-in.completed', times: 5 },
      ])
    }, 120_000)

    /** All codes at once, dealt out to the processes in turn; what came of each. */
    async function race(round: Round): Promise<Outcome[]> {
      const dealt = racers.map((_, racer) => round.codes.filter((_code, index) => index % PROCESSES === racer))
      await Promise.all(racers.map((racer, index) => ask(racer, { ...round, codes: dealt[index] ?? [] })))
      const answers = await Promise.all(racers.map((racer) => ask(racer, 'go')))
      return round.codes.map((_code, index) => String(answers[index % PROCESSES]?.[Math.floor(index / PROCESSES)]))
    }

    /** The next code of the phone signs in at once. */
    async function expectNoThrottle(userId: string, phone: { code(timeMs: number): string }): Promise<void> {
      expect((await twoFactor().status(userId)).throttle).toEqual({
        knownDevices: { state: 'open', untilMs: null },
        strangers: { state: 'open', untilMs: null },
        recoveryCodes: { state: 'open', untilMs: null },
        passwords: { state: 'open', untilMs: null },
      })
      nowMs += STEP_MS
      const challenge = await twoFactor().challenge(userId)
      if (challenge.passed) throw new Error('There is no second step.')
      const result = await twoFactor().completeChallenge(challenge.token, { code: phone.code(nowMs) })
      expect(result).toMatchObject({ ok: true, method: 'totp' })
    }
  })
}

function startRacer(...args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL('race-process.ts', import.meta.url)), args, {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'test/tsconfig.json', NODE_NO_WARNINGS: '1' },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** The next message, after this one if any; an error where the process ends before, or has ended. */
function ask(racer: ChildProcess, message?: Round | 'go'): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    if (message !== undefined) racer.send(message, (error) => error && reject(error))
    const hear = (answer: unknown) => {
      racer.off('exit', end)
      resolve(Array.isArray(answer) ? answer : [])
    }
    const end = (code: number | null) => {
      racer.off('message', hear)
      reject(new Error(`A process of the race ended with ${code}.`))
    }
    racer.once('message', hear)
    racer.once('exit', end)
  })
}

async function stop(racer: ChildProcess): Promise<void> {
  if (racer.exitCode !== null) return
  const exited = once(racer, 'exit')
  racer.kill()
  await exited
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function countOf(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
