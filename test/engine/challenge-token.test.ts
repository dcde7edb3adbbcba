import { describe, expect, test } from 'vitest'
import { hashBinding, isBoundTo, MAX_BINDING } from '../../src/engine/challenge-token.ts'

describe('a challenge', () => {
  test('that is bound to a browser is accepted with that binding only', () => {
    const bound = hashBinding('session 1')
    expect(isBoundTo(bound, 'session 1')).toBe(true)
    for (const other of ['session 2', '', undefined, null, 1, ['session 1']]) {
      expect(isBoundTo(bound, other)).toBe(false)
    }
  })

  test('that is bound to none is accepted without a binding only', () => {
    expect(isBoundTo(null, undefined)).toBe(true)
    for (const other of ['session 1', '', null]) expect(isBoundTo(null, other)).toBe(false)
  })

  test('is bound to text of the longest length at most: longer text is not hashed', () => {
    const [longest, longer] = ['x'.repeat(MAX_BINDING), 'x'.repeat(MAX_BINDING + 1)]
    expect(isBoundTo(hashBinding(longest), longest)).toBe(true)
    expect(isBoundTo(hashBinding(longer), longer)).toBe(false)
  })
})
