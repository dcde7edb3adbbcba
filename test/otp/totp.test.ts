import { encodeBase32, generateHotp, generateTotp, verifyTotp } from 'countersign/otp'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { findTotpStep } from '../../src/otp/totp.ts'
import rfc from '../vectors/rfc.json'
import { faultOf } from './fault.ts'

const secret = new TextEncoder().encode('12345678901234567890')
const MAX = Number.MAX_SAFE_INTEGER
const ALGORITHMS = ['SHA1', 'SHA256', 'SHA512'] as const

afterEach(() => {
  vi.useRealTimers()
})

test('with afterStep, a code that is right for two steps counts as the later one and is not good again', () => {
  // Found by trying: two steps in a row with the same digits.
  const options = { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', code: '212317' }
  const timeMs = Date.UTC(2026, 0, 15, 12) + 192_396 * 30_000
  const first = verifyTotp({ ...options, timeMs, afterStep: 0 })
  expect(first).toMatchObject({ ok: true, delta: 1 })
  const afterStep = first.ok ? first.step : 0
  expect(verifyTotp({ ...options, timeMs: timeMs + 30_000, afterStep })).toEqual({ ok: false })
  expect(verifyTotp({ ...options, timeMs })).toMatchObject({ ok: true, delta: 0 })
})

test.each(rfc.totp)('RFC 6238 Appendix B: $algorithm at $time s is $code [CS-TOTP-01]', (vector) => {
  const algorithm = ALGORITHMS.find((name) => name === vector.algorithm)
  const key = Uint8Array.from(Buffer.from(vector.secretHex, 'hex'))
  const options = { secret: key, timeMs: vector.time * 1000, digits: vector.digits, algorithm }
  const step = Math.floor(vector.time / vector.period)
  expect(generateTotp(options)).toBe(vector.code)
  expect(generateTotp({ ...options, secret: encodeBase32(key), periodSeconds: vector.period })).toBe(vector.code)
  expect(verifyTotp({ ...options, code: vector.code })).toEqual({ ok: true, step, delta: 0 })
})

test('every value of RFC 6238 Appendix B is compared, with seeds of 20, 32 and 64 bytes', () => {
  expect(rfc.totp).toHaveLength(18)
  const seeds = ALGORITHMS.map((name) => rfc.totp.filter(({ algorithm }) => algorithm === name))
  expect(seeds.map((of) => [...new Set(of.map(({ secretHex }) => secretHex.length / 2))])).toEqual([[20], [32], [64]])
})

const otp = fc.record({
  secret: fc.uint8Array({ minLength: 1, maxLength: 128 }),
  digits: fc.integer({ min: 6, max: 8 }),
  algorithm: fc.constantFrom(...ALGORITHMS),
  periodSeconds: fc.integer({ min: 1, max: 120 }),
})
const steps = fc.oneof(fc.nat(12), fc.nat(2 ** 31), fc.integer({ min: 2 ** 32 - 9, max: 2 ** 36 }))

test('exactly the steps of the window after the last accepted one are accepted, the nearest first, or the latest with afterStep', () => {
  fc.assert(
    fc.property(
      otp,
      steps,
      fc.nat(10),
      fc.integer({ min: -12, max: 12 }),
      fc.option(fc.integer({ min: -13, max: 13 }), { nil: undefined }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (options, step, window, distance, lastDistance, fraction) => {
        const used = step + distance
        const afterStep = lastDistance === undefined ? undefined : step + lastDistance
        fc.pre(used >= 0 && (afterStep === undefined || afterStep >= 0))
        const { periodSeconds, ...hotp } = options
        const code = generateHotp({ ...hotp, counter: used })
        const timeMs = step * periodSeconds * 1000 + Math.floor(fraction * periodSeconds * 1000)
        const order = [0, ...Array.from({ length: window }, (_, at) => [-at - 1, at + 1]).flat()]
        if (afterStep !== undefined) order.sort((a, b) => b - a)
        const delta = order.find(
          (by) => step + by > (afterStep ?? -1) && generateHotp({ ...hotp, counter: step + by }) === code,
        )
        const isInside = Math.abs(distance) <= window && used > (afterStep ?? -1)
        if (isInside) expect(delta).toBeDefined()
        expect(verifyTotp({ ...options, code, timeMs, window, afterStep })).toEqual(
          delta === undefined ? { ok: false } : { ok: true, step: step + delta, delta },
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('the window is one step before and after unless said otherwise', () => {
  const timeMs = 1_700_000_010_000
  const at = (delta: number) => generateTotp({ secret, timeMs: timeMs + delta * 30_000 })
  const step = Math.floor(timeMs / 30_000)
  const deltas = [-2, -1, 0, 1, 2].map((delta) => verifyTotp({ secret, code: at(delta), timeMs }))
  expect(deltas).toEqual([
    { ok: false },
    { ok: true, step: step - 1, delta: -1 },
    { ok: true, step, delta: 0 },
    { ok: true, step: step + 1, delta: 1 },
    { ok: false },
  ])
  expect(verifyTotp({ secret, code: at(-1), timeMs, window: 0 })).toEqual({ ok: false })
  expect(verifyTotp({ secret, code: at(10), timeMs, window: 10 })).toMatchObject({ delta: 10 })
})

test('a step begins with its first millisecond and ends with its last (RFC 6238 §4.2)', () => {
  const code = generateTotp({ secret, timeMs: 30_000 })
  expect(code).toBe(generateHotp({ secret, counter: 1 }))
  expect(generateTotp({ secret, timeMs: 59_999.9 })).toBe(code)
  expect(generateTotp({ secret, timeMs: 29_999 })).toBe(generateHotp({ secret, counter: 0 }))
  expect(generateTotp({ secret, timeMs: 60_000 })).toBe(generateHotp({ secret, counter: 2 }))
})

test('a code is accepted once when the caller keeps the step (RFC 6238 §5.2)', () => {
  const timeMs = 600_000
  const current = generateTotp({ secret, timeMs })
  const before = generateTotp({ secret, timeMs: timeMs - 30_000 })
  const after = generateTotp({ secret, timeMs: timeMs + 30_000 })
  expect(verifyTotp({ secret, code: current, timeMs, afterStep: 19 })).toEqual({ ok: true, step: 20, delta: 0 })
  expect(verifyTotp({ secret, code: current, timeMs, afterStep: 20 })).toEqual({ ok: false })
  expect(verifyTotp({ secret, code: before, timeMs, afterStep: 20 })).toEqual({ ok: false })
  expect(verifyTotp({ secret, code: after, timeMs, afterStep: 20 })).toEqual({ ok: true, step: 21, delta: 1 })
  expect(verifyTotp({ secret, code: after, timeMs, afterStep: MAX })).toEqual({ ok: false })
})

test('steps are 64 bits: past 2038, at 2^33 and 2^36 seconds, up to 2^53 − 1 [CS-TOTP-02]', () => {
  // As oathtool has them: oathtool --totp -N @8589934592 3132333435363738393031323334353637383930
  const times = [2 ** 31, 2 ** 32, 2 ** 33, 2 ** 36]
  expect(times.map((time) => generateTotp({ secret, timeMs: time * 1000 }))).toEqual([
    '703886',
    '791428',
    '665019',
    '596617',
  ])
  for (const time of times) {
    const code = generateTotp({ secret, timeMs: time * 1000 - 30_000, periodSeconds: 30 })
    const step = Math.floor(time / 30)
    expect(verifyTotp({ secret, code, timeMs: time * 1000 })).toEqual({ ok: true, step: step - 1, delta: -1 })
    expect(generateTotp({ secret, timeMs: time * 1000, periodSeconds: 1 })).toBe(
      generateHotp({ secret, counter: time }),
    )
  }
  // oathtool -c 9007199254740991
  expect(generateTotp({ secret, timeMs: MAX * 1000, periodSeconds: 1 })).toBe('891307')
})

test('at both ends of time the window stays inside', () => {
  const first = generateHotp({ secret, counter: 0 })
  expect(verifyTotp({ secret, code: first, timeMs: 0, window: 10 })).toEqual({ ok: true, step: 0, delta: 0 })
  expect(verifyTotp({ secret, code: first, timeMs: 30_000 })).toEqual({ ok: true, step: 0, delta: -1 })
  expect(verifyTotp({ secret, code: '123456', timeMs: 0, window: 10 })).toEqual({ ok: false })

  const last = generateHotp({ secret, counter: MAX })
  const timeMs = MAX * 1000
  expect(generateTotp({ secret, timeMs, periodSeconds: 1 })).toBe(last)
  expect(verifyTotp({ secret, code: last, timeMs, periodSeconds: 1, window: 10 })).toEqual({
    ok: true,
    step: MAX,
    delta: 0,
  })
  expect(verifyTotp({ secret, code: '123456', timeMs, periodSeconds: 1, window: 10 })).toEqual({ ok: false })
  const before = { secret, timeMs: timeMs - 1000, periodSeconds: 1 }
  expect(verifyTotp({ ...before, code: last })).toEqual({ ok: true, step: MAX, delta: 1 })
  // The codes that -1 and 2^53 would have: oathtool -c 18446744073709551615, -c 9007199254740992.
  expect(findTotpStep(secret, '094451', 0, 1, 6, 'SHA1')).toBeNull()
  expect(findTotpStep(secret, '860690', MAX, 1, 6, 'SHA1')).toBeNull()
  expect(verifyTotp({ secret, code: '094451', timeMs: 0 })).toEqual({ ok: false })
  expect(verifyTotp({ secret, code: '860690', timeMs, periodSeconds: 1 })).toEqual({ ok: false })
  const beyond = faultOf(() => generateTotp({ secret, timeMs: MAX * 1002, periodSeconds: 1 }))
  expect(beyond).toMatchObject({ code: 'invalid_option', message: expect.stringContaining('timeMs') })
})

test('minus zero is zero', () => {
  const code = generateTotp({ secret, timeMs: -0 })
  expect(verifyTotp({ secret, code, timeMs: -0, afterStep: undefined })).toEqual({ ok: true, step: 0, delta: 0 })
})

test('without a time it is the time of the clock [CS-TOTP-12]', () => {
  vi.useFakeTimers({ now: 59_000 })
  expect(generateTotp({ secret, digits: 8 })).toBe('94287082')
  expect(verifyTotp({ secret, code: '94287082', digits: 8 })).toEqual({ ok: true, step: 1, delta: 0 })
  vi.setSystemTime(59_000 + 90_000)
  expect(verifyTotp({ secret, code: '94287082', digits: 8 })).toEqual({ ok: false })
})

test('spaces and dashes in a code make no difference', () => {
  for (const code of [
    '94287082',
    ' 9428 7082\n',
    '9428-7082',
    '942\u00a0870\u201382',
    '9\u20094\u30002\u22128\u20117082',
  ]) {
    expect(verifyTotp({ secret, code, digits: 8, timeMs: 59_000 })).toMatchObject({ ok: true })
  }
})

test('digits of other scripts are the digits that they are', () => {
  for (const code of [
    '\uff19\uff14\uff12\uff18\uff17\uff10\uff18\uff12',
    '\u0669\u0664\u0662\u0668\u0667\u0660\u0668\u0662',
  ]) {
    expect(verifyTotp({ secret, code, digits: 8, timeMs: 59_000 })).toMatchObject({ ok: true })
  }
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['the number', 94287082],
  ['a bigint', 94287082n],
  ['an array of it', ['94287082']],
  ['an object that turns into it', { toString: () => '94287082', length: 8 }],
  ['a String object', Reflect.construct(String, ['94287082'])],
  ['a symbol', Symbol('94287082')],
  ['the empty text', ''],
  ['spaces only', '        '],
  ['too few digits', '9428708'],
  ['too many digits', '942870820'],
  ['a letter', '9428708O'],
  ['a sign', '+9428708'],
  ['a point', '9428708.'],
  ['hexadecimal', '0x59EA48'],
  ['an exponent', '9428708e'],
  ['a null character', '94287082\u0000'],
  ['more than 64 characters', `${' '.repeat(57)}94287082`],
  ['ten million characters', '9'.repeat(10_000_000)],
])('%s is no code, and no error', (_, code) => {
  expect(verifyTotp({ secret, code, digits: 8, timeMs: 59_000 })).toEqual({ ok: false })
})

test('anything at all may be a code, and none of it is an error', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true }), (code) => {
      expect(verifyTotp({ secret, code, timeMs: 0, digits: 8 })).toHaveProperty('ok')
    }),
  )
})

test.each([
  ['timeMs', [null, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE, '0', 0n, new Date(0)]],
  ['periodSeconds', [null, 0, -30, 1.5, 121, Number.NaN, Number.POSITIVE_INFINITY, '30']],
  ['window', [null, -1, 0.5, 11, Number.NaN, Number.POSITIVE_INFINITY, '1', true]],
  ['afterStep', [null, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1']],
  ['digits', [null, 0, 5, 9, 6.5, Number.NaN, Number.POSITIVE_INFINITY, '6', [6]]],
  ['algorithm', [null, '', 'SHA', 'sha1', 'SHA-1', 'MD5', '__proto__', 'constructor', ['SHA1']]],
  [
    'secret',
    [
      undefined,
      null,
      1,
      new Uint8Array(),
      new Uint8Array(129),
      '',
      [1, 2],
      'A'.repeat(600),
      new DataView(new ArrayBuffer(9)),
    ],
  ],
])('%s out of range is an error that names it', (name, values) => {
  for (const value of values) {
    const options = { secret, code: '123456', timeMs: 0, [name]: value }
    const { code, message } = faultOf(() => Reflect.apply(verifyTotp, null, [options]))
    expect(code).toBe('invalid_option')
    expect(message).toMatch(new RegExp(`^${name} must be .+; got .+`))
    if (name !== 'window' && name !== 'afterStep') {
      expect(faultOf(() => Reflect.apply(generateTotp, null, [options])).message).toBe(message)
    }
  }
})

test('a wrong option is an error even where the code is no code', () => {
  expect(faultOf(() => verifyTotp({ secret: '1', code: null })).code).toBe('invalid_base32')
  expect(faultOf(() => verifyTotp({ secret, code: '', window: 99 })).code).toBe('invalid_option')
})

test('for the engine: the step that a code belongs to, or null', () => {
  const code = generateHotp({ secret, counter: 99 })
  expect(findTotpStep(secret, code, 100, 1, 6, 'SHA1')).toBe(99)
  expect(findTotpStep(secret, generateHotp({ secret, counter: 0 }), 1, 1, 6, 'SHA1')).toBe(0)
  expect(findTotpStep(secret, code, 100, 0, 6, 'SHA1')).toBeNull()
  expect(findTotpStep(secret, code, 101, 1, 6, 'SHA1')).toBeNull()
  expect(findTotpStep(secret, `${code}0`, 99, 1, 6, 'SHA1')).toBeNull()
  expect(findTotpStep(secret, 'ABCDEF', 99, 1, 6, 'SHA1')).toBeNull()
})

test('what is not a code is not accepted in a step whose code is 000000', () => {
  const step = 349_495
  const options = { secret, timeMs: step * 30_000 }
  expect(verifyTotp({ ...options, code: '000000' })).toEqual({ ok: true, step, delta: 0 })
  for (const code of [null, '', '0', 'abcdef']) expect(verifyTotp({ ...options, code })).toEqual({ ok: false })
  expect(findTotpStep(secret, '000000', step, 1, 6, 'SHA1')).toBe(step)
  for (const code of ['', '0', 'abcdef']) expect(findTotpStep(secret, code, step, 1, 6, 'SHA1')).toBeNull()
})
