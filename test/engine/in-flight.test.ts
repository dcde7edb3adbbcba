import { testClock } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { createInFlight } from '../../src/engine/in-flight.ts'
import { START } from '../world.ts'

const HOLD_SECONDS = 30

function checks(limits: { most: number; altogether?: number }) {
  const clock = testClock(START)
  const inFlight = createInFlight({ ...limits, holdMs: HOLD_SECONDS * 1000, now: clock.now })
  /** Work that runs until `end`; null if it was not started. */
  const start = (userId: string) => {
    let finish = () => {}
    const running = inFlight.run(userId, () => new Promise<void>((resolve) => (finish = resolve)))
    if (running === null) return null
    return {
      end: () => {
        finish()
        return running
      },
    }
  }
  return { clock, inFlight, start, isRefused: (userId: string) => start(userId) === null }
}

describe('the places of a user', () => {
  test('are as many as set, and another user has their own', () => {
    const { start, isRefused } = checks({ most: 2 })
    start('ann')
    start('ann')
    expect(isRefused('ann')).toBe(true)
    expect(isRefused('ben')).toBe(false)
  })

  test('are free again one by one, whichever work ends', async () => {
    const { start, isRefused } = checks({ most: 3 })
    start('ann')
    const second = start('ann')
    start('ann')
    await second?.end()
    expect(isRefused('ann')).toBe(false)
    expect(isRefused('ann')).toBe(true)
  })

  test('are free after work that threw or rejected, and its error is the caller’s', async () => {
    const { inFlight, isRefused } = checks({ most: 1 })
    const thrown = inFlight.run('ann', () => {
      throw new Error('thrown')
    })
    await expect(thrown).rejects.toThrow('thrown')
    await expect(inFlight.run('ann', () => Promise.reject(new Error('rejected')))).rejects.toThrow('rejected')
    expect(isRefused('ann')).toBe(false)
  })

  test('are held for half a minute by work that hangs, and not by a clock that was set back', () => {
    const { clock, start, isRefused } = checks({ most: 1 })
    start('ann')
    clock.set(START + HOLD_SECONDS * 1000 - 1)
    expect(isRefused('ann')).toBe(true)
    clock.set(START + HOLD_SECONDS * 1000)
    expect(isRefused('ann')).toBe(false)
    clock.set(START)
    expect(isRefused('ann')).toBe(false)
  })

  test('stay as they are when work ends that no longer held one', async () => {
    const { clock, start, isRefused } = checks({ most: 1 })
    const hung = start('ann')
    clock.advance({ seconds: HOLD_SECONDS })
    start('ann')
    await hung?.end()
    expect(isRefused('ann')).toBe(true)
  })
})

describe('the places of all users together', () => {
  test('are all taken by two users as by four', () => {
    for (const users of [
      ['ann', 'ann', 'ben', 'ben'],
      ['ann', 'ben', 'cay', 'dan'],
    ]) {
      const { start, isRefused } = checks({ most: 2, altogether: 4 })
      for (const userId of users.slice(0, 3)) start(userId)
      expect(isRefused(users[3] ?? '')).toBe(false)
      expect(isRefused('eve')).toBe(true)
    }
  })

  test('are free again when work ends, or has hung for too long', async () => {
    const { clock, start, isRefused } = checks({ most: 1, altogether: 2 })
    const first = start('ann')
    start('ben')
    await first?.end()
    expect(isRefused('cay')).toBe(false)
    expect(isRefused('dan')).toBe(true)
    clock.advance({ seconds: HOLD_SECONDS })
    expect(isRefused('dan')).toBe(false)
  })
})
