import { CountersignError, generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import { encodeBase64Url } from '../../src/encoding/base64url.ts'

const BYTES = Uint8Array.from({ length: 32 }, (_, index) => index)

describe('generateKey', () => {
  test('gives the text id:base64url of 256 random bits', () => {
    const keys = Array.from({ length: 200 }, () => generateKey())
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_-]{43}$/)
    expect(new Set(keys.map((key) => key.split(':')[1])).size).toBe(200)
    expect(new Set(keys.map((key) => key.split(':')[0])).size).toBeGreaterThan(190)
    for (const key of keys) expect(keyRing(key).ids).toEqual([key.split(':')[0]])
  })

  test('takes an id', () => {
    expect(generateKey('2026-11')).toMatch(/^2026-11:/)
    expect(generateKey('x'.repeat(32))).toMatch(/^x{32}:/)
  })

  test.each(['', 'a:b', 'a,b', 'a.b', 'a b', 'é', 'x'.repeat(33), 5, null, {}])('refuses the id %j', (id) => {
    expect(codeOf(() => generateKey(id as string))).toBe('keys_invalid')
  })
})

describe('keyRing', () => {
  test('reads the text of an environment variable; the first key is the one that seals', () => {
    const ring = keyRing(
      'new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,old:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA',
    )
    expect([ring.first, ring.ids]).toEqual(['new', ['new', 'old']])
    expect([ring.key('new'), ring.key('old'), ring.key('other')]).toEqual([BYTES, BYTES.toReversed(), undefined])
  })

  test.each([
    ['of zeros', new Uint8Array(32)],
    ['of one byte', new Uint8Array(32).fill(0xff)],
    ['of one word, again and again', new TextEncoder().encode('changeit'.repeat(4))],
    ['of 16 bytes, written twice', Uint8Array.from([...BYTES.subarray(0, 16), ...BYTES.subarray(0, 16)])],
  ])('refuses a key %s, as text, as bytes and in a ring that was made by hand', (_what, key) => {
    const text = `weak:${encodeBase64Url(key)}`
    const byHand = { first: 'weak', ids: ['weak'], key: () => key }
    for (const source of [
      text,
      [{ id: 'weak', key }],
      [
        { id: 'good', key: BYTES },
        { id: 'weak', key },
      ],
      byHand,
    ]) {
      const fault = faultOf(() => keyRing(source))
      expect([fault.code, fault.message]).toEqual(['keys_invalid', expect.stringContaining("'weak'")])
    }
  })

  test('takes a ring that it made', () => {
    const ring = keyRing([{ id: 'kms', key: BYTES }])
    expect(keyRing(ring).key('kms')).toEqual(BYTES)
  })

  test('takes keys that the host unwrapped itself, and keeps copies of its own', () => {
    const key = BYTES.slice()
    const ring = keyRing([{ id: 'kms', key }])
    key.fill(0)
    expect(ring.key('kms')).toEqual(BYTES)
  })

  test.each([
    [[{ id: 'a', key: new Uint8Array(31) }]],
    [[{ id: 'a', key: new Uint8Array(33) }]],
    [[{ id: 'a', key: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8' }]],
    [[{ id: 'a', key: Array.from({ length: 32 }, () => 1) }]],
    [[{ id: 'a:b', key: BYTES }]],
    [[{ key: BYTES }]],
    [[{ id: 'a' }]],
    [
      [
        { id: 'a', key: BYTES },
        { id: 'a', key: new Uint8Array(32) },
      ],
    ],
    [[null]],
    [['a:b']],
    [new Map([['a', BYTES]])],
  ])('refuses %j with the command that makes a key', (entries) => {
    const fault = faultOf(() => keyRing(entries as never))
    expect(fault.code).toBe('keys_invalid')
    expect(fault.message).toContain('generateKey()')
  })

  test('a key of the duplicate, wrong or unreadable kind is named by its id or place, never by its bytes', () => {
    const material = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
    const cases = {
      [`a:${material},a:${material}`]: "'a'",
      [`good:${material},bad:${material.slice(1)}`]: "'bad'",
      [`good:${material},bad:${material}=`]: "'bad'",
      [`good:${material},${material}`]: 'Key 2',
    }
    for (const [text, named] of Object.entries(cases)) {
      const { message } = faultOf(() => keyRing(text))
      expect(message).toContain(named)
      expect(message).not.toContain(material.slice(0, 12))
    }
  })

  test('shows no key when it is printed, and cannot be changed', () => {
    const ring = keyRing('k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8')
    expect(JSON.stringify(ring)).toBe('{"first":"k1","ids":["k1"]}')
    expect([Object.isFrozen(ring), Object.isFrozen(ring.ids)]).toEqual([true, true])
  })

  test('the names of prototypes are no keys', () => {
    const ring = keyRing(generateKey('k1'))
    for (const id of ['__proto__', 'constructor', 'toString', '']) expect(ring.key(id)).toBeUndefined()
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

function codeOf(call: () => unknown): string {
  return faultOf(call).code
}
