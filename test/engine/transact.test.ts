import { memoryStore, type UserStore } from 'countersign'
import { expect, test, vi } from 'vitest'
import { createWorld, faultOf, PASSWORD, untyped } from '../world.ts'

const staff = { by: 'sam', note: 'x' }

test('what there is not is not deleted: a reset of a user without a record writes nothing', async () => {
  const world = createWorld()
  expect(await world.twoFactor.admin.reset('ann', staff)).toEqual({ ok: true, existed: false })
  expect([world.store.loads, world.store.saves]).toEqual([1, 0])
})

test('a store that never writes is a fault that says how often it was tried, and what to check', async ({
  onTestFinished,
}) => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const memory = memoryStore()
  const store: UserStore = { load: memory.load, save: async () => false }
  const twoFactor = createWorld().another({ store })
  const proof = { password: PASSWORD }
  const fault = faultOf(() => twoFactor.beginSetup('ann', { proof, accountName: 'ann' }))
  await vi.runAllTimersAsync()
  expect((await fault).message).toBe(
    "Nothing was written: other writers changed this user's record 50 times in a row. Try again; if this persists, check that the store's save compares versions as UserStore requires.",
  )
})

test('a save that returns anything but true or false is a fault that says what it returned', async () => {
  for (const [returned, named] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [1, 'number'],
    [{ changes: 1 }, 'object'],
  ] as const) {
    const store: UserStore = { load: async () => null, save: async () => untyped<boolean>(returned) }
    const twoFactor = createWorld().another({ store })
    const proof = { password: PASSWORD }
    const fault = await faultOf(() => twoFactor.beginSetup('ann', { proof, accountName: 'ann' }))
    expect(fault).toMatchObject({
      code: 'store_invalid',
      message: `The store's save must return true or false; it returned ${named}. Whether it wrote is unknown, so this counts as a failure. Check the adapter.`,
    })
  }
})
