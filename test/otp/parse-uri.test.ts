import { parseOtpauthUri } from 'countersign/otp'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { faultOf } from './fault.ts'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const ann = { type: 'totp', accountName: 'ann', secret, algorithm: 'SHA1', digits: 6, periodSeconds: 30 }
const acme = { ...ann, issuer: 'Acme' }
const PICTURE = `https://x.org/${'x'.repeat(2034)}`

test.each([
  ['a label without an issuer', `otpauth://totp/ann?secret=${secret}`, ann],
  ['the issuer in both places', `otpauth://totp/Acme:ann?secret=${secret}&issuer=Acme`, acme],
  ['the issuer in the label only', `otpauth://totp/Acme:ann?secret=${secret}`, acme],
  ['the issuer as a parameter only', `otpauth://totp/ann?issuer=Acme&secret=${secret}`, acme],
  ['two issuers: the parameter is right', `otpauth://totp/Other:ann?secret=${secret}&issuer=Acme`, acme],
  ['an empty issuer parameter', `otpauth://totp/Acme:ann?secret=${secret}&issuer=`, acme],
  ['an empty issuer prefix', `otpauth://totp/:ann?secret=${secret}`, ann],
  ['an encoded colon', `otpauth://totp/Acme%3Aann?secret=${secret}`, acme],
  ['an encoded colon in small letters, and a space', `otpauth://totp/Acme%3a%20ann?secret=${secret}`, acme],
  ['a space after the colon', `otpauth://totp/Acme:%20ann?secret=${secret}`, acme],
  ['a bare space', `otpauth://totp/Acme Cloud: ann?secret=${secret}`, { ...ann, issuer: 'Acme Cloud' }],
  ['white space after the colon', `otpauth://totp/Acme:%20%20\u3000ann?secret=${secret}`, acme],
  ['white space around the names', `otpauth://totp/%20Acme%20:ann%20?secret=${secret}&issuer=%20Acme`, acme],
  ['an issuer parameter of blanks', `otpauth://totp/Acme:ann?secret=${secret}&issuer=%20`, acme],
  [
    "'+' in the parameter for the space in the label",
    `otpauth://totp/My%20Git:ann?secret=${secret}&issuer=My+Git`,
    { ...ann, issuer: 'My Git' },
  ],
  [
    "'+' in the parameter, and white space before the colon",
    `otpauth://totp/My%20Git%20:%20ann?secret=${secret}&issuer=My+Git`,
    { ...ann, issuer: 'My Git' },
  ],
  [
    "'+' in the parameter, and a colon in the issuer",
    `otpauth://totp/My%20Git%20https://git.example:ann?secret=${secret}&issuer=My+Git+https%3A%2F%2Fgit.example`,
    { ...ann, issuer: 'My Git https://git.example' },
  ],
  [
    "'+' in the label for the space in the parameter; that of the account stays",
    `otpauth://totp/My+Git:ann+x@example.com?secret=${secret}&issuer=My%20Git`,
    { ...ann, issuer: 'My Git', accountName: 'ann+x@example.com' },
  ],
  [
    "'+' in the label, and a colon in the issuer",
    `otpauth://totp/My+Git+https://git.example:ann?secret=${secret}&issuer=My%20Git%20https%3A%2F%2Fgit.example`,
    { ...ann, issuer: 'My Git https://git.example' },
  ],
  ["'+' is a '+'", `otpauth://totp/A+B:ann?secret=${secret}&issuer=A+B`, { ...ann, issuer: 'A+B' }],
  [
    'a colon in the issuer, known from the parameter',
    `otpauth://totp/a:b:ann?secret=${secret}&issuer=a%3Ab`,
    { ...ann, issuer: 'a:b' },
  ],
  ['an issuer of the name undefined', `otpauth://totp/undefined:ann?secret=${secret}`, { ...ann, issuer: 'undefined' }],
  ['unencoded Unicode', `otpauth://totp/Ácmé:ann?secret=${secret}&issuer=Ácmé`, { ...ann, issuer: 'Ácmé' }],
  ['capitals in scheme and type', `OTPAUTH://TOTP/ann?secret=${secret}`, ann],
  [
    'an algorithm in small letters',
    `otpauth://totp/ann?secret=${secret}&algorithm=sha256`,
    { ...ann, algorithm: 'SHA256' },
  ],
  [
    'an algorithm with a dash',
    `otpauth://totp/ann?secret=${secret}&algorithm=SHA-512`,
    { ...ann, algorithm: 'SHA512' },
  ],
  ["an algorithm in Java's words", `otpauth://totp/ann?secret=${secret}&algorithm=HmacSHA1`, ann],
  ['defaults written out', `otpauth://totp/ann?secret=${secret}&algorithm=SHA1&digits=6&period=30`, ann],
  [
    'other digits and period',
    `otpauth://totp/ann?secret=${secret}&digits=8&period=60`,
    { ...ann, digits: 8, periodSeconds: 60 },
  ],
  ['a secret in small letters', `otpauth://totp/ann?secret=${secret.toLowerCase()}`, ann],
  ['a secret with encoded spaces', `otpauth://totp/ann?secret=${secret.replace(/(.{4})/g, '$1%20')}`, ann],
  ['a secret with padding', 'otpauth://totp/ann?secret=MY======', { ...ann, secret: 'MY' }],
  ['a secret with encoded padding', 'otpauth://totp/ann?secret=MY%3D%3D%3D%3D%3D%3D', { ...ann, secret: 'MY' }],
  [
    'unknown parameters',
    `otpauth://totp/ann?secret=${secret}&lock=true&color=%ZZ&__proto__=1&constructor=2&lock=x`,
    ann,
  ],
  ['a parameter without a value, and a value without a name', `otpauth://totp/ann?secret=${secret}&issuer&=%ZZ`, ann],
  ['empty parameters and a fragment', `otpauth://totp/ann?&secret=${secret}&&#x?secret=MY`, ann],
  ['a counter that time has no use for', `otpauth://totp/ann?secret=${secret}&counter=nine`, ann],
  [
    'an https picture',
    `otpauth://totp/ann?secret=${secret}&image=https%3A%2F%2Fx.org%2Fy.png`,
    { ...ann, image: 'https://x.org/y.png' },
  ],
  ['a picture of 2048 characters', `otpauth://totp/ann?secret=${secret}&image=${PICTURE}`, { ...ann, image: PICTURE }],
  ['a picture of 2049 characters: it is left out', `otpauth://totp/ann?secret=${secret}&image=${PICTURE}x`, ann],
  ['8192 characters', `otpauth://totp/ann?secret=${secret}&x=`.padEnd(8192, 'x'), ann],
  ['a picture that is none is left out', `otpauth://totp/ann?secret=${secret}&image=javascript%3Aalert(1)`, ann],
])('it reads %s', (_, uri, expected) => {
  expect(parseOtpauthUri(uri)).toEqual(expected)
})

test('it reads a counter, and no period for it', () => {
  expect(parseOtpauthUri(`otpauth://hotp/ann?secret=${secret}&counter=9007199254740991&period=x`)).toEqual({
    type: 'hotp',
    accountName: 'ann',
    secret,
    algorithm: 'SHA1',
    digits: 6,
    counter: Number.MAX_SAFE_INTEGER,
  })
})

test.each([
  ['another scheme', `https://totp/ann?secret=${secret}`, 'must begin with'],
  ['another type', `otpauth://steam/ann?secret=${secret}`, 'must begin with'],
  ['a migration URI', 'otpauth-migration://offline?data=AA', 'must begin with'],
  ['something before it', ` otpauth://totp/ann?secret=${secret}`, 'must begin with'],
  ['no label at all', `otpauth://totp?secret=${secret}`, 'must begin with'],
  ['no account name', `otpauth://totp/?secret=${secret}`, 'account name'],
  ['an account name of blanks', `otpauth://totp/Acme:%20%09?secret=${secret}`, 'account name'],
  ['an account name of invisible characters', `otpauth://totp/Acme:%E2%80%8B?secret=${secret}`, 'account name'],
  ['no account name after the issuer', `otpauth://totp/Acme:?secret=${secret}`, 'account name'],
  ['an endless account name', `otpauth://totp/${'x'.repeat(256)}?secret=${secret}`, 'account name'],
  ['an endless issuer', `otpauth://totp/ann?secret=${secret}&issuer=${'x'.repeat(256)}`, 'issuer'],
  ['no secret', 'otpauth://totp/ann?issuer=Acme', "'secret' is missing"],
  ['no parameters', 'otpauth://totp/ann', "'secret' is missing"],
  ['an empty secret', 'otpauth://totp/ann?secret=', "'secret' is refused"],
  ['a secret that is no base32 text', `otpauth://totp/ann?secret=${secret}1`, 'character 33 of 33'],
  ['a secret too long', `otpauth://totp/ann?secret=${'A'.repeat(208)}`, "'secret' is refused"],
  ['an unknown algorithm', `otpauth://totp/ann?secret=${secret}&algorithm=MD5`, "'algorithm' must be"],
  [
    'an algorithm with something before it',
    `otpauth://totp/ann?secret=${secret}&algorithm=xSHA1`,
    "'algorithm' must be",
  ],
  [
    'an algorithm with something after it',
    `otpauth://totp/ann?secret=${secret}&algorithm=SHA1x`,
    "'algorithm' must be",
  ],
  ['an algorithm of another object', `otpauth://totp/ann?secret=${secret}&algorithm=__proto__`, "'algorithm' must be"],
  ['an empty algorithm', `otpauth://totp/ann?secret=${secret}&algorithm=`, "'algorithm' must be"],
  ['5 digits', `otpauth://totp/ann?secret=${secret}&digits=5`, "'digits' must be"],
  ['9 digits', `otpauth://totp/ann?secret=${secret}&digits=9`, "'digits' must be"],
  ['digits in words', `otpauth://totp/ann?secret=${secret}&digits=six`, "'digits' must be"],
  ['full-width digits', `otpauth://totp/ann?secret=${secret}&digits=６`, "'digits' must be"],
  ['hexadecimal digits', `otpauth://totp/ann?secret=${secret}&digits=0x6`, "'digits' must be"],
  ['no digits at all', `otpauth://totp/ann?secret=${secret}&digits`, "'digits' must be"],
  ['a period of nothing', `otpauth://totp/ann?secret=${secret}&period=0`, "'period' must be"],
  ['a period past two minutes', `otpauth://totp/ann?secret=${secret}&period=121`, "'period' must be"],
  ['a negative period', `otpauth://totp/ann?secret=${secret}&period=-30`, "'period' must be"],
  ['half a period', `otpauth://totp/ann?secret=${secret}&period=30.5`, "'period' must be"],
  ['hotp without a counter', `otpauth://hotp/ann?secret=${secret}`, "'counter' must be"],
  ['a counter past 2^53 − 1', `otpauth://hotp/ann?secret=${secret}&counter=9007199254740992`, "'counter' must be"],
  [
    'a counter that only rounds to a safe one',
    `otpauth://hotp/ann?secret=${secret}&counter=${'9'.repeat(40)}`,
    "'counter' must be",
  ],
  ['two secrets', `otpauth://totp/ann?secret=${secret}&secret=${secret}`, "'secret' occurs twice"],
  ['two secrets, one in disguise', `otpauth://totp/ann?secret=${secret}&%73ecret=MY`, "'secret' occurs twice"],
  ['two issuers', `otpauth://totp/ann?secret=${secret}&issuer=a&issuer=a`, "'issuer' occurs twice"],
  ['broken percent-encoding in the label', `otpauth://totp/ann%ZZ?secret=${secret}`, 'the label is not'],
  ['percent-encoding that is no UTF-8', `otpauth://totp/ann%FF?secret=${secret}`, 'the label is not'],
  ['an encoded surrogate', `otpauth://totp/ann%ED%A0%80?secret=${secret}`, 'the label is not'],
  ['broken percent-encoding in the secret', `otpauth://totp/ann?secret=${secret}%`, "'secret' is not"],
  [
    "broken percent-encoding in a parameter's name",
    `otpauth://totp/ann?secret=${secret}&%ZZ=1`,
    "a parameter's name is",
  ],
  ['half a surrogate pair', `otpauth://totp/ann\ud800?secret=${secret}`, 'surrogate'],
  ['a URI without end', `otpauth://totp/ann?secret=${secret}&x=${'x'.repeat(10_000_000)}`, '8192'],
])('it refuses %s, and never repeats the secret', (_, uri, words) => {
  const { code, message } = faultOf(() => parseOtpauthUri(uri))
  expect(code).toBe('invalid_uri')
  expect(message).toContain(words)
  expect(message).not.toMatch(/GEZDGNBV|AAAAAAAA/)
})

test.each([undefined, null, 1, {}, ['otpauth://totp/ann?secret=MY'], Symbol('x')])(
  'what is no text is refused',
  (uri) => {
    expect(faultOf(() => Reflect.apply(parseOtpauthUri, null, [uri])).code).toBe('invalid_uri')
  },
)

test('any text is either read or refused as an invalid URI', () => {
  const parts = fc.constantFrom(
    'otpauth://totp/',
    'otpauth://hotp/',
    '?',
    '&',
    '=',
    '%',
    '%3A',
    ':',
    'secret=',
    'MY',
    'digits=',
    '8',
    '#',
    '/',
    'é',
    '\ud800',
    '__proto__',
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (given) => {
      try {
        expect(parseOtpauthUri(given.join(''))).toHaveProperty('secret')
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_uri' })
      }
    }),
    { numRuns: 2000 },
  )
})

test('a long run of anything is refused', () => {
  for (const run of [':', '%', '&', '=', 'otpauth://totp/', '%3A', '?', '\n', ' ']) {
    const uri = `otpauth://totp/${run.repeat(8192 / run.length)}`.slice(0, 8192)
    expect(faultOf(() => parseOtpauthUri(uri)).code).toBe('invalid_uri')
  }
})

test('without Buffer the runtime is at fault, not the URI', () => {
  vi.stubGlobal('Buffer', undefined)
  try {
    expect(faultOf(() => parseOtpauthUri(`otpauth://totp/ann?secret=${secret}`)).code).toBe('runtime_unsupported')
  } finally {
    vi.unstubAllGlobals()
  }
})
