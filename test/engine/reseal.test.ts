import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import { issuedCodePlace } from '../../src/engine/issued-codes.ts'
import { emptyRecord, type UserRecord } from '../../src/engine/record.ts'
import { isStale, resealAll, resealStale } from '../../src/engine/reseal.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault, type Place, type Vault } from '../../src/vault/vault.ts'
import { untyped } from '../world.ts'

const userId = 'ann'
const PLACES: Record<string, Place> = {
  'authenticators[0].secret': { purpose: 'authenticator', userId },
  'authenticators[1].sealed': { purpose: 'passkey', userId },
  'pending.secret': { purpose: 'authenticator', userId },
  'recoveryCodes.sealed': { purpose: 'recovery-codes', userId },
  'issuedCodes[0].sealed': issuedCodePlace(userId),
}
const FIELDS = Object.keys(PLACES)
type Sealed = Record<string, string>

/** A vault before and after a rotation of keys. */
function rotation() {
  const [oldKey, newKey] = [generateKey('old'), generateKey('new')]
  const vaultOf = (keys: string) => createVault(keyRing(keys), randomBytes)
  return { before: vaultOf(oldKey), after: vaultOf(`${newKey},${oldKey}`), ended: vaultOf(newKey) }
}

const sealedBy = (vault: Vault): Sealed =>
  Object.fromEntries(FIELDS.map((field) => [field, vault.seal(PLACES[field] as Place, `content of ${field}`)]))

const recordOf = (sealed: Sealed): UserRecord =>
  untyped({
    ...emptyRecord(),
    authenticators: [
      { id: 'app', type: 'totp', secret: sealed['authenticators[0].secret'] },
      { id: 'key', type: 'passkey', sealed: sealed['authenticators[1].sealed'] },
    ],
    pending: { type: 'totp', id: 'pending', secret: sealed['pending.secret'] },
    recoveryCodes: { id: 'codes', kept: 'sealed', hashes: [], sealed: sealed['recoveryCodes.sealed'] },
    issuedCodes: [{ createdAtMs: 1, sealed: sealed['issuedCodes[0].sealed'] }],
  })

const sealedIn = (record: UserRecord): Sealed => {
  const [app, key] = untyped<{ secret: string; sealed: string }[]>(record.authenticators)
  const { pending, recoveryCodes, issuedCodes } = record
  const values = [app?.secret, key?.sealed, pending && 'secret' in pending ? pending.secret : undefined]
  const all = [...values, recoveryCodes?.sealed, issuedCodes[0]?.sealed]
  return Object.fromEntries(FIELDS.map((field, index) => [field, all[index] ?? '']))
}

const keysIn = (record: UserRecord) => Object.values(sealedIn(record)).map((text) => text.split('.')[0])
const contentsOf = (record: UserRecord, vault: Vault) =>
  Object.entries(sealedIn(record)).map(([field, text]) => vault.openText(PLACES[field] as Place, text))
const ALL_CONTENTS = FIELDS.map((field) => `content of ${field}`)

describe('a record is stale', () => {
  test('if one value, whichever, is sealed under another key than the first', () => {
    const { before, after } = rotation()
    const current = sealedBy(after)
    expect(isStale(recordOf(current), after)).toBe(false)
    const old = sealedBy(before)
    for (const field of FIELDS) expect(isStale(recordOf({ ...current, [field]: old[field] ?? '' }), after)).toBe(true)
  })

  test('never without any sealed value', () => {
    const { after } = rotation()
    expect(isStale(emptyRecord(), after)).toBe(false)
    const pending = untyped<UserRecord['pending']>({ type: 'passkey', id: 'pending' })
    expect(isStale({ ...emptyRecord(), pending }, after)).toBe(false)
    expect(resealAll({ ...emptyRecord(), pending }, after, userId)).toEqual({ ...emptyRecord(), pending })
  })
})

describe('the next write', () => {
  test('seals under the first key whatever was not, and leaves the rest as it is', () => {
    const { before, after, ended } = rotation()
    const current = sealedBy(after)
    const old = sealedBy(before)
    const all = resealStale(recordOf(old), after, userId)
    expect([keysIn(all), contentsOf(all, ended)]).toEqual([FIELDS.map(() => 'new'), ALL_CONTENTS])
    for (const field of FIELDS) {
      const mixed = { ...current, [field]: old[field] ?? '' }
      const resealed = resealStale(recordOf(mixed), after, userId)
      expect(contentsOf(resealed, ended)).toEqual(ALL_CONTENTS)
      expect({ ...sealedIn(resealed), [field]: '' }).toEqual({ ...current, [field]: '' })
    }
  })

  test('returns the same record if all is sealed under the first key', () => {
    const { after } = rotation()
    const record = recordOf(sealedBy(after))
    expect(resealStale(record, after, userId)).toBe(record)
  })

  test('leaves what does not open, or whose key is gone, and reseals the rest', () => {
    const { before, after, ended } = rotation()
    const old = sealedBy(before)
    for (const field of FIELDS) {
      for (const text of [`old.${'A'.repeat(80)}`, `older.${'A'.repeat(80)}`, 'garbage']) {
        const resealed = resealStale(recordOf({ ...old, [field]: text }), after, userId)
        expect(sealedIn(resealed)[field]).toBe(text)
        const expected = FIELDS.map((each) => (each === field ? null : `content of ${each}`))
        expect(contentsOf(resealed, ended)).toEqual(expected)
      }
    }
  })
})

describe('resealing everything', () => {
  test('seals anew what is sealed under the first key already', () => {
    const { after } = rotation()
    const sealed = sealedBy(after)
    const resealed = resealAll(recordOf(sealed), after, userId)
    expect(contentsOf(resealed, after)).toEqual(ALL_CONTENTS)
    for (const field of FIELDS) expect(sealedIn(resealed)[field]).not.toBe(sealed[field])
    expect(recordOf(sealedIn(resealed))).toEqual(resealed)
  })

  test('is a fault that names the field that does not open', () => {
    const { before, after } = rotation()
    const old = sealedBy(before)
    for (const field of FIELDS) {
      const of = (text: string) => () => resealAll(recordOf({ ...old, [field]: text }), after, userId)
      expect(of(`old.${'A'.repeat(80)}`)).toThrow(`The stored ${field} does not open`)
      expect(of(`older.${'A'.repeat(80)}`)).toThrow(`The stored ${field} is sealed under the key 'older'`)
    }
  })
})
