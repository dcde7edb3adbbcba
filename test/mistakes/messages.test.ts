import { createTwoFactor, generateKey, keyRing, memoryStore } from 'countersign'
import { createClient } from 'countersign/client'
import { createHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import { decodeBase32, generateTotp } from 'countersign/otp'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import { describe, expect, test } from 'vitest'
import { shapeOfVerifier } from '../passkeys/world.ts'
import { createWorld, enrolled, faultOf, PASSWORD, START, untyped } from '../world.ts'

const { twoFactor, keys } = createWorld()
const proof = { password: PASSWORD }
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

const create = (more: object) =>
  createTwoFactor(untyped({ issuer: 'Acme', store: memoryStore(), keys, verifyPassword: () => true, ...more }))
const http = { twoFactor, authenticate: () => null, openSession: () => ({}) }
const handler = (more: object) => createHandler(untyped({ ...http, ...more }))
const tokens = (more: object = {}) =>
  createAccessTokens(untyped({ twoFactor, store: memoryTokenStore(), prefix: 'acme', ...more }))
const ring = (source: unknown) => () => keyRing(untyped(source))
const importing = (more: object) => twoFactor.admin.importUser('ann', untyped(more))
const authenticator = (more: object) => importing({ authenticators: [{ secret: SECRET }, { secret: SECRET, ...more }] })
const passkeyOf = (letter: string) => ({
  credentialId: letter.repeat(4),
  publicKey: 'AAAA',
  rpId: 'acme.example',
  userHandle: 'AAAA',
})
const PASSKEY = passkeyOf('A')
const passkeys = (given: unknown[]) => importing({ authenticators: [], passkeys: given })
const codes = (...recoveryCodes: unknown[]) => importing({ authenticators: [{ secret: SECRET }], recoveryCodes })

type Mistakes = [message: string, act: () => unknown][]

async function told(act: () => unknown): Promise<string> {
  const { code, message } = await faultOf(act)
  expect(code).toMatch(/^(invalid_option|invalid_base32|keys_invalid)$/)
  expect(message).not.toMatch(/undefined$|\[object|value of type/)
  return message
}

const CONSTRUCTORS: Mistakes = [
  [
    'store must be a UserStore, such as memoryStore(); got a function. Call it, and pass what it returns.',
    () => create({ store: memoryStore }),
  ],
  ['store must be a UserStore, such as memoryStore(); got undefined.', () => create({ store: undefined })],
  [
    'store must be a UserStore, such as memoryStore(); got an object. It has no function save.',
    () => create({ store: { load: () => null } }),
  ],
  [
    'store must be a UserStore, such as memoryStore(); got an object. It has no function load and no save.',
    () => create({ store: { query: () => [] } }),
  ],
  [
    'store must be a UserStore, such as memoryStore(); got a promise (is an await missing?).',
    () => create({ store: Promise.resolve(memoryStore()) }),
  ],
  [
    "issuer must be without ':', which ends the issuer in an app's list; got a string of 10 characters.",
    () => create({ issuer: 'Acme:Cloud' }),
  ],
  [
    "issuer must be text of 1 to 255 bytes of UTF-8 without ':'; got a string of 2 characters.",
    () => create({ issuer: 'A\ud800' }),
  ],
  [
    "issuer must be text of 1 to 255 bytes of UTF-8 without ':'; got a string of 300 characters.",
    () => create({ issuer: 'Acme: '.repeat(50) }),
  ],
  ['options must be an object; got 5.', () => createTwoFactor(untyped(5))],
  ['totp must be an object; got 5.', () => create({ totp: 5 })],
  ['recoveryCodes must be an object; got an array.', () => create({ recoveryCodes: [] })],
  [
    "recoveryCodes.keep must be 'sealed' or 'hashed'; got a string of 5 characters.",
    () => create({ recoveryCodes: { keep: 'plain' } }),
  ],
  ['recoveryCodes.count must be an integer from 1 to 20; got 21.', () => create({ recoveryCodes: { count: 21 } })],
  ['trustDevices must be false or { days }; got true.', () => create({ trustDevices: true })],
  ['trustDevices must be false or { days }; got null.', () => create({ trustDevices: null })],
  ['trustDevices must be false or { days }; got an array.', () => create({ trustDevices: [] })],
  ['trustDevices.days must be an integer from 1 to 365; got 366.', () => create({ trustDevices: { days: 366 } })],
  [
    "createTwoFactor: trustDevices has no option 'day'. Did you mean 'days'?",
    () => create({ trustDevices: { day: 7 } }),
  ],
  [
    'passkeys must be a PasskeyVerifier: passkeyVerifier(…); got a function. Call it, and pass what it returns.',
    () => create({ passkeys: () => ({}) }),
  ],
  [
    'passkeys must be a PasskeyVerifier: passkeyVerifier(…); got an object. It has no function verifyRegistration and no verifyAssertion.',
    () => create({ passkeys: {} }),
  ],
  ...[
    { rpId: '' },
    { rpId: ['acme.example'] },
    { rpId: 'x'.repeat(254) },
    { userVerification: undefined },
    { algorithms: -7 },
  ].map((wrong): Mistakes[number] => [
    'passkeys must be a PasskeyVerifier with rpId, userVerification and algorithms; got an object.',
    () => create({ passkeys: { ...shapeOfVerifier, ...wrong } }),
  ]),
  ['verifyPassword must be a function; got true.', () => create({ verifyPassword: true })],
  [
    "verifyPassword must be a function, unless acceptedProofs includes 'reauthenticated'; got undefined.",
    () => create({ acceptedProofs: ['code'], verifyPassword: undefined }),
  ],
  [
    "acceptedProofs[1] must be one of 'password', 'code', 'reauthenticated'; got a string of 9 characters. Did you mean 'password'?",
    () => create({ acceptedProofs: ['code', 'passwords'] }),
  ],
  [
    "acceptedProofs[0] must be one of 'password', 'code', 'reauthenticated'; got a string of 3 characters.",
    () => create({ acceptedProofs: ['xyz'] }),
  ],
  [
    "acceptedProofs[1] must be one of 'password', 'code', 'reauthenticated'; got 5.",
    () => create({ acceptedProofs: ['code', 5] }),
  ],
  [
    "verifyPassword must be a function if acceptedProofs includes 'password'; got undefined.",
    () => create({ acceptedProofs: ['password', 'reauthenticated'], verifyPassword: undefined }),
  ],
  [
    "acceptedProofs must be a list of 'password', 'code', 'reauthenticated'; got a string of 8 characters.",
    () => create({ acceptedProofs: 'password' }),
  ],
  ['totp.digits must be an integer from 6 to 8; got 10.', () => create({ totp: { digits: 10 } })],
  [
    "totp.algorithm must be 'SHA1', 'SHA256' or 'SHA512'; got a string of 5 characters.",
    () => create({ totp: { algorithm: 'SHA-1' } }),
  ],
  ['now must be a function; got a Date.', () => create({ now: new Date(START) })],
  ['twoFactor must be what createTwoFactor returns; got undefined.', () => handler({ twoFactor: undefined })],
  [
    'twoFactor must be what createTwoFactor returns; got an object. It has no function challenge and no status.',
    () => handler({ twoFactor: { issuer: 'Acme' } }),
  ],
  [
    'twoFactor must be what createTwoFactor returns; got a function. Call it, and pass what it returns.',
    () => handler({ twoFactor: createTwoFactor }),
  ],
  ['handler must be a function; got an object.', () => toNodeHandler(untyped(http))],
  ['authenticate must be a function; got undefined.', () => handler({ authenticate: undefined })],
  [
    "basePath must be a path such as '/two-factor'; got a string of 12 characters. Remove the trailing slash.",
    () => handler({ basePath: '/two-factor/' }),
  ],
  [
    "basePath must be a path such as '/two-factor'; got a string of 10 characters. It must begin with a slash.",
    () => handler({ basePath: 'two-factor' }),
  ],
  [
    "basePath must be a path such as '/two-factor'; got a string of 13 characters. Remove the *: everything under the path is served.",
    () => handler({ basePath: '/two-factor/*' }),
  ],
  [
    "basePath must be a path such as '/two-factor'; got a string of 34 characters. Pass only the path, without the origin.",
    () => handler({ basePath: 'https://app.example.com/two-factor' }),
  ],
  [
    'store must be a TokenStore, such as memoryTokenStore(); got an object. It has no function find and no list.',
    () => tokens({ store: memoryStore() }),
  ],
  [
    "scopes[1] must be a lower-case letter or digit, and at most 63 more of those, ':', '.', '_' and '-'; got a string of 5 characters.",
    () => tokens({ scopes: ['read', 'Write'] }),
  ],
  [
    "baseUrl must be the address of the handler, such as '/two-factor'; got an object.",
    () => createClient(untyped({ baseUrl: '/two-factor' })),
  ],
]

const KEYS: Mistakes = [
  ['The key ring is missing: `keys` is undefined. Is the environment variable set?', ring(undefined)],
  ['The key ring is missing: `keys` is empty.', ring('')],
  ['Key 1 of the key ring has quotation marks in it. Remove them from the environment file.', ring(`"${keys}"`)],
  ['Key 1 of the key ring begins with the name of a variable. Pass only its value.', ring(`KEYS=${keys}`)],
  [
    'Key 1 of the key ring has a space or semicolon in it. Separate keys with commas.',
    ring(`${generateKey('a')}; ${generateKey('b')}`),
  ],
  ['Key 2 of the key ring is empty: there is a comma too many.', ring(`${keys},`)],
  ['Key 1 of the key ring is not of the form id:base64url.', ring('A'.repeat(43))],
  [
    "`keys` must be text, a list of { id, key }, or a key ring; got a Uint8Array. A key needs an id: pass [{ id: 'k1', key }].",
    ring(Buffer.alloc(32)),
  ],
  [
    "keys[0] must be { id, key }; got a string of 46 characters. Join texts with commas: keys.join(',').",
    ring([generateKey('k1')]),
  ],
  [
    "The id of key 1 must be 1 to 32 of A-Z, a-z, 0-9, '_' and '-'; got a string of 3 characters.",
    ring(`k.1:${'A'.repeat(43)}`),
  ],
  [
    "The key 'k1' must be 32 bytes (43 characters of base64url); got a string of 43 characters.",
    ring([{ id: 'k1', key: 'A'.repeat(43) }]),
  ],
  ["The key 'k1' must be 32 bytes (43 characters of base64url); got 48 bytes.", ring(`k1:${'ab'.repeat(32)}`)],
]

const ARGUMENTS: Mistakes = [
  [
    'userId must be well-formed text of 1 to 255 characters; got 7. Pass String(user.id).',
    () => twoFactor.challenge(untyped(7)),
  ],
  [
    'userId must be well-formed text of 1 to 255 characters; got a bigint. Pass String(user.id).',
    () => twoFactor.status(untyped(7n)),
  ],
  [
    'userId must be well-formed text of 1 to 255 characters; got an object. Pass String(user.id).',
    () => twoFactor.verify(untyped({ id: 7 }), { code: '123456' }),
  ],
  [
    'userId must be well-formed text of 1 to 255 characters; got undefined.',
    () => twoFactor.status(untyped(undefined)),
  ],
  ['userId must be well-formed text of 1 to 255 characters; got null.', () => twoFactor.status(untyped(null))],
  [
    'userId must be well-formed text of 1 to 255 characters; got a promise (is an await missing?).',
    () => twoFactor.status(untyped(Promise.resolve('ann'))),
  ],
  [
    'binding must be text of at most 1024 characters; got an array.',
    () => twoFactor.challenge('ann', { binding: untyped([]) }),
  ],
  [
    "amr must be a list of at most 8 RFC 8176 values such as 'pwd'; got a string of 3 characters.",
    () => twoFactor.challenge('ann', { amr: untyped('pwd') }),
  ],
  ['state must be JSON of at most 1024 bytes; got a bigint.', () => twoFactor.challenge('ann', { state: untyped(1n) })],
  [
    "type must be 'totp' or 'passkey'; got a string of 3 characters.",
    () => twoFactor.beginSetup('ann', { proof, accountName: 'ann', type: untyped('sms') }),
  ],
  [
    "type must be 'totp': no passkey verifier is configured; got a string of 7 characters. For passkeys, pass passkeys: passkeyVerifier(…) to createTwoFactor.",
    () => twoFactor.beginSetup('ann', { proof, accountName: 'ann', type: 'passkey' }),
  ],
  [
    'by must be text of 1 to 1000 characters; got an empty string.',
    () => twoFactor.admin.reset('ann', { by: '', note: 'ticket 4711' }),
  ],
  [
    'note must be text of 1 to 1000 characters; got undefined.',
    () => twoFactor.admin.unlock('ann', untyped({ by: 'sam' })),
  ],
  [
    "exportUser has no option 'notes'. Did you mean 'note'?",
    () => twoFactor.admin.exportUser('ann', untyped({ by: 'sam', notes: 'moves' })),
  ],
  [
    "issueRecoveryCode has no option 'validHours'. It has by, note, validMs, context.",
    () => twoFactor.admin.issueRecoveryCode('ann', untyped({ by: 'sam', note: 'moves', validHours: 1 })),
  ],
  [
    'validMs must be an integer from 300000 to 259200000; got 0.',
    () => twoFactor.admin.issueRecoveryCode('ann', { by: 'sam', note: 'moves', validMs: 0 }),
  ],
  [
    "challenge has no option 'expectedEnabled'. Did you mean 'expectEnabled'?",
    () => twoFactor.challenge('ann', untyped({ expectedEnabled: true })),
  ],
  [
    'accountName must be text, such as the login or email address; got an object.',
    () => twoFactor.beginSetup('ann', { proof, accountName: untyped({ email: 'ann@example.com' }) }),
  ],
  ['authenticators must be a list of 1 to 5; got an array.', () => importing({ authenticators: [] })],
  [
    'authenticators must be a list of 0 to 5; got undefined.',
    () => importing({ passkeys: [PASSKEY], authenticators: undefined }),
  ],
  [
    'authenticators[1].name must be text of at most 64 bytes of UTF-8 without control characters; got a string of 65 characters.',
    () => authenticator({ name: 'x'.repeat(65) }),
  ],
  [
    'passkeys must be at most 8 together with the authenticators; got 9.',
    () => importing({ authenticators: [{ secret: SECRET }], passkeys: Array.from('ABCDEFGH', passkeyOf) }),
  ],
  ['passkeys must be a list of at most 8; got an object.', () => passkeys(untyped({ 0: PASSKEY }))],
  ['passkeys must be a list of at most 8; got an array.', () => passkeys(Array.from('ABCDEFGHI', passkeyOf))],
  [
    "importUser: passkeys[0] has no option 'publickey'. Did you mean 'publicKey'?",
    () => passkeys([{ ...PASSKEY, publickey: 'AAAA' }]),
  ],
  [
    'passkeys[0].credentialId must be base64url of at most 1364 characters; got an empty string.',
    () => passkeys([{ ...PASSKEY, credentialId: '' }]),
  ],
  [
    'passkeys[0].publicKey must be a COSE key of at most 600 bytes, or base64url of it; got 7.',
    () => passkeys([{ ...PASSKEY, publicKey: 7 }]),
  ],
  [
    "passkeys[0].rpId must be the domain of the passkey, such as 'acme.example'; got undefined.",
    () => passkeys([{ ...PASSKEY, rpId: undefined }]),
  ],
  [
    'passkeys[0].userHandle must be base64url of at most 86 characters; got 7.',
    () => passkeys([{ ...PASSKEY, userHandle: 7 }]),
  ],
  [
    'passkeys[1].userHandle must be the same for all passkeys of a user; got a string of 4 characters.',
    () => passkeys([PASSKEY, { ...passkeyOf('B'), userHandle: 'BBBB' }]),
  ],
  [
    'passkeys[1].credentialId is the same as passkeys[0].credentialId. List each one once: it would be accepted twice.',
    () => passkeys([PASSKEY, PASSKEY]),
  ],
  [
    'passkeys[0].counter must be an integer from 0 to 4294967295; got 4294967296.',
    () => passkeys([{ ...PASSKEY, counter: 2 ** 32 }]),
  ],
  ['passkeys[0].backupEligible must be true or false; got 1.', () => passkeys([{ ...PASSKEY, backupEligible: 1 }])],
  ['passkeys[0].backedUp must be true or false; got null.', () => passkeys([{ ...PASSKEY, backedUp: null }])],
  [
    'passkeys[0].createdAtMs must be a whole number of Unix milliseconds; got -5.',
    () => passkeys([{ ...PASSKEY, createdAtMs: -5 }]),
  ],
  [
    'recoveryCodes must be a list of at most 20; got a string of 10 characters.',
    () => importing({ authenticators: [{ secret: SECRET }], recoveryCodes: 'ABCDE12345' }),
  ],
  ['recoveryCodes[0] must be text of 10 to 32 ASCII letters and digits; got null.', () => codes(null)],
  [
    'recoveryCodes[1] must be { hash, length }, as the first one is; got a string of 9 characters.',
    () => codes({ hash: 'x', length: 8 }, 'abcd-efgh'),
  ],
  [
    'recoveryCodes[1] must be { hash, length }, as the first one is; got null.',
    () => codes({ hash: 'x', length: 8 }, null),
  ],
  [
    "importUser: recoveryCodes[0] has no option 'size'. It has hash, length.",
    () => codes({ hash: 'x', length: 8, size: 8 }),
  ],
  [
    'recoveryCodes[0].hash must be text of 1 to 256 bytes of UTF-8 without control characters; got a string of 3 characters.',
    () => codes({ hash: 'x\ny', length: 8 }),
  ],
  [
    'recoveryCodes[0].length must be an integer from 8 to 32; got a string of 2 characters.',
    () => codes({ hash: 'x', length: '12' }),
  ],
  ['recoveryCodes[0].length must be an integer from 8 to 32; got undefined.', () => codes({ hash: 'x' })],
  ['recoveryCodes[0].length must be an integer from 8 to 32; got 33.', () => codes({ hash: 'x', length: 33 })],
  [
    'recoveryCodes[1] must be text of 10 to 32 ASCII letters and digits; got a string of 9 characters. Without spaces and dashes it has 8.',
    () => codes('abcde-fghij', 'abcd-efgh'),
  ],
  ['recoveryCodes[0] must be text of 10 to 32 ASCII letters and digits; got 1234567890.', () => codes(1234567890)],
  [
    'authenticators[1].secret is not base32: character 1 of 9 is not in its alphabet, A to Z and 2 to 7.',
    () => authenticator({ secret: '0123-4567' }),
  ],
  [
    'authenticators[1].secret must be base32 text or a Uint8Array of 10 to 128 bytes; got a string of 8 characters. It has 5 bytes.',
    () => authenticator({ secret: 'GEZDGNBV' }),
  ],
  [
    'authenticators[1].secret must be base32 text or a Uint8Array of 10 to 128 bytes; got undefined.',
    () => authenticator({ secret: undefined }),
  ],
  [
    "importUser: authenticators[1] has no option 'period'. Did you mean 'periodSeconds'?",
    () => authenticator({ period: 60 }),
  ],
  [
    'authenticators[1].createdAtMs must be a whole number of Unix milliseconds; got 1768478400. Is it in seconds? Multiply by 1000.',
    () => authenticator({ createdAtMs: START / 1000 }),
  ],
  [
    'authenticators[1].createdAtMs must be a whole number of Unix milliseconds; got a Date. Pass its getTime().',
    () => authenticator({ createdAtMs: new Date(START) }),
  ],
  [
    "importUser has no option 'backupCodes'. It has authenticators, passkeys, recoveryCodes, context.",
    () => importing({ authenticators: [{ secret: SECRET }], backupCodes: [] }),
  ],
  [
    'expiresAtMs must be a whole number of Unix milliseconds; got 1768478400. Is it in seconds? Multiply by 1000.',
    () => tokens().issue('ann', { proof, name: 'CI', expiresAtMs: START / 1000 }),
  ],
  [
    "issue has no option 'expiresAt'. Did you mean 'expiresAtMs'?",
    () => tokens().issue('ann', untyped({ proof, name: 'CI', expiresAt: START })),
  ],
  [
    'secret is not base32: character 1 of 1 is not in its alphabet, A to Z and 2 to 7.',
    () => generateTotp({ secret: '!' }),
  ],
  ['text is not base32: it is a number, not a string.', () => decodeBase32(untyped(5))],
]

describe.each([
  ['an option of a constructor', CONSTRUCTORS],
  ['an argument', ARGUMENTS],
])('%s', (_, mistakes) => {
  test.each(mistakes)('%s', async (message, act) => {
    expect(await told(act)).toBe(message)
  })
})

describe('a key ring', () => {
  test.each(KEYS)('%s', async (message, act) => {
    const whole = await told(act)
    expect(whole).toBe(`${message} ${whole.slice(message.length + 1)}`)
    expect(whole.slice(message.length + 1)).toMatch(/^Make a key with:\n {2}node -e "/)
  })
})

describe('the token of a challenge', () => {
  test('is not the challenge itself, nor the promise of one', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const promise = world.twoFactor.challenge('ann')
    const challenge = await promise
    const code = phone.next()
    const must = 'token must be the token of a challenge, which is a string; got'
    for (const complete of [world.twoFactor.completeChallenge, world.twoFactor.beginRequiredSetup]) {
      const options = untyped<never>({ code, accountName: 'ann' })
      expect(await told(() => complete(untyped(challenge), options))).toBe(`${must} an object. Pass challenge.token.`)
      expect(await told(() => complete(untyped(promise), options))).toBe(`${must} a promise (is an await missing?).`)
    }
  })

  test('is an outcome for whatever a client can send in its place', async () => {
    const expired = { ok: false, reason: 'challenge-expired', retryAfterSeconds: null }
    for (const token of [undefined, null, 5, '', {}, [], { token: 'x' }, { passed: 'x' }]) {
      expect(await twoFactor.completeChallenge(untyped(token), { code: '123456' })).toEqual(expired)
    }
  })
})

test('a code that a script sends as a number is an outcome', async () => {
  const world = createWorld()
  await enrolled(world)
  expect(await world.twoFactor.verify('ann', untyped({ code: 123456 }))).toMatchObject({ reason: 'wrong-code' })
})
