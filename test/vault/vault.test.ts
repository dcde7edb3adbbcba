import { createDecipheriv } from 'node:crypto'
import { CountersignError, generateKey, keyRing } from 'countersign'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault, idOf, type Place, type Purpose } from '../../src/vault/vault.ts'

const EVERY_PURPOSE: Record<Purpose, true> = {
  authenticator: true,
  passkey: true,
  'recovery-codes': true,
  'recovery-pepper': true,
  'issued-code': true,
  'imported-codes': true,
  challenge: true,
  'step-up': true,
  device: true,
  setup: true,
  'recovery-codes-view': true,
}
const PURPOSES = Object.keys(EVERY_PURPOSE) as Purpose[]
const KEY = generateKey('k1')
const vault = createVault(keyRing(KEY), randomBytes)
const ann: Place = { purpose: 'authenticator', userId: 'ann' }
const content = new TextEncoder().encode('12345678901234567890')

const place = fc.record({
  purpose: fc.constantFrom(...PURPOSES),
  userId: fc.string({ unit: 'grapheme', maxLength: 40 }),
})

test('what was sealed for a place opens there, whatever it is', () => {
  fc.assert(
    fc.property(place, fc.uint8Array({ maxLength: 300 }), (where, bytes) => {
      expect(vault.open(where, vault.seal(where, bytes))).toEqual(bytes)
    }),
  )
})

test('text comes back as text, sealed as its bytes are, and in no other place', () => {
  fc.assert(
    fc.property(place, fc.string({ unit: 'grapheme', maxLength: 500 }), (where, text) => {
      const vault = createVault(keyRing(KEY), randomBytes)
      const sealed = vault.seal(where, text)
      expect(vault.openText(where, sealed)).toBe(text)
      expect(vault.open(where, sealed)).toEqual(new TextEncoder().encode(text))
      expect(vault.openText({ ...where, userId: `${where.userId}2` }, sealed)).toBeNull()
    }),
  )
})

test('it opens in no other place: another purpose, another user, or both [CS-SEAL-03]', () => {
  fc.assert(
    fc.property(place, place, (here, there) => {
      fc.pre(here.purpose !== there.purpose || here.userId !== there.userId)
      expect(vault.open(there, vault.seal(here, content))).toBeNull()
    }),
  )
})

test('no two places can be taken for one another, however the user id is written', () => {
  const sealed = vault.seal({ purpose: 'device', userId: 'ann' }, content)
  for (const userId of ['', '3 ann', ' ann', 'ann ', 'ANN', 'ann\u0000', 'device 3 ann', 'ａｎｎ']) {
    for (const purpose of PURPOSES) expect(vault.open({ purpose, userId }, sealed)).toBeNull()
  }
})

test('a change of any bit, a cut or an addition opens nothing', () => {
  const sealed = vault.seal(ann, content)
  const [id = '', text = ''] = sealed.split('.')
  const bytes = Buffer.from(text, 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Uint8Array.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(vault.open(ann, `${id}.${Buffer.from(changed).toString('base64url')}`)).toBeNull()
  }
  for (let length = 0; length < sealed.length; length += 1) expect(vault.open(ann, sealed.slice(0, length))).toBeNull()
  for (const more of [`${sealed}A`, `${sealed}=`, `${sealed}.`, ` ${sealed}`, `${sealed}\n`, `x${sealed}`]) {
    expect(vault.open(ann, more)).toBeNull()
  }
})

test('one value has one spelling: bits beyond the last byte are refused', () => {
  const sealed = vault.seal(ann, new Uint8Array(1))
  const last = sealed.at(-1) ?? ''
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const others = [...alphabet].filter((character) => character !== last)
  expect(others.filter((character) => vault.open(ann, sealed.slice(0, -1) + character) !== null)).toEqual([])
})

test.each(['', '.', 'k1', 'k1.', '.AAAA', 'k1.AAAA', `k1.${'A'.repeat(53)}`, `k1.${'A'.repeat(54)}`, 'k1.é', '💥'])(
  'the text %j opens nothing and throws nothing',
  (text) => {
    expect(vault.open(ann, text)).toBeNull()
  },
)

test('the same content is sealed differently each time, and its id with it', () => {
  const sealed = Array.from({ length: 500 }, () => vault.seal(ann, content))
  expect(new Set(sealed).size).toBe(500)
  expect(new Set(sealed.map(idOf)).size).toBe(500)
  for (const text of sealed) expect(text).toMatch(new RegExp(`^k1\\.${idOf(text)}.`))
  expect(sealed.map((text) => Buffer.from(idOf(text), 'base64url').length)).toEqual(sealed.map(() => 12))
})

test('it is XChaCha20-Poly1305 over the documented text, as another implementation confirms', () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index)
  const nonce = Uint8Array.from({ length: 24 }, (_, index) => 64 + index)
  const fixed = createVault(keyRing([{ id: 'k1', key }]), () => nonce)
  const sealed = fixed.seal({ purpose: 'authenticator', userId: 'änn:1' }, content)
  // Whatever a later version seals, it must still open this.
  expect(sealed).toBe('k1.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX5Qs2ROXWTi62xLaMnKhQpKWClPT3Hl0-E20yXZahxcKlYnt8')

  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  const subkey = hchacha20(key, bytes.subarray(0, 16))
  const shortNonce = Buffer.concat([Buffer.alloc(4), bytes.subarray(16, 24)])
  const decipher = createDecipheriv('chacha20-poly1305', subkey, shortNonce, { authTagLength: 16 })
  const additional = Buffer.from('countersign/1 13 authenticator 5 änn:1')
  decipher.setAAD(additional, { plaintextLength: content.length })
  decipher.setAuthTag(bytes.subarray(-16))
  const opened = Buffer.concat([decipher.update(bytes.subarray(24, -16)), decipher.final()])
  expect(opened.toString()).toBe('12345678901234567890')
})

describe('with several keys', () => {
  const [old, next] = [generateKey('old'), generateKey('next')]
  const before = createVault(keyRing(old), randomBytes)
  const during = createVault(keyRing(`${next},${old}`), randomBytes)
  const after = createVault(keyRing(next), randomBytes)

  test('the first seals and all of them open', () => {
    const [was, is] = [before.seal(ann, content), during.seal(ann, content)]
    expect([was.split('.')[0], is.split('.')[0]]).toEqual(['old', 'next'])
    expect([during.open(ann, was), during.open(ann, is), after.open(ann, is)]).toEqual([content, content, content])
    expect([before.open(ann, is), after.open(ann, was)]).toEqual([null, null])
    expect([was, is].map(during.isCurrent)).toEqual([false, true])
    expect([was, is].map(after.hasKey)).toEqual([false, true])
  })

  test('a key is never tried under another id', () => {
    const sealed = before.seal(ann, content)
    const renamed = createVault(keyRing(old.replace('old', 'new')), randomBytes)
    expect(renamed.open(ann, sealed)).toBeNull()
    expect(renamed.open(ann, sealed.replace('old', 'new'))).toEqual(content)
  })

  test('an id may be one character', () => {
    const one = createVault(keyRing(generateKey('k')), randomBytes)
    expect(one.open(ann, one.seal(ann, content))).toEqual(content)
  })

  test('text that names no key is under none of the ring', () => {
    for (const text of ['', 'next', '.AAAA', '!next.AAAA', 'nex.AAAA', `${'x'.repeat(33)}.AAAA`]) {
      expect(during.hasKey(text)).toBe(false)
    }
  })

  test('a ring that does not hold its first key seals nothing', () => {
    const fault = faultOf(() => createVault({ first: 'k1', ids: ['k1'], key: () => undefined }, randomBytes))
    expect([fault.code, fault.message]).toEqual(['keys_invalid', 'Make the key ring with keyRing().'])
  })

  test('a key whose id begins with that of another is not mixed up with it', () => {
    const [short, long] = [generateKey('k'), generateKey('k1')]
    const both = createVault(keyRing(`${short},${long}`), randomBytes)
    const sealed = createVault(keyRing(long), randomBytes).seal(ann, content)
    expect([both.open(ann, sealed), both.isCurrent(sealed)]).toEqual([content, false])
  })

  test('ids like the names of prototypes are ids like any other', () => {
    for (const id of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(vault.open(ann, `${id}.${'A'.repeat(80)}`)).toBeNull()
      const own = createVault(keyRing(generateKey(id)), randomBytes)
      expect(own.open(ann, own.seal(ann, content))).toEqual(content)
    }
  })
})

describe('what a record holds', () => {
  test('opens, or is a fault that names the field and never the value', () => {
    const sealed = vault.seal(ann, content)
    expect(vault.openStored(ann, sealed, 'field')).toEqual(content)
    for (const wrong of [`${sealed}A`, 'garbage', '', sealed.slice(0, 40), `!${sealed}`, `!gone.${sealed}`]) {
      const fault = faultOf(() => vault.openStored(ann, wrong, 'authenticators[3].secret'))
      expect([fault.code, fault.message]).toEqual([
        'record_invalid',
        'The stored authenticators[3].secret does not open: it is damaged, or was sealed for another user. Nothing was changed.',
      ])
    }
  })

  test('under a key that the ring lacks is another fault, which names that key and those of the ring', () => {
    const sealed = createVault(keyRing(generateKey('gone-2019')), randomBytes).seal(ann, content)
    const two = createVault(keyRing(`${KEY},${generateKey('k2')}`), randomBytes)
    const fault = faultOf(() => two.openStored(ann, sealed, 'pending.secret'))
    expect([fault.code, fault.message]).toEqual([
      'key_unknown',
      "The stored pending.secret is sealed under the key 'gone-2019', which the key ring does not have (it has k1, k2). Add that key after the first one.",
    ])
  })
})

function faultOf(call: () => unknown): CountersignError {
  try {
    call()
  } catch (error) {
    if (error instanceof CountersignError) return error
    throw error
  }
  throw new Error('It threw nothing.')
}

/** draft-irtf-cfrg-xchacha §2.2, written from the text. */
function hchacha20(key: Uint8Array, nonce: Uint8Array): Buffer {
  const words = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, true))
  }
  const state = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...words(key), ...words(nonce)]
  const at = (index: number) => state[index] ?? 0
  const mix = (a: number, b: number, c: number, turn: number) => {
    state[a] = (at(a) + at(b)) >>> 0
    const moved = (at(c) ^ at(a)) >>> 0
    state[c] = ((moved << turn) | (moved >>> (32 - turn))) >>> 0
  }
  const quarter = (a: number, b: number, c: number, d: number) => {
    mix(a, b, d, 16)
    mix(c, d, b, 12)
    mix(a, b, d, 8)
    mix(c, d, b, 7)
  }
  for (let round = 0; round < 10; round += 1) {
    for (const column of [0, 1, 2, 3]) quarter(column, column + 4, column + 8, column + 12)
    for (const row of [0, 1, 2, 3]) quarter(row, 4 + ((row + 1) & 3), 8 + ((row + 2) & 3), 12 + ((row + 3) & 3))
  }
  const out = Buffer.alloc(32)
  for (const index of [0, 1, 2, 3]) {
    out.writeUInt32LE(at(index), index * 4)
    out.writeUInt32LE(at(index + 12), 16 + index * 4)
  }
  return out
}
