import { runInNewContext } from 'node:vm'
import { decodeBase32, encodeBase32, generateSecret, generateTotp } from 'countersign/otp'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import rfc from '../vectors/rfc.json'
import { faultOf } from './fault.ts'

const utf8 = new TextEncoder()
const bytes = fc.uint8Array({ maxLength: 70 })
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

test.each(rfc.base32)('RFC 4648 §10: $text is $encoded [CS-B32-01]', ({ text, encoded }) => {
  expect(encodeBase32(utf8.encode(text))).toBe(encoded.replaceAll('=', ''))
  expect(decodeBase32(encoded)).toEqual(utf8.encode(text))
  expect(decodeBase32(encoded.replaceAll('=', ''))).toEqual(utf8.encode(text))
})

test('any bytes come back', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      expect(decodeBase32(encodeBase32(given))).toEqual(given)
    }),
  )
})

test('case, spaces, dashes and padding make no difference [CS-B32-02]', () => {
  const spoil = fc.array(fc.constantFrom('', '', ' ', '-', '\u00a0', '\u2013', '\n'), {
    minLength: 120,
    maxLength: 120,
  })
  fc.assert(
    fc.property(bytes, spoil, fc.boolean(), (given, between, padded) => {
      const text = encodeBase32(given)
      const padding = padded ? '='.repeat((8 - (text.length % 8)) % 8) : ''
      const typed = [...text.toLowerCase(), ...padding].map((character, at) => between[at % 120] + character).join('')
      expect(decodeBase32(`${typed} `)).toEqual(given)
    }),
  )
})

test('bits of the last letter beyond the last byte are ignored, as apps ignore them [CS-B32-05]', () => {
  expect(decodeBase32('K7QDN4JH5ZT2WLXB3PQR')).toEqual(decodeBase32('K7QDN4JH5ZT2WLXB3PQQ'))
  expect(generateTotp({ secret: 'K7QDN4JH5ZT2WLXB3PQR', timeMs: 59_000 })).toBe(
    generateTotp({ secret: 'K7QDN4JH5ZT2WLXB3PQQ', timeMs: 59_000 }),
  )
})

test('text of random letters is read as its whole bytes, and written with zeros in the bits that are left [CS-B32-04]', () => {
  const text = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 40 })
  fc.assert(
    fc.property(text, (given) => {
      if ([1, 3, 6].includes(given.length % 8)) return
      const bits = [...given].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
      const whole = bits.match(/.{8}/g) ?? []
      expect([...decodeBase32(given)]).toEqual(whole.map((byte) => Number.parseInt(byte, 2)))
      const canonical = encodeBase32(decodeBase32(given))
      expect(canonical.slice(0, -1)).toBe(given.slice(0, -1))
      expect(decodeBase32(canonical)).toEqual(decodeBase32(given))
      const left = (canonical.length * 5) % 8
      expect(ALPHABET.indexOf(canonical.at(-1) ?? 'A') % 2 ** left).toBe(0)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['an alien character', 'MZXW6!', 'character 6 of 6'],
  ['a digit out of the alphabet', 'MZ1W6', 'character 3 of 5'],
  ['0, which thirty-two takes for a number', 'MZ0W6', 'character 3 of 5'],
  ['the place counts spaces', 'MZ XW0', 'character 6 of 6'],
  ['a letter that folds to an ASCII one', 'MZXW\u017f', 'character 5 of 5'],
  ['full-width letters', '\uff2d\uff3a', 'character 1 of 2'],
  ['padding in the middle', 'MZ=XW6==', 'character 4 of 8'],
  ['too little padding', 'MY=====', '5 characters of padding'],
  ['too much padding', 'MZXW6====', '4 characters of padding'],
  ['nothing but padding', '========', '8 characters of padding'],
  ['a length of one', 'M', 'it cannot have 1 characters'],
  ['a length of three', 'MZX', 'it cannot have 3 characters'],
  ['a length of six', 'MZXW6Y', 'it cannot have 6 characters'],
])('%s is refused, saying where [CS-B32-03]', (_, text, where) => {
  const { code, message } = faultOf(() => decodeBase32(text))
  expect(code).toBe('invalid_base32')
  expect(message).toContain(where)
})

test('no error repeats the text', () => {
  for (const text of ['GEZDGNBVGY3TQOJQ!', 'GEZDGNBVGY3TQOJQG', 'GEZDGNBVGY3TQOJQG=']) {
    expect(faultOf(() => decodeBase32(text)).message).not.toContain('GEZD')
    expect(faultOf(() => generateTotp({ secret: text, timeMs: 0 })).message).not.toContain('GEZD')
  }
})

test('what is no text, or no bytes, or too long, is refused before any work', () => {
  for (const value of [undefined, null, 42, ['MZXW6'], { length: 1 }, new Uint8Array(2)]) {
    expect(faultOf(() => Reflect.apply(decodeBase32, null, [value])).code).toBe('invalid_base32')
  }
  for (const value of [undefined, null, 'foo', [1, 2], { length: 1 }, new Uint16Array(2)]) {
    expect(faultOf(() => Reflect.apply(encodeBase32, null, [value])).code).toBe('invalid_option')
  }
  expect(faultOf(() => decodeBase32('A'.repeat(10_000_000))).code).toBe('invalid_base32')
  expect(faultOf(() => encodeBase32(new Uint8Array(4097))).code).toBe('invalid_option')
  expect(decodeBase32(encodeBase32(new Uint8Array(4096)))).toHaveLength(4096)
  expect(decodeBase32('A'.repeat(8192))).toHaveLength(5120)
})

test('what decoding gives is a Uint8Array of its own, no Buffer', () => {
  const read = decodeBase32('MZXW6')
  expect(Object.getPrototypeOf(read)).toBe(Uint8Array.prototype)
  expect(read.buffer.byteLength).toBe(3)
})

test('without Buffer the error names the flag that Workers need', () => {
  vi.stubGlobal('Buffer', undefined)
  try {
    for (const call of [() => decodeBase32('MZXW6'), () => encodeBase32(new Uint8Array(3)), () => generateSecret()]) {
      const { code, message } = faultOf(call)
      expect(code).toBe('runtime_unsupported')
      expect(message).toContain('nodejs_compat')
      expect(call).toThrow(expect.objectContaining({ cause: expect.any(TypeError) }))
    }
    expect(generateTotp({ secret: new Uint8Array(20), timeMs: 0 })).toHaveLength(6)
  } finally {
    vi.unstubAllGlobals()
  }
})

test('a generated secret has 160 bits by default, and 128 to 512 on demand [CS-KEY-01]', () => {
  expect(decodeBase32(generateSecret())).toHaveLength(20)
  expect(decodeBase32(generateSecret(16))).toHaveLength(16)
  expect(decodeBase32(generateSecret(64))).toHaveLength(64)
  expect(generateSecret()).toMatch(/^[A-Z2-7]{32}$/)
  expect(new Set(Array.from({ length: 50 }, () => generateSecret())).size).toBe(50)
})

test.each([15, 65, 16.5, Number.NaN, Number.POSITIVE_INFINITY, -20, '20', null, 2 ** 32 + 20])(
  'a secret of %s bytes is refused by name [CS-KEY-02]',
  (count) => {
    const { code, message } = faultOf(() => Reflect.apply(generateSecret, null, [count]))
    expect(code).toBe('invalid_option')
    expect(message).toContain('bytes must be an integer from 16 to 64')
  },
)

test('bytes of another realm, as test runners make them, are bytes', () => {
  const foreign: unknown = runInNewContext('new Uint8Array([102, 111, 111])')
  expect(foreign instanceof Uint8Array).toBe(false)
  expect(Reflect.apply(encodeBase32, null, [foreign])).toBe('MZXW6')
  expect(Reflect.apply(generateTotp, null, [{ secret: foreign, timeMs: 0 }])).toBe(
    generateTotp({ secret: 'MZXW6', timeMs: 0 }),
  )
})

test('a secret may be text of up to 512 characters, with its spaces', () => {
  const padded = 'MZXW6'.padEnd(512)
  expect(generateTotp({ secret: padded, timeMs: 0 })).toBe(generateTotp({ secret: 'MZXW6', timeMs: 0 }))
  expect(faultOf(() => generateTotp({ secret: `${padded} `, timeMs: 0 })).code).toBe('invalid_option')
})

const encode = (bytes: unknown) => () => Reflect.apply(encodeBase32, null, [bytes])
const decode = (text: unknown) => () => Reflect.apply(decodeBase32, null, [text])
const totp = (given: unknown) => () => Reflect.apply(generateTotp, null, [{ timeMs: 0, secret: given }])

test.each([
  ['bytes must be a Uint8Array; got a string of 3 characters.', encode('foo')],
  ['bytes must be at most 4096 long; got 4097.', encode(new Uint8Array(4097))],
  ['secret must be at most 512 characters of base32 text; got a string of 513 characters.', totp('A'.repeat(513))],
  ['secret must be a Uint8Array or base32 text; got undefined.', totp(undefined)],
  ['secret must be 1 to 128 bytes long; got 129.', totp(new Uint8Array(129))],
])('%s', (message, act) => {
  expect(faultOf(act)).toEqual({ code: 'invalid_option', message })
})

test.each([
  ['text is not base32: it is a number, not a string.', decode(5)],
  ['text is not base32: it is longer than 8192 characters.', decode('A'.repeat(8193))],
  ['secret is not base32: character 1 of 1 is not in its alphabet, A to Z and 2 to 7.', totp('!')],
])('%s', (message, act) => {
  expect(faultOf(act)).toEqual({ code: 'invalid_base32', message })
})
