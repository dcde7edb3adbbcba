import { buildOtpauthUri, parseOtpauthUri } from 'countersign/otp'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isHttpsUrl } from '../../src/otp/uri-limits.ts'
import { faultOf } from './fault.ts'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const accountName = 'ann@example.com'

test('the label is Issuer:account, the issuer stands again as a parameter, a space is %20 [CS-URI-01]', () => {
  expect(buildOtpauthUri({ issuer: 'Acme Cloud', accountName, secret })).toBe(
    `otpauth://totp/Acme%20Cloud:ann%40example.com?secret=${secret}&issuer=Acme%20Cloud`,
  )
})

test('without an issuer there is no prefix and no parameter', () => {
  expect(buildOtpauthUri({ accountName, secret })).toBe(`otpauth://totp/ann%40example.com?secret=${secret}`)
})

test('what equals its default is left out, what does not is there [CS-URI-05]', () => {
  const defaults = { type: 'totp', algorithm: 'SHA1', digits: 6, periodSeconds: 30 } as const
  expect(buildOtpauthUri({ accountName, secret, ...defaults })).toBe(buildOtpauthUri({ accountName, secret }))
  expect(buildOtpauthUri({ accountName, secret, algorithm: 'SHA256', digits: 8, periodSeconds: 60 })).toBe(
    `otpauth://totp/ann%40example.com?secret=${secret}&algorithm=SHA256&digits=8&period=60`,
  )
})

test('hotp always says its counter', () => {
  expect(buildOtpauthUri({ type: 'hotp', accountName, secret, counter: 0 })).toBe(
    `otpauth://hotp/ann%40example.com?secret=${secret}&counter=0`,
  )
  expect(buildOtpauthUri({ type: 'hotp', accountName, secret, counter: Number.MAX_SAFE_INTEGER })).toContain(
    '&counter=9007199254740991',
  )
})

test('a secret is written in capitals without spaces or padding, however it was given [CS-URI-02]', () => {
  const uri = buildOtpauthUri({ accountName, secret })
  expect(buildOtpauthUri({ accountName, secret: secret.toLowerCase().replace(/(.{4})/g, '$1 ') })).toBe(uri)
  expect(buildOtpauthUri({ accountName, secret: new TextEncoder().encode('12345678901234567890') })).toBe(uri)
  expect(buildOtpauthUri({ accountName, secret: 'MY======' })).toMatch(/secret=MY$/)
})

test('+, &, #, ?, %, / and = in a name stay what they are [CS-URI-03]', () => {
  const issuer = 'A+B & C#1 50% /?='
  const uri = buildOtpauthUri({ issuer, accountName: 'x+y%3A&secret=z', secret })
  expect(uri).toBe(
    'otpauth://totp/A%2BB%20%26%20C%231%2050%25%20%2F%3F%3D:x%2By%253A%26secret%3Dz' +
      `?secret=${secret}&issuer=A%2BB%20%26%20C%231%2050%25%20%2F%3F%3D`,
  )
  expect(parseOtpauthUri(uri)).toMatchObject({ issuer, accountName: 'x+y%3A&secret=z' })
})

const names = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }),
  fc.string({ unit: fc.constantFrom(...' +%&=#?/\\:@3A20\u0000\n😀é"<'), minLength: 1, maxLength: 12 }),
)
const VISIBLE = /[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]/u
const name = names.map((text) => (VISIBLE.test(text.replaceAll(':', '')) ? text.replaceAll(':', '').trim() : '_'))
const common = {
  accountName: name,
  secret: fc.uint8Array({ minLength: 1, maxLength: 128 }),
  algorithm: fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const),
  digits: fc.integer({ min: 6, max: 8 }),
}
const optional = { issuer: name, image: fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }) }

test('whatever it makes, parsing gives back: for time', () => {
  const options = fc.record(
    { ...common, ...optional, periodSeconds: fc.integer({ min: 1, max: 120 }) },
    { requiredKeys: ['accountName', 'secret'] },
  )
  fc.assert(
    fc.property(options, (given) => {
      const parsed = parseOtpauthUri(buildOtpauthUri(given))
      const defaults = { type: 'totp', algorithm: 'SHA1', digits: 6, periodSeconds: 30 }
      expect(parsed).toEqual({ ...defaults, ...given, secret: parsed.secret })
      expect(buildOtpauthUri({ ...parsed, secret: given.secret })).toBe(buildOtpauthUri(given))
      expect(buildOtpauthUri(parsed)).toBe(buildOtpauthUri(given))
    }),
    { numRuns: 1000 },
  )
})

test('whatever it makes, parsing gives back: for counters', () => {
  const options = fc.record(
    { ...common, ...optional, counter: fc.maxSafeNat() },
    { requiredKeys: ['accountName', 'secret', 'counter'] },
  )
  fc.assert(
    fc.property(options, (given) => {
      const built = buildOtpauthUri({ ...given, type: 'hotp' })
      const parsed = parseOtpauthUri(built)
      const defaults = { type: 'hotp', algorithm: 'SHA1', digits: 6 }
      expect(parsed).toEqual({ ...defaults, ...given, secret: parsed.secret })
      expect(buildOtpauthUri(parsed)).toBe(built)
    }),
  )
})

test('the longest names of the widest script still make a URI that parsing takes', () => {
  const longest = '漢'.repeat(255)
  const given = { issuer: longest, accountName: longest, secret: new Uint8Array(128) }
  expect(parseOtpauthUri(buildOtpauthUri(given))).toMatchObject({ issuer: longest, accountName: longest })
})

const secretText = /GEZDGNBV/
test.each([
  ['type', ['HOTP', 'steam', null, 1, '__proto__']],
  ['issuer', ['', 'a:b', ':', 'x'.repeat(256), null, 1, 'a\ud800', '\udc00b', ['x']]],
  ['accountName', [undefined, '', 'a:b', 'x'.repeat(256), null, 1, '\ud83d', ['x']]],
  ['secret', [undefined, '', null, new Uint8Array(), new Uint8Array(129)]],
  ['algorithm', ['sha1', 'MD5', null]],
  ['digits', [5, 9, 6.5, Number.NaN, '6', null]],
  ['periodSeconds', [0, 121, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '30', null]],
  ['counter', [0, 1, null]],
  [
    'image',
    ['', 'http://example.com/x.png', 'x.png', '//x/y', 'data:image/png;base64,AA', 'javascript:alert(1)', null, 1],
  ],
  ['image', [`https://example.com/${'x'.repeat(2048)}`, 'https://example.com/\ud800']],
])('%s out of range is an error that names it [CS-URI-04]', (option, values) => {
  for (const value of values) {
    const given = { issuer: 'Acme', accountName, secret, [option]: value }
    const { code, message } = faultOf(() => Reflect.apply(buildOtpauthUri, null, [given]))
    expect(code).toBe('invalid_option')
    expect(message).toMatch(new RegExp(`^${option} must be `))
    expect(message).not.toMatch(secretText)
  }
})

test.each([
  ['counter', { counter: undefined }],
  ['counter', { counter: -1 }],
  ['counter', { counter: 2 ** 53 }],
  ['periodSeconds', { counter: 0, periodSeconds: 30 }],
])('hotp wants a counter and nothing of time: %s', (option, given) => {
  const { code, message } = faultOf(() => buildOtpauthUri({ type: 'hotp', accountName, secret, ...given }))
  expect(code).toBe('invalid_option')
  expect(message).toMatch(new RegExp(`^${option} must be `))
})

test('a secret that is no base32 text is told without repeating it', () => {
  const { code, message } = faultOf(() => buildOtpauthUri({ accountName, secret: `${secret}1` }))
  expect(code).toBe('invalid_base32')
  expect(message).not.toMatch(secretText)
})

test('white space around a name is dropped, and a name of blanks or invisible characters alone is refused', () => {
  expect(buildOtpauthUri({ issuer: ' Acme ', accountName: '  ann\u3000', secret })).toBe(
    buildOtpauthUri({ issuer: 'Acme', accountName: 'ann', secret }),
  )
  for (const options of [{ accountName: ' \u00a0' }, { accountName: '\u200b\u00ad' }, { accountName, issuer: '\t' }]) {
    const { code, message } = faultOf(() => buildOtpauthUri({ secret, ...options }))
    expect(code).toBe('invalid_option')
    expect(message).toContain('not all blanks')
  }
})

test('a picture may be a URL of up to 2048 characters, as long as the whole URI has at most 8192', () => {
  const longest = `https://x.org/${'x'.repeat(2034)}`
  expect(parseOtpauthUri(buildOtpauthUri({ accountName, secret, image: longest }))).toMatchObject({ image: longest })
  expect(faultOf(() => buildOtpauthUri({ accountName, secret, image: `${longest}x` })).code).toBe('invalid_option')

  const wide = `https://x.org/${'漢'.repeat(800)}`
  const room = 8192 - buildOtpauthUri({ accountName, secret, image: wide }).length
  const full = wide + 'x'.repeat(room)
  expect(parseOtpauthUri(buildOtpauthUri({ accountName, secret, image: full }))).toMatchObject({ image: full })
  expect(faultOf(() => buildOtpauthUri({ accountName, secret, image: `${full}x` })).code).toBe('invalid_option')
})

test('only an absolute https URL is one', () => {
  expect(isHttpsUrl('https://x.org/y.png')).toBe(true)
  expect(isHttpsUrl('http://x.org/y.png')).toBe(false)
  expect(isHttpsUrl('y.png')).toBe(false)
})

const uri = (more: object) => () => Reflect.apply(buildOtpauthUri, null, [{ accountName: 'ann', secret, ...more }])

test.each([
  ["type must be 'totp' or 'hotp'; got a string of 4 characters.", uri({ type: 'TOTP' })],
  ["periodSeconds must be left out for type 'hotp'; got 30.", uri({ type: 'hotp', counter: 0, periodSeconds: 30 })],
  ["counter must be set for type 'hotp'; got undefined.", uri({ type: 'hotp' })],
  ["counter must be left out for type 'totp'; got 0.", uri({ counter: 0 })],
  [
    "issuer must be without ':', which separates the issuer from the account; got a string of 3 characters.",
    uri({ issuer: 'a:b' }),
  ],
  [
    'accountName must be Unicode text, without half a surrogate pair; got a string of 2 characters.',
    uri({ accountName: 'a\ud800' }),
  ],
  [
    'accountName must be text of 1 to 255 characters that are not all blanks; got an empty string.',
    uri({ accountName: '' }),
  ],
  [
    'image must be an https URL of up to 2048 characters; got a string of 16 characters.',
    uri({ image: 'http://x.org/y.g' }),
  ],
  [
    'image must be short enough for a URI of 8192 characters; got a string of 1014 characters.',
    uri({ image: `https://x.org/${'漢'.repeat(1000)}` }),
  ],
])('%s', (message, act) => {
  expect(faultOf(act)).toEqual({ code: 'invalid_option', message })
})
