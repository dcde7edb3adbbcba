import { reauthenticated, type TwoFactor } from 'countersign'
import { generateSecret, generateTotp } from 'countersign/otp'
import { enroll } from 'countersign/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  challengeToken,
  createWorld,
  DAY,
  enrolled,
  knownDevice,
  MINUTE,
  PASSWORD,
  SECOND,
  START,
  signIn,
  type User,
  type World,
  wrongCode,
} from '../world.ts'

const WAITS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]
const YEAR = 365 * DAY
const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'x' }
const STRONG = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const WRONG_RECOVERY_CODE = '0000-0000-0000-0000'

type Guess = { ok: boolean; reason?: string; retryAfterSeconds?: number | null }
type Try = () => Promise<Guess>

describe("an authenticator's code", () => {
  test.each(['stranger', 'known'] as const)(
    'a %s has five free failures, then waits that double from 1 s to 15 min',
    async (who) => {
      const { world, guess } = await besieged(who)
      const waits: (number | null | undefined)[] = []
      for (let time = 0; time < 17; time += 1) {
        const result = await guess()
        expect(result).toMatchObject({ ok: false, reason: 'wrong-code' })
        waits.push(result.retryAfterSeconds)
        world.clock.advance({ seconds: result.retryAfterSeconds ?? 0 })
      }
      expect(waits).toEqual([null, null, null, null, ...WAITS, 900, 900])
    },
  )

  test.each(['stranger', 'known'] as const)(
    'an attempt of a %s that comes too soon is `throttled`: not checked, no write',
    async (who) => {
      const { world, ann, guess, right } = await besieged(who)
      await repeat(10, async () => {
        const { retryAfterSeconds } = await guess()
        world.clock.advance({ seconds: retryAfterSeconds ?? 0 })
      })
      expect(await guess()).toMatchObject({ reason: 'wrong-code', retryAfterSeconds: 64 })
      const before = await world.store.record('ann')
      world.store.forget()
      const code = right()
      expect(await ann.try(code)).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 64 })
      world.clock.advance({ seconds: 63.001 })
      expect(await ann.try(code)).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 1 })
      expect([world.store.saves, await world.store.record('ann')]).toEqual([0, before])
      world.clock.advance({ seconds: 0.999 })
      expect(await ann.try(right())).toMatchObject({ ok: true })
    },
  )

  test('a refused code is not used up', async () => {
    const { world, ann, guess, right } = await besieged('stranger')
    await repeat(5, guess)
    const code = right()
    expect(await ann.try(code)).toMatchObject({ reason: 'throttled' })
    world.clock.advance({ seconds: 1 })
    expect(await ann.try(code)).toMatchObject({ ok: true })
  })

  test('a success makes the next five free again, for its own pool only', async () => {
    const { world, ann, guess, right, device } = await besieged('stranger')
    await repeat(5, guess)
    world.clock.advance({ seconds: 1 })
    expect(await ann.try(right())).toMatchObject({ ok: true })
    world.clock.advance({ seconds: 60 })
    for (let time = 0; time < 4; time += 1) expect(await guess()).toMatchObject({ retryAfterSeconds: null })
    expect(await guess()).toMatchObject({ retryAfterSeconds: 1 })
    expect(await world.twoFactor.verify('ann', { code: right(), device })).toMatchObject({ ok: true })
    expect(await guess()).toMatchObject({ reason: 'throttled' })
  })

  test('strangers have 20 failures in any 30 days; then it is `locked`, with its opening time', async () => {
    const { world, ann, guess, right } = await besieged('stranger')
    const times: number[] = []
    for (let time = 0; time < 20; time += 1) {
      times.push(world.clock.now())
      expect(await guess()).toMatchObject({ reason: 'wrong-code' })
      world.clock.advance({ seconds: 3600 })
    }
    const [first = 0, second = 0] = times
    world.store.forget()
    expect(await ann.try(right())).toEqual({
      ok: false,
      reason: 'locked',
      retryAfterSeconds: (first + 30 * DAY - world.clock.now()) / SECOND,
    })
    expect(world.store.saves).toBe(0)
    expect((await world.twoFactor.status('ann')).throttle.strangers).toEqual({
      state: 'locked',
      untilMs: first + 30 * DAY,
    })
    world.clock.set(first + 30 * DAY - 1)
    expect(await guess()).toMatchObject({ reason: 'locked', retryAfterSeconds: 1 })
    world.clock.set(first + 30 * DAY)
    expect(await guess()).toMatchObject({ reason: 'wrong-code', retryAfterSeconds: (second - first) / SECOND })
    expect(await guess()).toMatchObject({ reason: 'locked' })
    world.clock.set(second + 30 * DAY)
    expect(await ann.try(right())).toMatchObject({ ok: true })
  })

  test('known devices have 50 failures in any 30 days', async () => {
    const { world, guess } = await besieged('known')
    let lookedAt = 0
    const first = world.clock.now()
    for (let result = await guess(); result.reason !== 'locked'; result = await guess()) {
      if (result.reason === 'wrong-code') lookedAt += 1
      world.clock.advance({ seconds: 900 })
    }
    expect(lookedAt).toBe(50)
    expect((await world.twoFactor.status('ann')).throttle.knownDevices).toEqual({
      state: 'locked',
      untilMs: first + 30 * DAY,
    })
  })

  test('a success clears no failure of the 30 days', async () => {
    const { world, ann, guess, right } = await besieged('stranger')
    for (let round = 0; round < 5; round += 1) {
      await repeat(4, guess)
      expect(await ann.try(right())).toMatchObject(round < 4 ? { ok: true } : { ok: false, reason: 'locked' })
      world.clock.advance({ seconds: 60 })
    }
  })

  test.each([
    [1, 20],
    [2, 10],
    [3, 6],
    [4, 5],
    [5, 4],
  ])(
    "with %i authenticators, which a stranger's guess could each match, strangers have %i guesses",
    async (count, guesses) => {
      const world = createWorld()
      const secrets = Array.from({ length: count }, () => generateSecret())
      const authenticators = secrets.map((secret) => ({ secret }))
      await world.twoFactor.admin.importUser('ann', { authenticators })
      const phones = secrets.map((secret) => ({ secret }))
      let lookedAt = 0
      for (;;) {
        const result = await world.twoFactor.verify('ann', { code: wrongCode(world, ...phones) })
        if (!result.ok && result.reason === 'locked') break
        lookedAt += 1
        world.clock.advance({ seconds: 900 })
      }
      expect(lookedAt).toBe(guesses)
    },
  )

  test('only authenticators that show codes of that length count, and a known device counts once', async () => {
    const world = createWorld()
    const authenticators = [
      { secret: STRONG, digits: 6 },
      { secret: generateSecret(), digits: 8 },
      { secret: generateSecret(), digits: 8 },
    ]
    await world.twoFactor.admin.importUser('ann', { authenticators })
    let lookedAt = 0
    for (; lookedAt < 100; lookedAt += 1) {
      const result = await world.twoFactor.verify('ann', { code: wrongCode(world, { secret: STRONG }) })
      if (!result.ok && result.reason === 'locked') break
      world.clock.advance({ seconds: 900 })
    }
    expect(lookedAt).toBe(20)
  })

  test('a changed password gives strangers 5 more, once in 30 days', async () => {
    const { world, guess } = await besieged('stranger')
    const first = world.clock.now()
    await untilLocked(world, guess)
    await world.twoFactor.passwordChanged('ann')
    expect(await untilLocked(world, guess)).toBe(5)
    await world.twoFactor.passwordChanged('ann')
    expect(await untilLocked(world, guess)).toBe(0)
    expect((await world.twoFactor.status('ann')).throttle.strangers.state).toBe('locked')
    world.clock.set(first + 62 * DAY)
    expect(await untilLocked(world, guess)).toBe(20)
    await world.twoFactor.passwordChanged('ann')
    expect(await untilLocked(world, guess)).toBe(5)
  })

  test('a changed password gives known devices 5 more too, once in 30 days', async () => {
    const { world, guess } = await besieged('known')
    await untilLocked(world, guess)
    await world.twoFactor.passwordChanged('ann')
    expect(await untilLocked(world, guess)).toBe(5)
    await world.twoFactor.passwordChanged('ann')
    expect(await guess()).toMatchObject({ reason: 'locked' })
  })

  test.each([
    [
      'a known device',
      async ({ world, device, right }: Siege) => world.twoFactor.verify('ann', { code: right(), device }),
    ],
    [
      'a recovery code',
      async ({ world, ann }: Siege) => world.twoFactor.verify('ann', { code: ann.recoveryCodes[1] ?? '' }),
    ],
  ])(
    '100 failures in a row close the strangers’ pool, whatever time passes, until %s succeeds [CS-THR-05]',
    async (_who, succeed) => {
      const siege = await besieged('stranger')
      const { world, ann, guess, right } = siege
      let failures = 0
      for (let attempts = 0; attempts < 1000 && failures < 100; attempts += 1) {
        const result = await guess()
        if (result.reason === 'wrong-code') failures += 1
        if (failures < 100) world.clock.advance({ seconds: result.retryAfterSeconds ?? 0 })
      }
      expect(failures).toBe(100)
      const closed = { ok: false, reason: 'locked', retryAfterSeconds: null }
      expect(await ann.try(right())).toEqual(closed)
      world.clock.advance({ seconds: 200 * 86_400 })
      expect(await ann.try(right())).toEqual(closed)
      await world.twoFactor.passwordChanged('ann')
      expect(await ann.try(right())).toEqual(closed)
      expect((await world.twoFactor.status('ann')).throttle.strangers).toEqual({ state: 'locked', untilMs: null })
      expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['recovery-code'] })
      expect(await succeed(siege)).toMatchObject({ ok: true })
      world.clock.advance({ seconds: 60 })
      expect(await ann.try(right())).toMatchObject({ ok: true })
    },
  )

  test('whatever a stranger with the password does, at most 325 guesses are checked in a year', async () => {
    const { world, guess, device, right } = await besieged('stranger')
    const end = world.clock.now() + YEAR
    let lookedAt = 0
    while (world.clock.now() < end) {
      const result = await guess()
      if (result.reason === 'wrong-code') lookedAt += 1
      else if (result.reason === 'locked' && result.retryAfterSeconds === null) {
        await world.twoFactor.verify('ann', { code: right(), device })
      } else {
        await world.twoFactor.passwordChanged('ann')
        const again = await guess()
        if (again.reason === 'wrong-code') lookedAt += 1
        else world.clock.advance({ seconds: again.retryAfterSeconds ?? 0 })
      }
    }
    expect(lookedAt).toBeGreaterThan(200)
    expect(lookedAt).toBeLessThanOrEqual(325)
  })

  test('whatever the thief of a session and its device token does, at most 1,040 guesses are checked in a year', async () => {
    const { world, ann, device } = await besieged('known')
    const wrong = () => ({ proof: { code: wrongCode(world, ann.phone) } })
    const guesses: Try[] = [
      () => world.twoFactor.verify('ann', { ...wrong().proof, device }),
      () => world.twoFactor.disable('ann', wrong()),
      () => world.twoFactor.viewRecoveryCodes('ann', { ...wrong(), device }),
      async () => signIn(world, 'ann', { ...wrong().proof, device }),
      async () => signIn(world, 'ann', wrong().proof),
    ]
    const owner = world.another({ acceptedProofs: ['reauthenticated'] })
    const ownerReturns = async () => {
      const made = await owner.regenerateRecoveryCodes('ann', { proof: reauthenticated(world.clock.now()) })
      await owner.verify('ann', { code: made.ok ? (made.recoveryCodes[0] ?? '') : '' })
    }
    const lookedAt = await yearOf(world, guesses, ownerReturns)
    expect(lookedAt).toBeGreaterThan(1000)
    expect(lookedAt).toBeLessThanOrEqual(1040)
  })

  test('nor more than 200 while the owner stays away', async () => {
    const { world, ann, device } = await besieged('known')
    const code = () => wrongCode(world, ann.phone)
    const guesses: Try[] = [
      () => world.twoFactor.verify('ann', { code: code(), device }),
      () => world.twoFactor.verify('ann', { code: code() }),
    ]
    expect(await yearOf(world, guesses, async () => {})).toBe(200)
  })

  test('a stolen challenge allows thirteen guesses in all, and none from another browser', async () => {
    for (const [binding, most] of [
      [undefined, 13],
      ['browser', 0],
    ] as const) {
      const { world, ann } = await besieged('stranger')
      const challenge = await world.twoFactor.challenge('ann', { binding })
      const token = challenge.passed ? '' : challenge.token
      let lookedAt = 0
      for (const end = world.clock.now() + YEAR; world.clock.now() < end; ) {
        const code = wrongCode(world, ann.phone)
        const result: Guess = await world.twoFactor.completeChallenge(token, { code })
        if (result.reason === 'wrong-code') lookedAt += 1
        else if (result.reason === 'challenge-expired') world.clock.advance({ seconds: 86_400 })
        world.clock.advance({ seconds: result.retryAfterSeconds ?? 0 })
      }
      expect(lookedAt).toBe(most)
    }
  })

  test('a stolen session allows 325 guesses at the password in a year', async () => {
    const { world } = await besieged('stranger')
    const guess = () => world.twoFactor.disable('ann', { proof: { password: 'guess' } })
    const end = world.clock.now() + YEAR
    while (world.clock.now() < end) {
      const { ok, ...refused } = await guess()
      world.clock.advance({
        seconds: Math.max('retryAfterSeconds' in refused ? (refused.retryAfterSeconds ?? 0) : 0, 1),
      })
    }
    expect(world.passwordsChecked.length).toBe(325)
  })
})

describe('recovery codes', () => {
  test('that the library made are always checked, whatever anybody tried before [CS-THR-08]', async () => {
    const { world, ann } = await besieged('stranger')
    for (let time = 0; time < 360; time += 1) {
      const wrong = await ann.try(WRONG_RECOVERY_CODE)
      expect(wrong).toEqual({ ok: false, reason: 'wrong-code', retryAfterSeconds: null })
      if (time % 60 === 0) world.clock.advance({ seconds: 60 })
    }
    expect((await world.twoFactor.status('ann')).throttle.recoveryCodes).toEqual({ state: 'open', untilMs: null })
    expect(await ann.try(ann.recoveryCodes[1] ?? '')).toMatchObject({ ok: true })
  })

  test('wrong 20 times since a success, write nothing more and are reported once a day [CS-THR-09]', async () => {
    const { world, ann } = await besieged('stranger')
    const guess = () => ann.try(WRONG_RECOVERY_CODE)
    await repeat(1000, guess)
    expect([world.store.saves, world.heard()]).toEqual([20, new Array(20).fill('code.wrong')])
    world.clock.advance({ seconds: DAY / SECOND - 0.001 })
    await guess()
    expect([world.store.saves, world.heard()]).toEqual([20, []])
    world.clock.advance({ seconds: 0.001 })
    await repeat(50, guess)
    expect([world.store.saves, world.heard()]).toEqual([21, ['code.wrong']])
    expect(await ann.try(ann.recoveryCodes[1] ?? '')).toMatchObject({ ok: true })
    world.heard()
    await guess()
    expect(world.heard()).toEqual(['code.wrong'])
  })

  test('wrong on a known device are still reported after a thousand of strangers', async () => {
    const { world, ann, device } = await besieged('stranger')
    await repeat(1000, () => ann.try(WRONG_RECOVERY_CODE))
    world.heard()
    await world.twoFactor.verify('ann', { code: WRONG_RECOVERY_CODE, device })
    expect(world.events.at(-1)).toMatchObject({ type: 'code.wrong', method: 'recovery-code', knownDevice: true })
    expect(world.heard()).toHaveLength(1)
  })

  test.each(['sealed', 'hashed'] as const)(
    'from another library count as guesses of an authenticator’s code, however long they are, kept %s [CS-THR-10]',
    async (keep) => {
      const world = createWorld({ recoveryCodes: { keep } })
      const recoveryCodes = ['ABCD-EFGH-JKMN-PQRS', 'ABCD-EFGH-JKMN-PQRT']
      await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG }], recoveryCodes })
      const guess = () => world.twoFactor.verify('ann', { code: WRONG_RECOVERY_CODE })
      await repeat(5, guess)
      expect(await guess()).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 1 })
      const throttled = { state: 'throttled', untilMs: START + SECOND }
      const { throttle } = await world.twoFactor.status('ann')
      expect([throttle.strangers, throttle.recoveryCodes]).toEqual([throttled, throttled])
      expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: [] })
      expect(await untilLocked(world, guess)).toBe(15)
      expect(await world.twoFactor.verify('ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ reason: 'locked' })
      expect(await world.twoFactor.verify('ann', { code: wrongCode(world, { secret: STRONG }) })).toMatchObject({
        reason: 'locked',
      })
    },
  )

  test('generated in place of imported ones no longer count as guesses', async () => {
    const world = createWorld()
    const recoveryCodes = ['ABCD-EFGH-JKMN-PQRS']
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG }], recoveryCodes })
    await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { password: PASSWORD } })
    await repeat(30, () => world.twoFactor.verify('ann', { code: WRONG_RECOVERY_CODE }))
    expect((await world.twoFactor.status('ann')).throttle).toMatchObject({
      strangers: { state: 'open' },
      recoveryCodes: { state: 'open' },
    })
  })

  test('have their own count: wrong ones lock no codes, and wrong codes lock no recovery codes', async () => {
    const { world, ann, guess, right } = await besieged('stranger')
    await repeat(30, () => ann.try(WRONG_RECOVERY_CODE))
    expect(await ann.try(right())).toMatchObject({ ok: true })
    world.clock.advance({ seconds: 60 })
    await untilLocked(world, guess)
    expect(await ann.try(ann.recoveryCodes[2] ?? '')).toMatchObject({ ok: true })
  })

  test('of known devices do not wait for those of strangers', async () => {
    const { world, ann, device } = await besieged('stranger')
    await repeat(25, () => ann.try(WRONG_RECOVERY_CODE))
    const options = { code: ann.recoveryCodes[3] ?? '', device }
    expect(await world.twoFactor.verify('ann', options)).toMatchObject({ ok: true })
  })
})

describe('passwords given as proof', () => {
  const view = (twoFactor: TwoFactor, password: string) =>
    twoFactor.viewRecoveryCodes('ann', { proof: { password } }) as Promise<Guess>

  test('have five free failures, then waits, and 25 in any 30 days [CS-THR-13]', async () => {
    const { world } = await besieged('stranger')
    const waits: (number | null | undefined)[] = []
    const first = world.clock.now()
    for (let time = 0; time < 25; time += 1) {
      const result = await view(world.twoFactor, 'wrong')
      expect(result).toMatchObject({ ok: false, reason: 'wrong-password' })
      waits.push(result.retryAfterSeconds)
      world.clock.advance({ seconds: result.retryAfterSeconds ?? 0 })
      if (time === 23) world.clock.set(first + 10 * DAY)
    }
    expect(waits.slice(0, 17)).toEqual([null, null, null, null, ...WAITS, 900, 900])
    expect(world.clock.now()).toBe(first + 30 * DAY)
    const { passwords } = (await world.twoFactor.status('ann')).throttle
    expect(passwords).toEqual({ state: 'open', untilMs: null })
    world.clock.advance({ seconds: -1 })
    expect(await view(world.twoFactor, PASSWORD)).toEqual({ ok: false, reason: 'locked', retryAfterSeconds: 1 })
    expect(world.passwordsChecked).toHaveLength(25)
    world.clock.advance({ seconds: 1 })
    expect(await view(world.twoFactor, PASSWORD)).toMatchObject({ ok: true })
  })

  test('locked, they are refused with the opening time and not handed to the host', async () => {
    const { world } = await besieged('stranger')
    const first = world.clock.now()
    await repeat(25, async () => {
      await view(world.twoFactor, 'wrong')
      world.clock.advance({ seconds: 900 })
    })
    expect(world.passwordsChecked).toHaveLength(25)
    world.store.forget()
    const result = await view(world.twoFactor, PASSWORD)
    const untilMs = first + 30 * DAY
    expect(result).toEqual({ ok: false, reason: 'locked', retryAfterSeconds: (untilMs - world.clock.now()) / SECOND })
    expect([world.passwordsChecked.length, world.store.saves]).toEqual([25, 0])
    expect((await world.twoFactor.status('ann')).throttle.passwords).toEqual({ state: 'locked', untilMs })
    world.clock.set(untilMs)
    expect(await view(world.twoFactor, PASSWORD)).toMatchObject({ ok: true })
  })

  test('throttled, the right one is not handed to the host', async () => {
    const { world } = await besieged('stranger')
    await repeat(5, () => view(world.twoFactor, 'wrong'))
    expect(await view(world.twoFactor, PASSWORD)).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 1 })
    expect(world.passwordsChecked).toHaveLength(5)
    world.clock.advance({ seconds: 1 })
    expect(await view(world.twoFactor, PASSWORD)).toMatchObject({ ok: true })
    await repeat(4, () => view(world.twoFactor, 'wrong'))
    expect(await view(world.twoFactor, PASSWORD)).toMatchObject({ ok: true })
  })

  test('have their own count: neither delays the other', async () => {
    const { world, ann, guess, right } = await besieged('stranger')
    await repeat(6, () => view(world.twoFactor, 'wrong'))
    expect(await ann.try(right())).toMatchObject({ ok: true })
    const other = await besieged('stranger')
    await untilLocked(other.world, other.guess)
    expect(await view(other.world.twoFactor, PASSWORD)).toMatchObject({ ok: true })
    expect(await guess()).toMatchObject({ reason: 'wrong-code' })
  })

  test('are counted before two-factor authentication is on, too', async () => {
    const world = createWorld()
    const begin = (password: string) =>
      world.twoFactor.beginSetup('ann', { proof: { password }, accountName: 'ann' }) as Promise<Guess>
    await repeat(5, () => begin('wrong'))
    expect(await begin(PASSWORD)).toMatchObject({ reason: 'throttled' })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ passed: true, because: 'not-enabled' })
    world.clock.advance({ seconds: 1 })
    expect(await begin(PASSWORD)).toMatchObject({ ok: true })
  })

  test.each([
    ['viewRecoveryCodes', view],
    [
      'beginSetup',
      (twoFactor: TwoFactor, password: string) =>
        twoFactor.beginSetup('ann', { proof: { password }, accountName: 'ann' }) as Promise<Guess>,
    ],
  ])(
    'guessed in parallel gain nothing: %s checks five, and the right one among sixty is revealed to nobody',
    async (_name, act) => {
      const { world } = await besieged('stranger')
      const slow = world.another({
        verifyPassword: async (_userId, password) => {
          for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
          return password === PASSWORD
        },
      })
      const guesses = Array.from({ length: 60 }, (_, index) => act(slow, index === 59 ? PASSWORD : `guess ${index}`))
      const results = await Promise.all(guesses)
      expect(results.filter(({ reason }) => reason === 'wrong-password')).toHaveLength(5)
      expect(results.filter(({ reason }) => reason === 'throttled')).toHaveLength(55)
    },
  )
})

describe('strangers and the owner', () => {
  test('strangers never make a known device wait', async () => {
    const { world, ann, guess, device, right } = await besieged('stranger')
    await untilLocked(world, guess)
    await repeat(30, () => ann.try(WRONG_RECOVERY_CODE))
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ methods: ['recovery-code', 'totp'] })
    expect(await world.twoFactor.verify('ann', { code: right(), device })).toMatchObject({ ok: true })
  })

  test('each pool has its whole budget, whatever the other has used', async () => {
    const { world, ann, guess } = await besieged('known')
    const stranger = () => world.twoFactor.verify('ann', { code: wrongCode(world, ann.phone) }) as Promise<Guess>
    expect(await untilLocked(world, stranger)).toBe(20)
    expect(await untilLocked(world, guess)).toBe(50)
  })

  test('on a new device the owner has the recovery codes, and is known from then on [CS-THR-07]', async () => {
    const { world, ann, guess, right } = await besieged('stranger')
    await untilLocked(world, guess)
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['recovery-code'] })
    const device = await deviceOf(world, ann.recoveryCodes[5] ?? '')
    expect(await world.twoFactor.verify('ann', { code: right(), device })).toMatchObject({ ok: true })
  })

  test("another user's failures don't matter", async () => {
    const { world, guess } = await besieged('stranger')
    const ben = await enrolled(world, 'ben')
    await untilLocked(world, guess)
    expect(await signIn(world, 'ben', { code: ben.phone.next() })).toMatchObject({ ok: true })
  })

  test.each([
    ['made up', () => 'a.b'],
    ["another user's", async (world: World) => knownDevice(world, await enrolled(world, 'ben'))],
    ['a challenge', (world: World) => challengeToken(world, 'ann')],
  ])('a device token that is %s makes nobody known', async (_what, tokenOf) => {
    const { world, ann, guess, right } = await besieged('stranger')
    const device = await tokenOf(world)
    await untilLocked(world, guess)
    expect(await world.twoFactor.verify('ann', { code: right(), device })).toMatchObject({ reason: 'locked' })
    expect(ann.userId).toBe('ann')
  })

  test('a device of an earlier enrollment is a stranger', async () => {
    const { world, device } = await besieged('known')
    await world.twoFactor.disable('ann', { proof: { password: PASSWORD } })
    const { phone } = await enroll(world.twoFactor, 'ann')
    const guess = () => world.twoFactor.verify('ann', { code: wrongCode(world, phone), device }) as Promise<Guess>
    expect(await untilLocked(world, guess)).toBe(20)
  })
})

describe('one throttle', () => {
  test('holds across challenges, processes and kinds of operation [CS-THR-04]', async () => {
    const { world, ann } = await besieged('stranger')
    const code = () => wrongCode(world, ann.phone)
    const proof = () => ({ proof: { code: code() } })
    const [one, two] = [await challengeToken(world, 'ann'), await challengeToken(world, 'ann')]
    const attempts: Try[] = [
      () => world.another().completeChallenge(one, { code: code() }),
      () => world.another().completeChallenge(two, { code: code() }),
      () => world.another().verify('ann', { code: code() }),
      () => world.another().disable('ann', proof()),
      () => world.another().viewRecoveryCodes('ann', proof()),
    ]
    for (const attempt of attempts) expect(await attempt()).toMatchObject({ reason: 'wrong-code' })
    for (const attempt of attempts) expect(await attempt()).toMatchObject({ reason: 'throttled', retryAfterSeconds: 1 })
  })

  test('answers 20 guesses of a stranger in 30 days, through any operation, whatever else is done between them', async () => {
    const guesses: Record<string, (siege: Siege, code: string) => Promise<Guess>> = {
      completeChallenge: async ({ world }, code) =>
        world.twoFactor.completeChallenge(await challengeToken(world, 'ann'), { code }),
      verify: ({ world }, code) => world.twoFactor.verify('ann', { code }),
      verifyProof: ({ world }, code) => world.twoFactor.verifyProof('ann', { proof: { code } }),
      disable: ({ world }, code) => world.twoFactor.disable('ann', { proof: { code } }),
      beginSetup: ({ world }, code) => world.twoFactor.beginSetup('ann', { proof: { code } }),
      viewRecoveryCodes: ({ world }, code) => world.twoFactor.viewRecoveryCodes('ann', { proof: { code } }),
      regenerateRecoveryCodes: ({ world }, code) => world.twoFactor.regenerateRecoveryCodes('ann', { proof: { code } }),
    }
    const others: Record<string, (siege: Siege) => Promise<unknown>> = {
      challenge: ({ world }) => world.twoFactor.challenge('ann'),
      beginStepUp: ({ world }) => world.twoFactor.beginStepUp('ann'),
      'a setup, wrong first codes and its end': async ({ world }) => {
        const offer = await world.twoFactor.beginSetup('ann', { proof })
        if (!offer.ok) throw new Error(offer.reason)
        const { token } = offer
        await repeat(9, () => world.twoFactor.confirmSetup('ann', { token, code: wrongCode(world, offer) }))
        expect(await world.twoFactor.resumeSetup('ann', { token })).toMatchObject({ ok: true })
        expect(await world.twoFactor.cancelSetup('ann', { token })).toEqual({ ok: true })
      },
      'new recovery codes by the token of a view': async ({ world }) => {
        const view = await world.twoFactor.viewRecoveryCodes('ann', { proof })
        if (!view.ok) throw new Error(view.reason)
        await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: view.createdAtMs })
        const { token } = view
        expect(await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })).toMatchObject({ ok: true })
      },
      renameAuthenticator: async ({ world }) => {
        const [phone] = (await world.twoFactor.status('ann')).authenticators
        await world.twoFactor.renameAuthenticator('ann', { id: phone?.id ?? '', name: `Phone ${world.clock.now()}` })
      },
      revokeTrustedDevices: ({ world }) => world.twoFactor.revokeTrustedDevices('ann'),
      'admin.issueRecoveryCode': ({ world }) => world.twoFactor.admin.issueRecoveryCode('ann', staff),
      'admin.exportUser': ({ world }) => world.twoFactor.admin.exportUser('ann', staff),
      'admin.importUser': ({ world }) =>
        world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG }] }),
      'admin.reseal': ({ world }) => world.twoFactor.admin.reseal('ann'),
    }
    const story = fc.array(fc.constantFrom(...Object.keys(guesses), ...Object.keys(others)), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(story, async (names) => {
        const siege = await besieged('stranger')
        const { world } = siege
        const throttle = async () => (await world.twoFactor.status('ann')).throttle
        let answered = 0
        for (const name of names) {
          const before = await throttle()
          const result = await guesses[name]?.(siege, wrongCode(world, siege.ann.phone))
          await others[name]?.(siege)
          if (result === undefined) expect(await throttle(), name).toEqual(before)
          if (result?.reason === 'wrong-code') answered += 1
          else world.clock.advance({ seconds: Math.min(result?.retryAfterSeconds ?? 0, 900) })
        }
        expect(answered + (await untilLocked(world, siege.guess))).toBe(20)
      }),
      { numRuns: 40 },
    )
  })

  test('checks five of fifty guesses that come at once', async () => {
    const { world, guess } = await besieged('stranger')
    world.store.forget()
    const results = await Promise.all(Array.from({ length: 50 }, guess))
    expect(results.filter(({ reason }) => reason === 'wrong-code')).toHaveLength(5)
    expect(results.filter(({ reason }) => reason === 'throttled')).toHaveLength(45)
    const { codes } = (await world.store.record('ann'))?.throttle ?? {}
    expect(codes?.strangers.failedAtMs).toHaveLength(5)
  })

  test('counts each attempt once, and a used code or a wrong shape not at all', async () => {
    const { ann, right, guess } = await besieged('stranger')
    const used = right()
    await ann.try(used)
    await repeat(4, guess)
    await repeat(20, () => ann.try(used))
    await repeat(20, () => ann.try('12345'))
    expect(await guess()).toMatchObject({ reason: 'wrong-code' })
    expect(await guess()).toMatchObject({ reason: 'throttled' })
  })

  test('emits an event when a pool locks, so that the user can be told [CS-THR-11]', async () => {
    const { world, guess } = await besieged('stranger')
    await untilLocked(world, guess)
    const locked = world.events.filter(({ type }) => type === 'attempts.locked')
    expect(locked).toMatchObject([{ method: 'totp', knownDevice: false, notify: true }])
  })
})

describe('methods of a challenge', () => {
  test('name what is accepted, at each moment', async () => {
    const { world, ann, guess, right } = await besieged('stranger')
    const methods = async () => {
      const challenge = await world.twoFactor.challenge('ann')
      return challenge.passed ? [] : challenge.methods
    }
    const truth = async () => {
      const said = await methods()
      const real: string[] = []
      const copy = createWorld({ keys: world.keys })
      copy.clock.set(world.clock.now())
      for (const [method, code] of [
        ['totp', wrongCode(world, ann.phone)],
        ['recovery-code', WRONG_RECOVERY_CODE],
      ] as const) {
        await copy.store.plant('ann', await world.store.record('ann'))
        const result: Guess = await copy.twoFactor.verify('ann', { code })
        if (result.reason === 'wrong-code') real.push(method)
      }
      expect(said).toEqual(real)
      return said
    }
    expect(await truth()).toEqual(['totp', 'recovery-code'])
    await repeat(5, guess)
    expect(await truth()).toEqual(['recovery-code'])
    world.clock.advance({ seconds: 1 })
    expect(await truth()).toEqual(['totp', 'recovery-code'])
    await repeat(25, () => ann.try(WRONG_RECOVERY_CODE))
    expect(await truth()).toEqual(['totp', 'recovery-code'])
    await untilLocked(world, guess)
    world.clock.advance({ seconds: 60 })
    expect(await truth()).toEqual(['recovery-code'])
    expect(right()).toHaveLength(6)
  })

  test('hold for authenticators with codes of different lengths', async () => {
    const world = createWorld()
    const authenticators = [{ secret: STRONG }, { secret: generateSecret(), digits: 8 }]
    await world.twoFactor.admin.importUser('ann', { authenticators })
    for (let time = 0; time < 19; time += 1) {
      await world.twoFactor.verify('ann', { code: wrongCode(world, { secret: STRONG }) })
      world.clock.advance({ seconds: 900 })
    }
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp'] })
    const code = generateTotp({ secret: STRONG, timeMs: world.clock.now() })
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
  })
})

describe('a clock that jumps', () => {
  const jumps = [
    ['ten minutes', 10 * MINUTE],
    ['a day', DAY],
    ['forty days', 40 * DAY],
    ['ten years', 10 * YEAR],
  ] as const

  test.each(jumps)('back by %s: a wait stays a wait, of minutes', async (_time, jump) => {
    const { world, ann, guess, right } = await besieged('stranger', START + 20 * YEAR)
    await repeat(10, async () => {
      const { retryAfterSeconds } = await guess()
      world.clock.advance({ seconds: retryAfterSeconds ?? 0 })
    })
    await guess()
    world.clock.advance({ seconds: -jump / SECOND })
    const refused = await ann.try(right())
    expect(refused).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 64 })
    world.clock.advance({ seconds: 64 })
    expect(await ann.try(right())).toMatchObject({ ok: true })
  })

  test.each(jumps)(
    'back by %s: a challenge offers the code again within minutes, though nobody tried',
    async (_time, jump) => {
      const { world, guess } = await besieged('stranger', START + 20 * YEAR)
      await repeat(6, async () => {
        const { retryAfterSeconds } = await guess()
        world.clock.advance({ seconds: retryAfterSeconds ?? 0 })
      })
      world.clock.advance({ seconds: -jump / SECOND })
      await world.twoFactor.challenge('ann')
      world.clock.advance({ seconds: 900 })
      expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp', 'recovery-code'] })
    },
  )

  test.each(jumps)('back by %s: a lock stays a lock, of 30 days at most', async (_time, jump) => {
    const { world, ann, guess, right } = await besieged('stranger', START + 20 * YEAR)
    await untilLocked(world, guess)
    world.clock.advance({ seconds: -jump / SECOND })
    const refused = await ann.try(right())
    expect(refused).toMatchObject({ ok: false, reason: 'locked' })
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual((30 * DAY) / SECOND)
    world.clock.advance({ seconds: refused.retryAfterSeconds ?? 0 })
    expect(await ann.try(right())).toMatchObject({ ok: true })
  })

  test.each(jumps)(
    'ahead by %s and back again clears no failures and allows no more than the budget each time',
    async (_time, jump) => {
      const { world, ann, guess, right } = await besieged('stranger')
      const before = await untilLocked(world, guess)
      world.clock.advance({ seconds: jump / SECOND })
      const ahead = await untilLocked(world, guess)
      world.clock.advance({ seconds: -jump / SECOND })
      expect(await ann.try(right())).toMatchObject({ ok: false, reason: 'locked' })
      expect([before, ahead]).toEqual([20, jump > 30 * DAY ? 20 : 0])
      const { retryAfterSeconds } = await guess()
      expect(retryAfterSeconds).toBeLessThanOrEqual((30 * DAY) / SECOND)
    },
  )

  test.each(jumps)('ahead by %s and back while passwords wait: a second stays a second', async (_time, jump) => {
    const { world, ann } = await besieged('stranger')
    world.clock.advance({ seconds: jump / SECOND })
    await repeat(25, () => ann.try(WRONG_RECOVERY_CODE))
    const view = (password: string) => world.twoFactor.viewRecoveryCodes('ann', { proof: { password } })
    await repeat(5, () => view('wrong'))
    world.clock.advance({ seconds: -jump / SECOND })
    expect(await view(PASSWORD)).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 1 })
    world.heard()
    world.clock.advance({ seconds: DAY / SECOND })
    await repeat(2, () => ann.try(WRONG_RECOVERY_CODE))
    expect(world.heard()).toEqual(['code.wrong'])
    expect(await ann.try(ann.recoveryCodes[1] ?? '')).toMatchObject({ ok: true })
    expect(await view(PASSWORD)).toMatchObject({ ok: true })
  })

  test.each(jumps)(
    'ahead by %s and back: the relief of a changed password is not given twice for it',
    async (_time, jump) => {
      const { world, guess } = await besieged('stranger')
      await untilLocked(world, guess)
      await world.twoFactor.passwordChanged('ann')
      expect(await untilLocked(world, guess)).toBe(5)
      world.clock.advance({ seconds: jump / SECOND })
      await world.twoFactor.passwordChanged('ann')
      world.clock.advance({ seconds: -jump / SECOND })
      expect(await untilLocked(world, guess)).toBe(0)
    },
  )
})

interface Siege {
  world: World
  ann: User & { try(code: string): Promise<Guess> }
  /** A device on which ann signed in before. */
  device: string
  /** A wrong code, from a stranger or from the known device. */
  guess: Try
  /** The code that the phone shows now. */
  right(): string
}

async function besieged(who: 'stranger' | 'known', startMs: number = START): Promise<Siege> {
  const world = createWorld()
  world.clock.set(startMs)
  const user = await enrolled(world)
  const device = await deviceOf(world, user.recoveryCodes[0] ?? '')
  world.store.forget()
  world.heard()
  const given = who === 'known' ? { device } : {}
  const attempt = (code: string): Promise<Guess> => world.twoFactor.verify('ann', { code, ...given })
  return {
    world,
    ann: { ...user, try: attempt },
    device,
    guess: () => attempt(wrongCode(world, user.phone)),
    right: () => generateTotp({ secret: user.phone.secret, timeMs: world.clock.now() }),
  }
}

async function deviceOf(world: World, code: string): Promise<string> {
  const result = await world.twoFactor.verify('ann', { code })
  if (!result.ok) throw new Error(`No device: ${result.reason}`)
  return result.device.token
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time += 1) await work()
}

/**
 * A year of guessing, as patiently as each refusal says, while the password changes as often as anybody could wish. The
 * owner comes back when a pool was closed for good. Returns how many guesses were looked at.
 */
async function yearOf(world: World, guesses: readonly Try[], ownerReturns: () => Promise<unknown>): Promise<number> {
  const end = world.clock.now() + YEAR
  let lookedAt = 0
  while (world.clock.now() < end) {
    await world.twoFactor.passwordChanged('ann')
    const waits: number[] = []
    for (const guess of guesses) {
      const { reason, retryAfterSeconds } = await guess()
      if (reason === 'wrong-code') lookedAt += 1
      if (reason === 'locked' && retryAfterSeconds === null) await ownerReturns()
      waits.push(reason === 'wrong-code' ? 0 : (retryAfterSeconds ?? DAY / SECOND))
    }
    world.clock.advance({ seconds: Math.min(...waits) })
  }
  return lookedAt
}

/** Guesses, as patiently as it is told to be, until that pool is locked; how many were looked at. */
async function untilLocked(world: World, guess: Try): Promise<number> {
  for (let lookedAt = 0; ; ) {
    const result = await guess()
    if (result.reason === 'locked') return lookedAt
    if (result.reason === 'wrong-code') lookedAt += 1
    if (result.retryAfterSeconds !== null && (result.retryAfterSeconds ?? 0) > 900) return lookedAt
    world.clock.advance({ seconds: result.retryAfterSeconds ?? 0 })
  }
}
