import { testClock } from 'countersign/testing'
import { expect, test } from 'vitest'

test('a test clock stands still until it is moved', () => {
  const clock = testClock(1_000)
  const { now } = clock
  expect([now(), now()]).toEqual([1_000, 1_000])
  clock.advance({ seconds: 30 })
  expect(now()).toBe(31_000)
  clock.advance({ seconds: 0.5 })
  expect(now()).toBe(31_500)
  clock.advance({ seconds: -1.5 })
  expect(now()).toBe(30_000)
  clock.set(7)
  expect(now()).toBe(7)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, undefined, '0', null])('a time of %s is refused', (time) => {
  expect(() => Reflect.apply(testClock, null, [time])).toThrow('Unix milliseconds')
  const clock = testClock(5)
  expect(() => Reflect.apply(clock.set, null, [time])).toThrow('Unix milliseconds')
  expect(clock.now()).toBe(5)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, -6, undefined, '1'])(
  'moving it by %s seconds is refused',
  (seconds) => {
    const clock = testClock(5_000)
    expect(() => Reflect.apply(clock.advance, null, [{ seconds }])).toThrow('A test clock')
    expect(clock.now()).toBe(5_000)
  },
)
