import { describe, expect, test } from 'vitest'
import { addPhone, createWorld, DAY, faultOf, PASSWORD, START, untyped } from '../world.ts'

const proof = { password: PASSWORD }
const fromMs = START + 7 * DAY
const isRequired = () => ({ fromMs })

describe('a user who must have two-factor authentication from a date on', () => {
  test('signs in without it until then, and is told the date', async () => {
    const world = createWorld({ isRequired })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({
      passed: true,
      because: 'not-enabled',
      requiredFromMs: fromMs,
    })
    expect(await world.twoFactor.status('ann')).toMatchObject({ required: false, requiredFromMs: fromMs })
    world.clock.set(fromMs - 1)
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ passed: true, requiredFromMs: fromMs })
  })

  test('must set it up to sign in from then on', async () => {
    const world = createWorld({ isRequired })
    world.clock.set(fromMs)
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ passed: false, action: 'setup' })
    const status = await world.twoFactor.status('ann')
    expect(status.required).toBe(true)
    expect(status).not.toHaveProperty('requiredFromMs')
  })

  test('may turn it off until then, and is told the date', async () => {
    const world = createWorld({ isRequired })
    await addPhone(world, 'ann')
    expect(await world.twoFactor.disable('ann', { proof })).toEqual({ ok: true, requiredFromMs: fromMs })
    await addPhone(world, 'ann')
    world.clock.set(fromMs)
    expect(await world.twoFactor.disable('ann', { proof })).toMatchObject({ reason: 'two-factor-required' })
  })
})

test('a time in the past requires it now; a hook without a date returns none', async () => {
  const past = createWorld({ isRequired: () => ({ fromMs: -1 }) })
  expect(await past.twoFactor.challenge('ann')).toMatchObject({ passed: false, action: 'setup' })
  const never = createWorld({ isRequired: () => false })
  expect(await never.twoFactor.challenge('ann')).not.toHaveProperty('requiredFromMs')
  expect(await never.twoFactor.status('ann')).not.toHaveProperty('requiredFromMs')
})

test.each([
  ['NaN', { fromMs: Number.NaN }],
  ['Infinity', { fromMs: Number.POSITIVE_INFINITY }],
  ['text', { fromMs: '2026-01-01' }],
  ['a Date', { fromMs: new Date(START) }],
  ['nothing', { fromMs: undefined }],
  ['no such field', { from: fromMs }],
  ['a time alone', fromMs],
  ['null', null],
])('a fromMs that is %s is a fault, never a "no"', async (_what, answer) => {
  const world = createWorld({ isRequired: () => untyped(answer) })
  const { twoFactor } = world
  const calls = [
    () => twoFactor.challenge('ann'),
    () => twoFactor.status('ann'),
    () => twoFactor.disable('ann', { proof }),
    () => twoFactor.passwordChanged('ann'),
  ]
  for (const call of calls) expect(await faultOf(call)).toMatchObject({ code: 'hook_invalid' })
  expect(world.store.saves).toBe(0)
})
