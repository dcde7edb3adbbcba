import { generateKey, keyRing } from 'countersign'
import { expect, test } from 'vitest'
import { isWithin, openToken } from '../../src/engine/sealed-token.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'

const NOW = 1_800_000_000_000
const LIFETIME = 300_000
const SKEW = 60_000
const place = { purpose: 'challenge', userId: '' } as const

test('a token is valid until its time, and at most a minute longer than its lifetime ahead', () => {
  const valid = (leftMs: number) => isWithin(NOW + leftMs, LIFETIME, NOW)
  expect([-1, 0, 1].map(valid)).toEqual([false, false, true])
  expect([LIFETIME, LIFETIME + SKEW, LIFETIME + SKEW + 1].map(valid)).toEqual([true, true, false])
})

test('the fields of a token are read if it opens, for its purpose and user; anything else is null', () => {
  const vault = createVault(keyRing(generateKey('k1')), randomBytes)
  const token = vault.seal(place, JSON.stringify(['ann', 1]))
  expect(openToken(vault, place, token)).toEqual(['ann', 1])
  expect(openToken(vault, { ...place, userId: 'ben' }, token)).toBe(null)
  expect(openToken(vault, { ...place, purpose: 'step-up' }, token)).toBe(null)
  for (const other of ['', 'x', `k1.${'A'.repeat(80)}`, null, undefined, 7, [token], {}]) {
    expect(openToken(vault, place, other)).toBe(null)
  }
})

test('a token of up to 12,288 characters is opened, and a longer one is not', () => {
  const vault = createVault(keyRing(generateKey('k1')), randomBytes)
  const opened: string[] = []
  const watched = {
    ...vault,
    openText(_place: unknown, token: string) {
      opened.push(token)
      return '[]'
    },
  }
  expect(openToken(watched, place, 'x'.repeat(12_288))).toEqual([])
  expect(openToken(watched, place, 'x'.repeat(12_289))).toBe(null)
  expect(opened).toHaveLength(1)
})
