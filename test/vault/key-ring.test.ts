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

  test('names the key with a random id of eight hex digits if it gets none', () => {
    for (let count = 0; count < 50; count += 1) expect(generateKey()).toMatch(/^k[0-9a-f]{8}:/)
  })

  test('takes an id', () => {
    expect(generateKey('2026-11')).toMatch(/^2026-11:/)
    expect(generateKey('x'.repeat(32))).toMatch(/^x{32}:/)
  })

  test.each(['', '!', '!a', 'a!', 'a:b', 'a,b', 'a.b', 'a b', 'é', 'x'.repeat(33), 5, null, {}])(
    'refuses the id %j',
    (id) => {
      const fault = faultOf(() => generateKey(id as string))
      expect([fault.code, fault.message]).toEqual(['keys_invalid', expect.stringMatching(/^id must be 1 to 32 of /)])
    },
  )
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

  const text = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
  const spaced = (length: number) => `a:${text}`.padEnd(length, ' ')
  const many = (count: number) => Array.from({ length: count }, (_, index) => generateKey(`k${index}`)).join(',')

  test('reads at most 32 keys and 4,096 characters', () => {
    expect(keyRing(many(32)).ids).toHaveLength(32)
    expect(keyRing(spaced(4096)).ids).toEqual(['a'])
  })

  test('takes spaces and line breaks around a key', () => {
    expect(keyRing(` a:${text} ,\n${generateKey('b')}\n`).ids).toEqual(['a', 'b'])
  })

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'The key ring is missing: `keys` is undefined. Is the environment variable set?'],
    ['null', null, 'The key ring is missing: `keys` is empty.'],
    ['empty text', '', 'The key ring is missing: `keys` is empty.'],
    ['an empty list', [], 'The key ring is missing: `keys` is empty.'],
    ['blank text', ' \n', 'The key ring is missing: `keys` is blank.'],
    ['a number', 5, '`keys` must be text, a list of { id, key }, or a key ring; got a number.'],
    ['an object', {}, '`keys` must be text, a list of { id, key }, or a key ring; got an object.'],
    [
      'a ring without its keys',
      { first: 'a', ids: ['a'], key: BYTES },
      '`keys` must be text, a list of { id, key }, or a key ring; got an object.',
    ],
    [
      'a ring without its ids',
      { first: 'a', ids: 'a', key: () => BYTES },
      '`keys` must be text, a list of { id, key }, or a key ring; got an object.',
    ],
    [
      'the bytes of a key',
      BYTES,
      "`keys` must be text, a list of { id, key }, or a key ring; got a Uint8Array. A key needs an id: pass [{ id: 'k1', key }].",
    ],
    ['a list with null', [null], 'keys[0] must be { id, key }; got null.'],
    ['a list with a number', [{ id: 'a', key: BYTES }, 5], 'keys[1] must be { id, key }; got 5.'],
    [
      'a list of texts',
      ['a:b'],
      "keys[0] must be { id, key }; got a string of 3 characters. Join texts with commas: keys.join(',').",
    ],
    [
      'a list with a wrong id',
      [{ id: 'a b', key: BYTES }],
      "keys[0].id must be 1 to 32 of A-Z, a-z, 0-9, '_' and '-'; got a string of 3 characters.",
    ],
    [
      'a short key',
      [{ id: 'a', key: BYTES.subarray(1) }],
      "The key 'a' must be 32 bytes (43 characters of base64url); got 31 bytes.",
    ],
    [
      'text as a key',
      [{ id: 'a', key: text }],
      "The key 'a' must be 32 bytes (43 characters of base64url); got a string of 43 characters.",
    ],
    ['an id twice', `a:${text},a:${text}`, "The key ring has two keys with the id 'a'; every key needs its own id."],
    [
      'a key of zeros',
      [{ id: 'a', key: new Uint8Array(32) }],
      "The key 'a' is the same few bytes again and again, so it can be guessed.",
    ],
    ['33 keys', many(33), 'The key ring has 33 keys; at most 32 are read.'],
    ['4,097 characters', spaced(4097), "The key ring's text is longer than 4096 characters."],
    ['two commas', `a:${text},,b:${text}`, 'Key 2 of the key ring is empty: there is a comma too many.'],
    [
      'a space inside',
      `a:${text} b:${text}`,
      'Key 1 of the key ring has a space or semicolon in it. Separate keys with commas.',
    ],
    [
      'a semicolon',
      `a:${text};b:${text}`,
      'Key 1 of the key ring has a space or semicolon in it. Separate keys with commas.',
    ],
    ...['"', "'", '`'].map((mark): [string, string, string] => [
      `the mark ${mark}`,
      `${mark}a:${text}${mark}`,
      'Key 1 of the key ring has quotation marks in it. Remove them from the environment file.',
    ]),
    ['a key without an id', text, 'Key 1 of the key ring is not of the form id:base64url.'],
    ['two colons', `a:${text}:b`, 'Key 1 of the key ring is not of the form id:base64url.'],
    [
      'a whole line of an environment file',
      `COUNTERSIGN_KEYS=a:${text}`,
      'Key 1 of the key ring begins with the name of a variable. Pass only its value.',
    ],
    [
      'an id that is none',
      `a:${text},b!:${text}`,
      "The id of key 2 must be 1 to 32 of A-Z, a-z, 0-9, '_' and '-'; got a string of 2 characters.",
    ],
    ['base64', `a:${text}=`, "The key 'a' is not base64url (A-Z, a-z, 0-9, '-', '_', no padding)."],
  ])('of %s, says what is wrong and how to make a key', (_what, source, message) => {
    const fault = faultOf(() => keyRing(source as string))
    const how = `Make a key with:\n  node -e "import('countersign').then(({ generateKey }) => console.log(generateKey()))"`
    expect([fault.code, fault.message]).toEqual(['keys_invalid', `${message} ${how}`])
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
