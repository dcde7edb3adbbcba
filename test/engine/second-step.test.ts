import { describe, expect, test } from 'vitest'
import { emptyRecord, type StoredApp, type UserRecord } from '../../src/engine/record.ts'
import { currentStep, lightestAttempt } from '../../src/engine/second-step.ts'
import type { Visitor } from '../../src/engine/visitor.ts'
import { appsIn, createWorld, enrolled, SECOND, START, untyped } from '../world.ts'

const stranger: Visitor = { pool: 'strangers', trusted: null, lastMethod: null }
const app = (digits: number) => untyped<StoredApp>({ type: 'totp', digits })
const withApps = (...digits: number[]): UserRecord => ({ ...emptyRecord(), authenticators: digits.map(app) })

describe('the attempt that counts least', () => {
  const weightOf = (record: UserRecord, visitor = stranger) => {
    const attempt = lightestAttempt(record, visitor)
    return attempt.kind === 'code' ? attempt.weight : null
  }

  test('is one with a code of the length that the fewest apps show', () => {
    expect(weightOf(withApps(6))).toBe(1)
    expect(weightOf(withApps(6, 6, 6))).toBe(3)
    expect(weightOf(withApps(6, 6, 6, 8))).toBe(1)
    expect(weightOf(withApps(8, 8, 8, 6, 6))).toBe(2)
    expect(weightOf(withApps(6, 6, 8, 8, 8))).toBe(2)
    expect(weightOf(withApps(6, 8, 8, 6, 8))).toBe(2)
  })

  test('counts once without any app, and from a known device', () => {
    expect(weightOf(emptyRecord())).toBe(1)
    expect(weightOf(withApps(6, 6, 6), { ...stranger, pool: 'known' })).toBe(1)
  })
})

test('a step is the whole periods since 1970', () => {
  expect(currentStep({ periodSeconds: 30 }, 59_999)).toBe(1)
  expect(currentStep({ periodSeconds: 60 }, 60_000)).toBe(1)
})

describe('a used code', () => {
  test('names the seconds until the app shows a fresh one', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    world.clock.set(START + 10 * SECOND)
    const code = phone.code()
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
    const used = { ok: false, reason: 'code-used', retryAfterSeconds: 20 }
    expect(await world.twoFactor.verify('ann', { code })).toEqual(used)
    world.clock.set(START + 35 * SECOND)
    expect(await world.twoFactor.verify('ann', { code })).toEqual({ ...used, retryAfterSeconds: 25 })
  })

  test('of the next step, which a phone that is ahead showed, names the end of that step', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    world.clock.advance({ seconds: 30 })
    const code = phone.code()
    world.clock.advance({ seconds: -30 })
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
    expect(await world.twoFactor.verify('ann', { code })).toEqual({
      ok: false,
      reason: 'code-used',
      retryAfterSeconds: 60,
    })
    expect(appsIn(await world.store.record('ann'))[0]?.lastStep).toBe(START / (30 * SECOND) + 1)
  })
})
