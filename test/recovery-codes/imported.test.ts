import { generateKey, keyRing } from 'countersign'
import { expect, test } from 'vitest'
import { keepImportedCodes, openImportedCodes, withoutImportedCodes } from '../../src/recovery-codes/imported.ts'
import { openRecoveryCodes } from '../../src/recovery-codes/keep.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'
import { faultOf } from '../world.ts'

const keeping = { vault: createVault(keyRing(generateKey('k1')), randomBytes), userId: 'ann' }
const CODES = [
  { hash: '$2b$10$abc', length: 8 },
  { hash: ' a hash with spaces ', length: 12 },
  { hash: '', length: 8 },
]
const keep = () => keepImportedCodes(CODES, { ...keeping, random: randomBytes, nowMs: 1000 })
const textOf = (stored: ReturnType<typeof keep>) => new TextDecoder().decode(openRecoveryCodes(stored, keeping))

test('hashes are kept as they are, sealed as one value, and never count as made here', () => {
  const stored = keep()
  expect(openImportedCodes(stored, keeping)).toEqual(CODES)
  expect(stored).toEqual({
    id: expect.stringMatching(/^[\w-]{12}$/),
    kept: 'imported',
    madeHere: false,
    sealed: expect.stringMatching(/^k1\./),
    hashes: [],
    lengths: [8, 12],
    usedAtMs: [null, null, null],
    createdAtMs: 1000,
    savedAtMs: null,
  })
  expect(keep().id).not.toBe(stored.id)
})

test('those that are used are gone for good, each in its place; the others stay', () => {
  const stored = keep()
  const once = withoutImportedCodes(stored, [0], 2000, keeping)
  expect(openImportedCodes(once, keeping)).toEqual([null, CODES[1], CODES[2]])
  expect(once).toEqual({ ...stored, sealed: expect.any(String), usedAtMs: [2000, null, null] })
  expect(textOf(once)).not.toContain('$2b$10$abc')

  const all = withoutImportedCodes(once, [1, 2], 3000, keeping)
  expect(openImportedCodes(all, keeping)).toEqual([null, null, null])
  expect(all.usedAtMs).toEqual([2000, 3000, 3000])
  expect(textOf(all)).toBe('\n\n')
})

test('a set that has not one time of use for each hash is damaged', async () => {
  for (const usedAtMs of [[], [null, null], [null, null, null, null]]) {
    expect(await faultOf(() => openImportedCodes({ ...keep(), usedAtMs }, keeping))).toMatchObject({
      code: 'record_invalid',
      message:
        'The stored two-factor record is damaged: recoveryCodes.usedAtMs must have one entry per code. Nothing was changed.',
    })
  }
})
