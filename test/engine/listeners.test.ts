import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { tell } from '../../src/engine/listeners.ts'

const hang = () => new Promise<void>(() => {})

describe('telling the listener', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  test('starts no timer if there is no listener, or nothing to tell', async () => {
    const started = vi.spyOn(globalThis, 'setTimeout')
    await tell({ onEvent: undefined, onEventError: undefined }, [1])
    await tell({ onEvent: () => {}, onEventError: undefined }, [])
    expect(started).not.toHaveBeenCalled()
    await tell({ onEvent: () => {}, onEventError: undefined }, [1])
    expect(started).toHaveBeenCalledOnce()
  })

  test('leaves no timer behind, which would keep the process alive', async () => {
    await tell({ onEvent: () => {}, onEventError: undefined }, [1, 2])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('waits for each event before the next', async () => {
    const order: string[] = []
    const onEvent = async (event: number) => {
      order.push(`begin ${event}`)
      await Promise.resolve()
      order.push(`end ${event}`)
    }
    await tell({ onEvent, onEventError: undefined }, [1, 2])
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  test('waits for five seconds in all, then tells the rest at once', async () => {
    const told: number[] = []
    const onEvent = (event: number) => {
      told.push(event)
      return hang()
    }
    let isDone = false
    const telling = tell({ onEvent, onEventError: undefined }, [1, 2, 3]).then(() => {
      isDone = true
    })
    await vi.advanceTimersByTimeAsync(4999)
    expect([told, isDone]).toEqual([[1], false])
    await vi.advanceTimersByTimeAsync(1)
    await telling
    expect(told).toEqual([1, 2, 3])
  })

  test('gives an error to its own listener with the event, and goes on, whatever that one does', async () => {
    const bad = new Error('bad')
    const errors: [unknown, number][] = []
    const onEvent = () => {
      throw bad
    }
    const onEventError = async (error: unknown, event: number) => {
      errors.push([error, event])
      throw new Error('worse')
    }
    await tell({ onEvent, onEventError }, [1, 2])
    expect(errors).toEqual([
      [bad, 1],
      [bad, 2],
    ])
    await tell({ onEvent, onEventError: undefined }, [1])
  })
})
