import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import {
  findRecoveryCode,
  keepRecoveryCodes,
  recoveryCodesLeft,
  resealRecoveryCodes,
  type StoredRecoveryCodes,
  viewRecoveryCodes,
} from '../../src/recovery-codes/keep.ts'
import { makeRecoveryCodes } from '../../src/recovery-codes/make.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'
import { faultOf } from '../world.ts'

const KINDS = ['sealed', 'hashed'] as const

function kept(codes: readonly string[], kind: 'sealed' | 'hashed') {
  const key = generateKey('k1')
  const keeping = { vault: createVault(keyRing(key), randomBytes), userId: 'ann' }
  const how = { ...keeping, random: randomBytes, nowMs: 1000 }
  return { key, keeping, stored: keepRecoveryCodes(codes, { kept: kind, madeHere: true }, how) }
}

const plain = (code: string) => code.replaceAll('-', '')

describe.each(KINDS)('kept %s', (kind) => {
  test('each code is found in its place, used or not, and nothing else is', () => {
    const codes = makeRecoveryCodes(5, 16, randomBytes)
    const { keeping, stored } = kept(codes, kind)
    const used = { ...stored, usedAtMs: [1, null, 2, null, null] }
    for (const set of [stored, used]) {
      expect(codes.map((code) => findRecoveryCode(set, plain(code), keeping))).toEqual([0, 1, 2, 3, 4])
    }
    const [other = ''] = makeRecoveryCodes(1, 16, randomBytes)
    for (const text of [plain(other), plain(codes[0] ?? '').slice(1), '', codes.map(plain).join('\n')]) {
      expect(findRecoveryCode(stored, text, keeping)).toBeNull()
    }
  })

  test('codes of another library are found by their one spelling, and what has none by itself', () => {
    const { keeping, stored } = kept(['abcde-f0o1l', 'code of é'], kind)
    expect(['ABCDEF0011', 'code of é'].map((code) => findRecoveryCode(stored, code, keeping))).toEqual([0, 1])
    expect(['abcde-f0o1l', 'abcdef0o1l'].map((code) => findRecoveryCode(stored, code, keeping))).toEqual([null, null])
    expect(stored.lengths).toEqual([10, 9])
  })

  test('a new set is unused, not saved, and has an id of 72 random bits', () => {
    const codes = ['AAAAAAAAAA', 'BBBBBBBBBB', 'CCCCCCCCCCCC']
    const [one, other] = [kept(codes, kind).stored, kept(codes, kind).stored]
    expect(one).toMatchObject({
      kept: kind,
      madeHere: true,
      lengths: [10, 12],
      usedAtMs: [null, null, null],
      createdAtMs: 1000,
      savedAtMs: null,
    })
    expect(one.id).toMatch(/^[\w-]{12}$/)
    expect(one.id).not.toBe(other.id)
    expect(one.hashes).toHaveLength(kind === 'hashed' ? 3 : 0)
  })

  test('sealed anew, the codes are the same and the old key is needed no more', () => {
    const codes = makeRecoveryCodes(3, 24, randomBytes)
    const { key, stored } = kept(codes, kind)
    const next = generateKey('k2')
    const vault = (keys: string) => ({ vault: createVault(keyRing(keys), randomBytes), userId: 'ann' })
    const resealed = resealRecoveryCodes({ ...stored, usedAtMs: [null, 5, null] }, vault(`${next},${key}`))
    expect(resealed).toEqual({ ...stored, usedAtMs: [null, 5, null], sealed: expect.stringMatching(/^k2\./) })
    expect(codes.map((code) => findRecoveryCode(resealed, plain(code), vault(next)))).toEqual([0, 1, 2])
  })

  test("another user's, or a set of another kind, is a fault that names the field", async () => {
    const { keeping, stored } = kept(makeRecoveryCodes(3, 16, randomBytes), kind)
    const find = (set: StoredRecoveryCodes, userId: string) => () =>
      findRecoveryCode(set, 'AAAAAAAAAAAAAAAA', { ...keeping, userId })
    for (const call of [
      find(stored, 'ben'),
      find({ ...stored, kept: 'imported' }, 'ann'),
      find({ ...stored, kept: kind === 'sealed' ? 'hashed' : 'sealed' }, 'ann'),
    ]) {
      expect(await faultOf(call)).toMatchObject({
        code: 'record_invalid',
        message: expect.stringContaining('The stored recoveryCodes.sealed does not open'),
      })
    }
  })
})

test('sealed codes are shown as they were made', () => {
  const codes = [...makeRecoveryCodes(3, 16, randomBytes), 'abcde-12345']
  const { keeping, stored } = kept(codes, 'sealed')
  expect(viewRecoveryCodes(stored, keeping)).toEqual(codes)
})

test('a set that has not one time of use for each code is damaged: no code is looked at', async () => {
  const codes = makeRecoveryCodes(3, 16, randomBytes)
  const { keeping, stored } = kept(codes, 'sealed')
  for (const usedAtMs of [[], [null, null], [null, null, null, null]]) {
    for (const call of [
      () => viewRecoveryCodes({ ...stored, usedAtMs }, keeping),
      () => findRecoveryCode({ ...stored, usedAtMs }, plain(codes[0] ?? ''), keeping),
    ]) {
      expect(await faultOf(call)).toMatchObject({
        code: 'record_invalid',
        message:
          'The stored two-factor record is damaged: recoveryCodes.usedAtMs must have one entry per code. Nothing was changed.',
      })
    }
  }
})

test('left are those that were not used; without a set, none', () => {
  const { stored } = kept(makeRecoveryCodes(3, 16, randomBytes), 'hashed')
  expect([recoveryCodesLeft(null), recoveryCodesLeft(stored)]).toEqual([0, 3])
  expect(recoveryCodesLeft({ ...stored, usedAtMs: [0, null, 7] })).toBe(1)
})
