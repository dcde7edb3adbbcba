import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import type { Core } from '../../src/engine/core.ts'
import {
  findIssuedCode,
  type IssuedCode,
  issueCode,
  mayBeIssued,
  withUsedIssuedCode,
} from '../../src/engine/issued-codes.ts'
import { emptyRecord, type UserRecord } from '../../src/engine/record.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'
import { DAY, START, untyped } from '../world.ts'

const code = (sealed: string, usedAtMs: number | null = null): IssuedCode => ({
  sealed,
  createdAtMs: START,
  expiresAtMs: START + DAY,
  usedAtMs,
})
const having = (...issuedCodes: IssuedCode[]): UserRecord => ({ ...emptyRecord(), issuedCodes })
const newCore = () => untyped<Core>({ vault: createVault(keyRing(generateKey()), randomBytes), random: randomBytes })

describe('one more code', () => {
  const kept = (...before: IssuedCode[]) => {
    const issued = issueCode(newCore(), 'ann', having(...before), DAY, START)
    return issued?.record.issuedCodes.map(({ sealed }) => (sealed.length === 1 ? sealed : 'new'))
  }

  test('stands beside a used one, so that entering that again is no guess', () => {
    expect(kept(code('a', START))).toEqual(['a', 'new'])
    expect(kept(code('a', START), code('b', START))).toEqual(['b', 'new'])
  })

  test('stands beside a good one, rather than beside a used one', () => {
    expect(kept(code('a'))).toEqual(['a', 'new'])
    expect(kept(code('a'), code('b', START))).toEqual(['a', 'new'])
    expect(kept(code('a', START), code('b'))).toEqual(['b', 'new'])
  })

  test('takes the place of expired ones, and is refused beside two good ones', () => {
    const expired = { ...code('a'), expiresAtMs: START }
    expect(kept(expired, expired)).toEqual(['new'])
    expect(kept(code('a'), code('b'))).toBeUndefined()
  })

  test('is sealed for its purpose and its user, and found by its canonical spelling, used or not', () => {
    const core = newCore()
    const issued = issueCode(core, 'ann', having(), DAY, START)
    const [stored = code('')] = issued?.record.issuedCodes ?? []
    expect(core.vault.openText({ purpose: 'issued-code', userId: 'ann' }, stored.sealed)).toBe(issued?.code)
    const spelling = issued?.code.replaceAll('-', '') ?? ''
    const keeping = { vault: core.vault, userId: 'ann', nowMs: START }
    expect(findIssuedCode(having(stored), spelling, keeping)).toBe(stored)
    expect(findIssuedCode(having(stored), 'X'.repeat(16), keeping)).toBeNull()
    const used = withUsedIssuedCode(having(stored), stored, START)
    expect(findIssuedCode(used, spelling, keeping)).toEqual({ ...stored, usedAtMs: START })
  })
})

test('a typed code may be one of them if it has sixteen characters and one of them, used or not, has not expired', () => {
  const typed = 'X'.repeat(16)
  expect(mayBeIssued(having(code('a')), typed, START)).toBe(true)
  expect(mayBeIssued(having(code('a', START)), typed, START)).toBe(true)
  expect(mayBeIssued(having(code('a')), `${typed}X`, START)).toBe(false)
  expect(mayBeIssued(having(code('a')), typed, START + DAY)).toBe(false)
  expect(mayBeIssued(having(), typed, START)).toBe(false)
})
