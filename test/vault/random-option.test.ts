import { CountersignError } from 'countersign'
import { expect, test } from 'vitest'
import { type Random, randomOption } from '../../src/vault/random.ts'

test('without a source of the host, random bytes come from the platform', () => {
  const random = randomOption(undefined)
  const drawn = Array.from({ length: 100 }, () => random(16))
  expect(new Set(drawn.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(100)
  expect([random(0), random(33)].map((bytes) => bytes.length)).toEqual([0, 33])
})

test("the host's source is asked for each number of bytes, and what it draws is what is used", () => {
  const asked: number[] = []
  const random = randomOption((count) => {
    asked.push(count)
    return new Uint8Array(count).fill(7)
  })
  expect([random(2), random(3)]).toEqual([Uint8Array.of(7, 7), Uint8Array.of(7, 7, 7)])
  expect(asked).toEqual([2, 3])
})

test.each<[string, unknown]>([
  ['too few bytes', new Uint8Array(15)],
  ['too many bytes', new Uint8Array(17)],
  ['a list of numbers', Array.from({ length: 16 }, () => 1)],
  ['text', 'x'.repeat(16)],
  ['a promise', Promise.resolve(new Uint8Array(16))],
  ['nothing', undefined],
])("a host's source that returns %s is a fault, which says what was asked for", (_what, returned) => {
  const random = randomOption((() => returned) as Random)
  let fault: unknown
  try {
    random(16)
  } catch (error) {
    fault = error
  }
  expect(fault).toBeInstanceOf(CountersignError)
  expect(fault).toMatchObject({
    code: 'hook_invalid',
    message: 'random(16) must return a Uint8Array of 16 bytes.',
  })
})
