import { expect, test } from 'vitest'
import { stillMatching } from '../../src/engine/imported-codes.ts'
import type { StoredRecoveryCodes } from '../../src/recovery-codes/keep.ts'
import { START, untyped } from '../world.ts'

test('of the hashes that match, those count that are still unused, and none once the set is another one', () => {
  const set = untyped<StoredRecoveryCodes>({ id: 'set', usedAtMs: [null, START, null] })
  const answer = { setId: 'set', matching: [0, 1], counted: null }
  expect(stillMatching(set, answer)).toEqual([0])
  expect(stillMatching({ ...set, id: 'newer' }, answer)).toEqual([])
})
