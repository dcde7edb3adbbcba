import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Attempt,
  failed,
  forgiven,
  gate,
  isNoted,
  KEPT,
  type Pool,
  relieved,
  settled,
  succeeded,
  type Throttle,
} from '../../src/engine/throttle.ts'

const SECOND = 1000
const DAY = 86_400 * SECOND
const START = 1_700_000_000_000
const known: Attempt = { kind: 'code', pool: 'known', weight: 1 }
const stranger: Attempt = { kind: 'code', pool: 'strangers', weight: 1 }
const password: Attempt = { kind: 'password' }

/** A person at a clock who tries as often as the throttle lets them. */
class Person {
  throttle: Throttle = null
  nowMs = START
  lookedAt = 0

  gate(attempt: Attempt) {
    return gate(this.throttle, attempt, this.nowMs)
  }

  /** Waits until it is let, fails; false if no waiting helps. */
  failWhenLet(attempt: Attempt, untilMs = Number.POSITIVE_INFINITY): boolean {
    const entry = this.gate(attempt)
    if (entry.state !== 'open') {
      if (entry.untilMs === null || entry.untilMs > untilMs) return false
      this.nowMs = entry.untilMs
    }
    expect(this.gate(attempt).state).toBe('open')
    this.fail(attempt)
    return true
  }

  fail(attempt: Attempt) {
    this.throttle = failed(this.throttle, attempt, this.nowMs)
    this.lookedAt += attempt.kind === 'code' ? attempt.weight : 1
  }

  succeed(attempt: Attempt) {
    this.throttle = succeeded(this.throttle, attempt, this.nowMs)
  }
}

describe('authenticator codes', () => {
  it('lets five failures pass, then waits from 1 s, doubling to 15 minutes [CS-THR-01]', () => {
    const person = new Person()
    const waits: number[] = []
    for (let failures = 0; failures < 18; failures += 1) {
      const { untilMs } = person.gate(known)
      waits.push(untilMs === null ? 0 : (untilMs - person.nowMs) / SECOND)
      person.failWhenLet(known)
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  })

  it('opens at the time that it named, and not a millisecond before', () => {
    const person = new Person()
    for (let failures = 0; failures < 6; failures += 1) person.failWhenLet(known)
    const { untilMs } = person.gate(known)
    person.nowMs = (untilMs ?? 0) - 1
    expect(person.gate(known).state).toBe('throttled')
    person.nowMs += 1
    expect(person.gate(known)).toEqual({ state: 'open', untilMs: null })
  })

  it('forgets the waits at a success, and not the 30-day budget [CS-THR-03]', () => {
    const person = new Person()
    let failures = 0
    while (person.gate(known).state === 'open') {
      person.fail(known)
      person.succeed(known)
      failures += 1
    }
    expect(failures).toBe(50)
    expect(person.gate(known)).toEqual({ state: 'locked', untilMs: START + 30 * DAY })
  })

  it.each([
    ['known', 50],
    ['strangers', 20],
  ] as const)('locks %s after %i failures in 30 days, until the oldest is 30 days old', (pool, budget) => {
    const person = new Person()
    const attempt: Attempt = { kind: 'code', pool, weight: 1 }
    for (let failures = 0; failures < budget; failures += 1)
      expect(person.failWhenLet(attempt, START + 29 * DAY)).toBe(true)
    expect(person.gate(attempt)).toEqual({ state: 'locked', untilMs: START + 30 * DAY })
  })

  it('refuses an attempt that could go beyond the budget: with 3 authenticators a stranger has 6 attempts of 3', () => {
    const person = new Person()
    const attempt: Attempt = { kind: 'code', pool: 'strangers', weight: 3 }
    let attempts = 0
    while (person.failWhenLet(attempt, START + 29 * DAY)) attempts += 1
    expect([attempts, person.lookedAt]).toEqual([6, 18])
  })

  it.each([
    ['known devices', known, 50],
    ['strangers', stranger, 20],
  ] as const)('gives %s five more after a changed password, once in 30 days', (_who, attempt, budget) => {
    const person = new Person()
    const exhaust = () => {
      while (person.failWhenLet(attempt, START + 29 * DAY));
      return person.lookedAt
    }
    expect(exhaust()).toBe(budget)
    person.throttle = relieved(person.throttle, person.nowMs)
    expect(exhaust()).toBe(budget + 5)
    person.throttle = relieved(person.throttle, person.nowMs)
    expect(exhaust()).toBe(budget + 5)
  })

  it('gives both pools five more at the same password change', () => {
    const person = new Person()
    const lockedUntil = START + 29 * DAY
    for (const attempt of [known, stranger]) while (person.failWhenLet(attempt, lockedUntil));
    expect(person.lookedAt).toBe(70)
    person.throttle = relieved(person.throttle, person.nowMs)
    for (const attempt of [known, stranger]) while (person.failWhenLet(attempt, lockedUntil));
    expect(person.lookedAt).toBe(80)
  })

  it.each([
    ['a stranger', stranger, known, 325],
    ['a stolen device token', known, stranger, 715],
  ] as const)(
    'leaves %s no more guesses a year than documented, however often the password changes and the owner signs in',
    (_who, attempt, owner, most) => {
      const person = new Person()
      const end = START + 365 * DAY
      do {
        person.throttle = relieved(person.throttle, person.nowMs)
        // The owner signs in now and then, or 100 in a row would end it sooner.
        person.succeed(owner)
      } while (person.failWhenLet(attempt, end))
      expect(person.lookedAt).toBeLessThanOrEqual(most)
      expect(person.lookedAt).toBeGreaterThan(most - 30)
    },
  )

  it('leaves a stolen device token 200 guesses a year in both pools while the owner stays away', () => {
    const thief = new Person()
    const end = START + 365 * DAY
    for (let open = true; open; ) {
      thief.throttle = relieved(thief.throttle, thief.nowMs)
      open = [known, stranger].map((attempt) => thief.failWhenLet(attempt, end)).includes(true)
    }
    expect(thief.lookedAt).toBe(200)
  })

  it.each([
    ['a stranger', stranger, known],
    ['a stolen device token', known, stranger],
  ] as const)(
    'closes the pool of %s after 100 failures in a row, and not the other [CS-THR-02]',
    (_who, attempt, other) => {
      const person = new Person()
      for (let failures = 0; failures < 100; failures += 1) person.failWhenLet(attempt)
      expect(person.failWhenLet(attempt)).toBe(false)
      person.nowMs += 400 * DAY
      person.throttle = relieved(person.throttle, person.nowMs)
      expect(person.gate(attempt)).toEqual({ state: 'locked', untilMs: null })
      expect(person.gate(other).state).toBe('open')
      const closed = person.throttle
      for (const pool of ['known', 'strangers'] as const) {
        for (const kind of ['code', 'recovery-code'] as const) {
          person.throttle = closed
          person.succeed({ kind, pool, weight: 1 })
          expect(person.gate(attempt).state).toBe('open')
        }
      }
    },
  )

  it('counts failures in a row for each pool separately: 99 in one close neither', () => {
    const person = new Person()
    for (let failures = 0; failures < 99; failures += 1) {
      person.failWhenLet(known)
      person.failWhenLet(stranger)
    }
    person.nowMs += 400 * DAY
    expect([person.gate(known).state, person.gate(stranger).state]).toEqual(['open', 'open'])
  })
})

describe('recovery codes', () => {
  const recoveryCode: Attempt = { kind: 'recovery-code', pool: 'strangers' }

  it('are always checked; after 20 failures since a success, one per day is written and reported', () => {
    const person = new Person()
    const noted = () => isNoted(person.throttle, recoveryCode, person.nowMs)
    for (let failures = 0; failures < 20; failures += 1) {
      expect([person.gate(recoveryCode).state, noted()]).toEqual(['open', true])
      person.fail(recoveryCode)
    }
    expect([person.gate(recoveryCode).state, noted()]).toEqual(['open', false])
    person.nowMs += DAY - 1
    expect(noted()).toBe(false)
    person.nowMs += 1
    expect(noted()).toBe(true)
    person.fail(recoveryCode)
    expect(noted()).toBe(false)
    person.succeed(recoveryCode)
    expect(noted()).toBe(true)
  })

  it('close no pool of codes, however many fail', () => {
    const person = new Person()
    for (let failures = 0; failures < 1000; failures += 1) person.fail(recoveryCode)
    expect([person.gate(stranger).state, person.gate(known).state]).toEqual(['open', 'open'])
  })
})

describe('passwords', () => {
  it('have five free failures, then waits, and 25 in any 30 days, apart from the codes', () => {
    const person = new Person()
    for (let failures = 0; failures < 5; failures += 1) person.fail(password)
    expect(person.gate(password)).toEqual({ state: 'throttled', untilMs: START + SECOND })
    expect(person.gate(known).state).toBe('open')
    while (person.failWhenLet(password, START + 29 * DAY));
    expect(person.lookedAt).toBe(25)
  })

  it('are forgotten when the password changes, every time', () => {
    const person = new Person()
    for (let changes = 0; changes < 3; changes += 1) {
      while (person.failWhenLet(password, START + 29 * DAY));
      person.throttle = relieved(person.throttle, person.nowMs)
      expect(person.gate(password)).toEqual({ state: 'open', untilMs: null })
    }
    expect(person.lookedAt).toBe(75)
  })

  it('leave nothing to remember if nobody failed', () => {
    expect(succeeded(null, password, START)).toBeNull()
  })
})

describe('clocks that jump', () => {
  it.each([1, 365, 20_000])(
    'ahead by %i days and back lock no longer than 30 days, once the state is settled',
    (days) => {
      const person = new Person()
      person.nowMs += days * DAY
      while (person.failWhenLet(known, START + days * DAY + DAY));
      person.nowMs = START
      expect(person.gate(known)).toEqual({ state: 'locked', untilMs: START + 30 * DAY })
      person.throttle = settled(person.throttle, person.nowMs)
      person.nowMs = START + 30 * DAY
      expect(person.gate(known).state).toBe('open')
    },
  )

  it('ahead and back make nobody wait longer than the wait itself', () => {
    const person = new Person()
    person.nowMs += 365 * DAY
    for (let failures = 0; failures < 7; failures += 1) person.failWhenLet(known)
    person.nowMs = START
    expect(person.gate(known)).toEqual({ state: 'throttled', untilMs: START + 4 * SECOND })
  })

  it('do not clear the failures', () => {
    const person = new Person()
    while (person.failWhenLet(stranger, START + DAY));
    const { nowMs } = person
    person.nowMs = nowMs + 3650 * DAY
    person.fail(stranger)
    person.nowMs = nowMs
    expect(person.gate(stranger).state).toBe('locked')
  })
})

describe('whatever the order of attempts, devices and clocks', () => {
  type Move = { do: 'try'; attempt: Attempt; right: boolean } | { do: 'clock'; ms: number } | { do: 'password changed' }

  const pool = fc.constantFrom<Pool>('known', 'strangers')
  const attempt: fc.Arbitrary<Attempt> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('code' as const), pool, weight: fc.integer({ min: 1, max: 5 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('recovery-code' as const), pool }) },
    { weight: 2, arbitrary: fc.constant<Attempt>({ kind: 'password' }) },
  )
  const clock = fc.oneof(
    fc.integer({ min: 0, max: 20 * 60 * SECOND }),
    fc.integer({ min: -60 * DAY, max: 60 * DAY }),
    fc.constantFrom(-3650 * DAY, 3650 * DAY, 30 * DAY, -30 * DAY),
  )
  const move: fc.Arbitrary<Move> = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('try' as const),
        attempt,
        right: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      }),
    },
    { weight: 4, arbitrary: clock.map((ms): Move => ({ do: 'clock', ms })) },
    { weight: 1, arbitrary: fc.constant<Move>({ do: 'password changed' }) },
  )
  const moves = fc.array(move, { minLength: 50, maxLength: 400 })

  it('no more than the documented number of guesses is checked in 30 days of the clock going forward', () => {
    fc.assert(
      fc.property(moves, (moves) => {
        let throttle: Throttle = null
        let nowMs = START
        // A clock that jumps back takes no time back: an entry's age is never more than the clock's way forward since.
        let forwardMs = 0
        const lookedAt: { what: string; count: number; atMs: number }[] = []
        const inLast30Days = (what: string) =>
          lookedAt
            .filter((one) => one.what === what && one.atMs > forwardMs - 30 * DAY)
            .reduce((sum, { count }) => sum + count, 0)
        for (const move of moves) {
          if (move.do === 'clock') {
            const next = Math.max(0, nowMs + move.ms)
            forwardMs += Math.max(0, next - nowMs)
            nowMs = next
          } else if (move.do === 'password changed') {
            throttle = relieved(throttle, nowMs)
            lookedAt.splice(0, lookedAt.length, ...lookedAt.filter((one) => one.what !== 'password'))
          } else if (gate(throttle, move.attempt, nowMs).state === 'open') {
            throttle = move.right ? succeeded(throttle, move.attempt, nowMs) : failed(throttle, move.attempt, nowMs)
            if (move.right || move.attempt.kind === 'recovery-code') continue
            const { attempt } = move
            const what = attempt.kind === 'code' ? attempt.pool : 'password'
            lookedAt.push({ what, count: attempt.kind === 'code' ? attempt.weight : 1, atMs: forwardMs })
            expect(inLast30Days('known')).toBeLessThanOrEqual(55)
            expect(inLast30Days('strangers')).toBeLessThanOrEqual(25)
            expect(inLast30Days('password')).toBeLessThanOrEqual(25)
          }
        }
        for (const [pool, list] of Object.entries(throttle?.codes ?? {})) {
          expect(list.failedAtMs.length).toBeLessThanOrEqual(KEPT[pool as Pool])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('no attempt of a stranger makes a known device wait [CS-THR-06]', () => {
    const seenByKnown = (throttle: Throttle, nowMs: number) =>
      [known, { kind: 'recovery-code', pool: 'known' } as const].map((attempt) => gate(throttle, attempt, nowMs))
    const isStranger = (attempt: Attempt) => attempt.kind !== 'password' && attempt.pool === 'strangers'

    fc.assert(
      fc.property(moves, (moves) => {
        let withStrangers: Throttle = null
        let without: Throttle = null
        let nowMs = START
        for (const move of moves) {
          if (move.do === 'clock') nowMs = Math.max(0, nowMs + move.ms)
          else if (move.do === 'try') {
            const next = move.right ? succeeded : failed
            if (gate(withStrangers, move.attempt, nowMs).state === 'open') {
              withStrangers = next(withStrangers, move.attempt, nowMs)
              // A passed step is the owner's, on whatever device: it stays in both histories.
              if (move.right || !isStranger(move.attempt)) without = next(without, move.attempt, nowMs)
              // Any write settles times that are in the future; so that only strangers differ, both are settled here.
              else without = settled(without, nowMs)
            }
          }
          expect(seenByKnown(withStrangers, nowMs)).toEqual(seenByKnown(without, nowMs))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('a gate that names a time opens at that time', () => {
    fc.assert(
      fc.property(moves, attempt, (moves, wanted) => {
        let throttle: Throttle = null
        let nowMs = START
        for (const move of moves) {
          if (move.do === 'clock') nowMs += Math.abs(move.ms) / 100
          else if (move.do === 'password changed') throttle = relieved(throttle, nowMs)
          else if (move.do === 'try' && gate(throttle, move.attempt, nowMs).state === 'open') {
            throttle = move.right ? succeeded(throttle, move.attempt, nowMs) : failed(throttle, move.attempt, nowMs)
          }
        }
        const entry = gate(throttle, wanted, nowMs)
        if (entry.untilMs === null) return
        expect(entry.untilMs).toBeGreaterThan(nowMs)
        expect(gate(throttle, wanted, entry.untilMs).state).toBe('open')
      }),
      { numRuns: 300 },
    )
  })
})

describe('a failure that is taken back because the code was right after all', () => {
  const times = fc.array(fc.nat(1000), { maxLength: 30 })

  it('leaves every other failure, of this pool and of the other', () => {
    const weights = fc.integer({ min: 1, max: 5 })
    fc.assert(
      fc.property(
        times,
        times,
        weights,
        fc.constantFrom('known' as const, 'strangers' as const),
        (a, b, weight, pool) => {
          let before: Throttle = null
          const other: Attempt = { kind: 'code', pool: pool === 'known' ? 'strangers' : 'known', weight: 1 }
          for (const offset of a.slice(0, 10))
            before = failed(before, { kind: 'code', pool, weight: 1 }, START + offset)
          for (const offset of b.slice(0, 10)) before = failed(before, other, START + offset)
          const atMs = START + 2000
          const counted = failed(before, { kind: 'code', pool, weight }, atMs)
          const back = forgiven(counted, { pool, weight, atMs })
          expect(back?.codes[pool].failedAtMs).toEqual(before?.codes[pool].failedAtMs ?? [])
          expect(back?.codes[other.pool]).toEqual(counted.codes[other.pool])
        },
      ),
    )
  })

  it('takes back no more than it counted, of several at the same moment', () => {
    const attempt: Attempt = { kind: 'code', pool: 'strangers', weight: 2 }
    const thrice = failed(failed(failed(null, attempt, START), attempt, START), attempt, START)
    expect(forgiven(thrice, { pool: 'strangers', weight: 2, atMs: START })?.codes.strangers.failedAtMs).toHaveLength(4)
  })
})
