import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Patience, retryOnConflict } from '../../src/engine/retry.ts'

const patience: Patience = { tries: 8, triesWithoutWait: 3, longestWaitMs: 8 }
const half = (bytes: number) => new Uint8Array(bytes).fill(128)

/** The waits before each attempt, in milliseconds; the attempt before the last conflicts. */
async function waitsOf(given: Partial<Patience>, { conflicts = Number.POSITIVE_INFINITY, lastsMs = 0 } = {}) {
  const waits: number[] = []
  let endedMs = performance.now()
  const outcome = retryOnConflict({ ...patience, ...given }, half, async () => {
    waits.push(performance.now() - endedMs)
    if (lastsMs > 0) await new Promise((resolve) => setTimeout(resolve, lastsMs))
    endedMs = performance.now()
    return waits.length > conflicts ? { result: 'written' } : { conflict: waits.length }
  })
  await vi.runAllTimersAsync()
  return { waits, outcome: await outcome }
}

describe('an attempt that met another writer', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('an attempt that succeeds is the only one', async () => {
    expect(await waitsOf({}, { conflicts: 0 })).toEqual({ waits: [0], outcome: { result: 'written' } })
  })

  test('the first retries come at once, later ones after a random part of a limit that doubles up to the longest', async () => {
    const { waits, outcome } = await waitsOf({})
    // Three retries at once, then half of 2, 4, 8 and 8: the random byte is 128 of 256.
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 4])
    expect(outcome).toEqual({ conflict: 8 })
  })

  test('as many attempts are made as allowed, and the last conflict is returned', async () => {
    expect(await waitsOf({ tries: 1 })).toEqual({ waits: [0], outcome: { conflict: 1 } })
    expect(await waitsOf({ tries: 2 })).toEqual({ waits: [0, 0], outcome: { conflict: 2 } })
  })

  test('no attempt begins later than the limit after the end of the first, and one that begins just then does', async () => {
    const { waits } = await waitsOf({ tries: 100, triesWithoutWait: 100, forMs: 20 }, { lastsMs: 10 })
    // The first ends at 10 ms; the others at 20, 30 and 40 ms.
    expect(waits).toHaveLength(4)
  })

  test('two writers that lost together wait differently, from the retry on that is not made at once', async () => {
    vi.useRealTimers()
    const lengths: number[] = []
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
      lengths.push(ms)
      run()
    }) as typeof setTimeout)
    const bytes = [0, 64, 255]
    const random = () => Uint8Array.of(bytes.shift() ?? 0)
    await retryOnConflict({ tries: 5, triesWithoutWait: 1, longestWaitMs: 16 }, random, async () => ({
      conflict: true,
    }))
    vi.restoreAllMocks()
    expect(lengths).toEqual([0, 1, 7.96875])
  })
})
