import { expect, test } from 'vitest'
import { addPhone, createWorld, enrolled, MINUTE, PASSWORD, START, untyped } from '../world.ts'

const proof = { password: PASSWORD }

test('recovery codes are unsaved until the person says otherwise, in one read and one write', async () => {
  const world = createWorld()
  await addPhone(world, 'ann')
  expect((await world.twoFactor.status('ann')).recoveryCodes.savedAtMs).toBeNull()
  world.clock.advance({ seconds: 60 })
  world.store.forget()
  world.heard()
  expect(await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: START })).toEqual({ ok: true })
  expect([world.store.loads, world.store.saves, world.heard()]).toEqual([1, 1, []])
  expect((await world.twoFactor.status('ann')).recoveryCodes).toMatchObject({ savedAtMs: START + MINUTE, left: 10 })
})

test('said again, the first time stays and nothing is written', async () => {
  const world = createWorld()
  await addPhone(world, 'ann')
  await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: START })
  world.clock.advance({ seconds: 60 })
  world.store.forget()
  expect(await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: START })).toEqual({ ok: true })
  expect(world.store.saves).toBe(0)
  expect((await world.twoFactor.status('ann')).recoveryCodes.savedAtMs).toBe(START)
})

test('new codes are unsaved again, and a page that shows the old ones cannot mark them', async () => {
  const world = createWorld()
  await addPhone(world, 'ann')
  await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: START })
  world.clock.advance({ seconds: 60 })
  await world.twoFactor.regenerateRecoveryCodes('ann', { proof })
  expect((await world.twoFactor.status('ann')).recoveryCodes.savedAtMs).toBeNull()
  const refused = { ok: false, reason: 'not-found', retryAfterSeconds: null }
  expect(await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: START })).toEqual(refused)
  expect((await world.twoFactor.status('ann')).recoveryCodes.savedAtMs).toBeNull()
})

test.each([undefined, null, 'x', {}, Number.NaN, -1])('a time %j belongs to no codes', async (createdAtMs) => {
  const world = createWorld()
  await enrolled(world)
  const marked = await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: untyped(createdAtMs) })
  expect(marked).toMatchObject({ ok: false, reason: 'not-found' })
  expect(world.store.saves).toBe(0)
})

test('a user who has it off has nothing to mark', async () => {
  const world = createWorld()
  const refused = { ok: false, reason: 'not-enabled', retryAfterSeconds: null }
  expect(await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: START })).toEqual(refused)
})
