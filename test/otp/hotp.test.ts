import { encodeBase32, generateHotp, verifyHotp } from 'countersign/otp'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import rfc from '../vectors/rfc.json'
import { faultOf } from './fault.ts'

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const secret = new Uint8Array(20).fill(7)
const MAX = Number.MAX_SAFE_INTEGER
const algorithms = fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const)

test.each(rfc.hotp)(
  'RFC 4226 Appendix D: counter $counter is $code [CS-HOTP-01]',
  ({ secretHex, counter, digits, code }) => {
    const key = bytesOf(secretHex)
    expect(generateHotp({ secret: key, counter, digits })).toBe(code)
    expect(generateHotp({ secret: encodeBase32(key), counter })).toBe(code)
    expect(verifyHotp({ secret: key, code, counter })).toEqual({ ok: true, counter, delta: 0 })
  },
)

test('every value of RFC 4226 Appendix D is compared', () => {
  expect(rfc.hotp.map(({ counter }) => counter)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a code is accepted exactly from the counter to the end of the look-ahead', () => {
  fc.assert(
    fc.property(
      fc.record({
        secret: fc.uint8Array({ minLength: 1, maxLength: 128 }),
        digits: fc.integer({ min: 6, max: 8 }),
        algorithm: algorithms,
      }),
      fc.oneof(
        fc.nat(1000),
        fc.integer({ min: 2 ** 32 - 20, max: 2 ** 32 + 20 }),
        fc.integer({ min: MAX - 30, max: MAX }),
      ),
      fc.nat(8),
      fc.integer({ min: -3, max: 12 }),
      (otp, counter, lookAhead, distance) => {
        const used = counter + distance
        fc.pre(used >= 0 && used <= MAX)
        const code = generateHotp({ ...otp, counter: used })
        // Another counter can have the same code by chance, so the first that has it is looked for.
        const hasCode = (delta: number) =>
          counter + delta <= MAX && generateHotp({ ...otp, counter: counter + delta }) === code
        const delta = Array.from({ length: lookAhead + 1 }, (_, by) => by).find(hasCode)
        if (distance >= 0 && distance <= lookAhead) expect(delta).toBeLessThanOrEqual(distance)
        expect(verifyHotp({ ...otp, code, counter, lookAhead })).toEqual(
          delta === undefined ? { ok: false } : { ok: true, counter: counter + delta, delta },
        )
      },
    ),
  )
})

test('without a look-ahead only the counter itself is accepted', () => {
  const code = generateHotp({ secret, counter: 11 })
  expect(verifyHotp({ secret, code, counter: 11 })).toEqual({ ok: true, counter: 11, delta: 0 })
  expect(verifyHotp({ secret, code, counter: 10 })).toEqual({ ok: false })
  expect(verifyHotp({ secret, code, counter: 10, lookAhead: 1 })).toEqual({ ok: true, counter: 11, delta: 1 })
  expect(verifyHotp({ secret, code, counter: 12, lookAhead: 100 })).toEqual({ ok: false })
})

test('counters are 64 bits: each half counts, up to 2^53 − 1', () => {
  // As oathtool has them: oathtool -c 4294967296 3132333435363738393031323334353637383930
  const rfcSecret = new TextEncoder().encode('12345678901234567890')
  const codes = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33, MAX].map((counter) =>
    generateHotp({ secret: rfcSecret, counter }),
  )
  expect(codes).toEqual(['755224', '287082', '999456', '108930', '166590', '891307'])
  expect(verifyHotp({ secret: rfcSecret, code: '860690', counter: MAX, lookAhead: 9 })).toEqual({ ok: false }) // of 2^53
  const code = generateHotp({ secret, counter: MAX })
  expect(verifyHotp({ secret, code, counter: MAX - 2, lookAhead: 100 })).toEqual({ ok: true, counter: MAX, delta: 2 })
})

test('a key longer than a block of the hash is hashed first (RFC 2104 §2); 1 to 128 bytes will do', () => {
  const sha1OfLong = bytesOf('11655326c708d70319be2610e8a57d9a5b959d3b')
  const long = new Uint8Array(65).fill(0x61)
  expect(generateHotp({ secret: long, counter: 3 })).toBe(generateHotp({ secret: sha1OfLong, counter: 3 }))
  expect(generateHotp({ secret: new Uint8Array(1), counter: 0 })).toHaveLength(6)
  expect(generateHotp({ secret: new Uint8Array(128), counter: 0 })).toHaveLength(6)
})

test('minus zero is zero', () => {
  const code = generateHotp({ secret, counter: -0 })
  expect(verifyHotp({ secret, code, counter: -0, lookAhead: -0 })).toEqual({ ok: true, counter: 0, delta: 0 })
})

test('one key leaves no trace in the next', () => {
  const long = new Uint8Array(128).fill(0xff)
  const short = new Uint8Array(1)
  const before = generateHotp({ secret: short, counter: 0, digits: 8 })
  verifyHotp({ secret: long, code: '000000', counter: 0, lookAhead: 3 })
  generateHotp({ secret: long, counter: 5 })
  expect(generateHotp({ secret: short, counter: 0, digits: 8 })).toBe(before)
})

test.each([
  ['counter', [undefined, null, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', 1n]],
  ['lookAhead', [null, -1, 1.5, Number.NaN, 101, Number.POSITIVE_INFINITY, '1']],
  ['digits', [null, 5, 9, 6.5, Number.NaN, Number.POSITIVE_INFINITY, '6', [6]]],
  ['algorithm', [null, 'SHA', 'sha1', 'MD5', 1, '__proto__', 'constructor', 'toString', ['SHA1'], {}]],
  ['secret', [undefined, null, 1, new Uint8Array(), new Uint8Array(129), '', '   ', [1, 2], 'A'.repeat(600), {}]],
])('%s out of range is an error that names it', (name, values) => {
  for (const value of values) {
    const options = { secret, code: '123456', counter: 1, [name]: value }
    const { code, message } = faultOf(() => Reflect.apply(verifyHotp, null, [options]))
    expect(code).toBe('invalid_option')
    expect(message).toMatch(new RegExp(`^${name} must be .+; got .+`))
    if (name !== 'lookAhead') {
      expect(faultOf(() => Reflect.apply(generateHotp, null, [options])).message).toBe(message)
    }
  }
})

test.each([undefined, null, 'secret', 1])('options that are %s are refused', (options) => {
  for (const call of [generateHotp, verifyHotp]) {
    expect(faultOf(() => Reflect.apply(call, null, [options]))).toMatchObject({ code: 'invalid_option' })
  }
})

test('what is not a code is not accepted for a counter whose code is 000000', () => {
  const options = { secret: new TextEncoder().encode('12345678901234567890'), counter: 349_495 }
  expect(verifyHotp({ ...options, code: '000000' })).toEqual({ ok: true, counter: 349_495, delta: 0 })
  for (const code of [null, '', '0', 'abcdef']) expect(verifyHotp({ ...options, code })).toEqual({ ok: false })
})
