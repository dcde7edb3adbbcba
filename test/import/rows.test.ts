import { createCipheriv, createHash, createHmac } from 'node:crypto'
import {
  fromAspNetIdentity,
  fromBetterAuth,
  fromDjangoOtp,
  fromGoogleAuthenticator,
  fromKeycloak,
  fromLaravelFortify,
  fromOtpauth,
  fromOtpauthUris,
  fromOtplib,
  fromSpeakeasy,
  type ImportResult,
  readUsers,
} from 'countersign/import'
import { generateSecret, generateTotp } from 'countersign/otp'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWorld, untyped } from '../world.ts'
// Made by the real libraries: see make-rows.mjs.
import made from './rows.json'

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const BYTES = Buffer.from('12345678901234567890')
const timeMs = made.timeMs

/** Imports the user and signs in with each code at the time of the rows: the code that the other system takes then. */
async function signsIn(result: ImportResult, ...codes: string[]): Promise<void> {
  if (!result.ok) throw new Error(`${result.reason}: ${JSON.stringify(result.notes)}`)
  const world = createWorld()
  world.clock.set(timeMs)
  expect(await world.twoFactor.admin.importUser('ann', result.user)).toEqual({ ok: true, imported: true })
  for (const code of codes) expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
}

describe('a row that the real library made signs its user in', () => {
  const { speakeasy, otplib, otpauth, betterAuth } = made

  test('speakeasy: as a whole, by each of its encodings, by its URI, and by the secret alone', async () => {
    const { generated, code, sha256 } = { ...speakeasy, code: speakeasy.code }
    const { ascii, hex, base32, otpauth_url } = generated
    for (const row of [generated, { ascii }, { hex }, { base32 }, { otpauth_url }, { secret: base32 }, base32]) {
      const result = fromSpeakeasy(row)
      expect(result.notes).toEqual([])
      await signsIn(result, code)
    }
    await signsIn(fromSpeakeasy({ secret: hex, encoding: 'hex' }), code)
    await signsIn(fromSpeakeasy({ secret: ascii }, { encoding: 'ascii' }), code)
    const options = { algorithm: 'sha256', digits: 8, periodSeconds: 60 }
    await signsIn(fromSpeakeasy(sha256, options), sha256.code)
    await signsIn(fromSpeakeasy({ ascii: sha256.ascii, algorithm: 'sha256', digits: 8, step: 60 }), sha256.code)
  })

  test('otplib: of version 12 and 13, and characters that are the key', async () => {
    await signsIn(fromOtplib({ secret: otplib.v13.secret }), otplib.v13.code)
    await signsIn(fromOtplib(otplib.v12.secret), otplib.v12.code)
    await signsIn(fromOtplib({ secret: otplib.v12ascii.secret }, { encoding: 'ascii' }), otplib.v12ascii.code)
  })

  test('otpauth: by its URI, its columns, or the object itself', async () => {
    const columns = { issuer: 'Acme', label: 'ann', algorithm: 'SHA256', digits: 8, period: 60 }
    for (const row of [
      otpauth.uri,
      { uri: otpauth.uri },
      { ...columns, secret: otpauth.base32 },
      { ...columns, secret: { base32: otpauth.base32 } },
    ]) {
      await signsIn(fromOtpauth(row), otpauth.code)
    }
    expect(fromOtpauth({ secret: otpauth.base32, counter: 5, digits: 6 })).toMatchObject({ reason: 'unsupported' })
  })

  test.each(['encrypted', 'plain'] as const)('better-auth: with %s backup codes', async (kind) => {
    const { secret, row, pending, backupCodes, code } = betterAuth[kind]
    const result = fromBetterAuth(row, { secret })
    expect(result).toMatchObject({ ok: true, user: { recoveryCodes: backupCodes }, notes: [] })
    await signsIn(result, code, backupCodes[3] ?? '')
    expect(fromBetterAuth(pending, { secret })).toMatchObject({ ok: false, reason: 'not-confirmed' })
  })

  test('better-auth: under the newest of several secrets', async () => {
    const { row, secrets, code } = betterAuth.versioned
    await signsIn(fromBetterAuth(row, { secrets }), code, 'aBcDe-FgHij')
    expect(fromBetterAuth(row, { secrets: { 1: secrets[1] } })).toMatchObject({ ok: false, reason: 'not-decrypted' })
  })

  test('better-auth: not by another secret, nor if a digit was changed', () => {
    const { secret, row } = betterAuth.encrypted
    expect(fromBetterAuth(row, { secret: `${secret}!` })).toMatchObject({ ok: false, reason: 'not-decrypted' })
    const changed = { ...row, secret: row.secret.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }
    const result = fromBetterAuth(changed, { secret })
    expect(result).toMatchObject({ ok: false, reason: 'not-decrypted' })
    expect(JSON.stringify(result)).not.toContain(secret)
  })
})

describe('Laravel Fortify', () => {
  const key = Buffer.alloc(32, 'a key of Laravel')
  const APP_KEY = `base64:${key.toString('base64')}`
  const iv = Buffer.alloc(16, 7)
  const serialized = (text: string) => `s:${Buffer.byteLength(text)}:"${text}";`
  const code = generateTotp({ secret: SECRET, timeMs })

  function cbc(text: string, by = key): string {
    const cipher = createCipheriv(by.length === 32 ? 'aes-256-cbc' : 'aes-128-cbc', by, iv)
    const value = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64')
    const ivText = iv.toString('base64')
    const mac = createHmac('sha256', by)
      .update(ivText + value)
      .digest('hex')
    return Buffer.from(JSON.stringify({ iv: ivText, value, mac, tag: '' })).toString('base64')
  }

  function gcm(text: string): string {
    const cipher = createCipheriv('aes-256-gcm', key, iv.subarray(0, 12))
    const value = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64')
    const parts = {
      iv: iv.subarray(0, 12).toString('base64'),
      value,
      mac: '',
      tag: cipher.getAuthTag().toString('base64'),
    }
    return Buffer.from(JSON.stringify(parts)).toString('base64')
  }

  const row = (seal: (text: string) => string) => ({
    id: 1,
    two_factor_secret: seal(serialized(SECRET)),
    two_factor_recovery_codes: seal(serialized(JSON.stringify(['aB3dE6gH1j-K2mN5pQ8sT', 'zY9xW7vU4t-S6rQ3pO1nM']))),
    two_factor_confirmed_at: '2025-11-02 10:11:12',
  })

  test.each<[string, (text: string) => string]>([
    ['AES-256-CBC', cbc],
    ['AES-256-GCM', gcm],
  ])('%s: the secret and the codes are opened', async (_, seal) => {
    const result = fromLaravelFortify(row(seal), { key: APP_KEY })
    expect(result).toMatchObject({ ok: true, notes: [] })
    await signsIn(result, code, 'zY9xW7vU4t-S6rQ3pO1nM')
  })

  test('with a key of 128 bits, a previous key, and values that are not serialised', async () => {
    const short = Buffer.alloc(16, 'short')
    await signsIn(
      fromLaravelFortify(
        row((text) => cbc(text, short)),
        { key: `base64:${short.toString('base64')}` },
      ),
      code,
    )
    const other = `base64:${Buffer.alloc(32, 'other').toString('base64')}`
    await signsIn(fromLaravelFortify(row(cbc), { key: [other, APP_KEY] }), code)
    await signsIn(fromLaravelFortify({ two_factor_secret: cbc(SECRET) }, { key: APP_KEY }), code)
  })

  test('a wrong key, a changed payload and a setup that was never confirmed are reported', () => {
    const other = `base64:${Buffer.alloc(32, 'other').toString('base64')}`
    const reasonOf = (given: unknown, by = APP_KEY) => {
      const result = fromLaravelFortify(given, { key: by })
      return result.ok ? 'ok' : result.reason
    }
    for (const seal of [cbc, gcm]) {
      expect(reasonOf(row(seal), other)).toBe('not-decrypted')
      const parts: { value: string } = JSON.parse(Buffer.from(seal(SECRET), 'base64').toString())
      const value = Buffer.from(parts.value, 'base64')
      value[0] = (value[0] ?? 0) ^ 1
      const forged = Buffer.from(JSON.stringify({ ...parts, value: value.toString('base64') })).toString('base64')
      expect(reasonOf({ two_factor_secret: forged })).toBe('not-decrypted')
    }
    // One bit of the vector makes another letter of the secret: only the MAC tells.
    const parts: { iv: string } = JSON.parse(Buffer.from(cbc(SECRET), 'base64').toString())
    const vector = Buffer.from(parts.iv, 'base64')
    vector[0] = (vector[0] ?? 0) ^ 1
    const forged = Buffer.from(JSON.stringify({ ...parts, iv: vector.toString('base64') })).toString('base64')
    expect(reasonOf({ two_factor_secret: forged })).toBe('not-decrypted')
    expect(reasonOf({ ...row(cbc), two_factor_confirmed_at: null })).toBe('not-confirmed')
    expect(reasonOf({ two_factor_secret: null })).toBe('missing')
  })

  test('a key of another length is a fault', () => {
    for (const wrong of ['', 'short', 'base64:AAAA', []]) {
      expect(() => fromLaravelFortify({}, { key: wrong })).toThrow('key')
    }
  })
})

describe('rows by the documented format sign their user in', () => {
  const code = generateTotp({ secret: SECRET, timeMs })

  test('django-otp', async () => {
    const device = {
      id: 1,
      user_id: 4,
      name: 'default',
      confirmed: true,
      key: BYTES.toString('hex'),
      step: 30,
      t0: 0,
      digits: 6,
    }
    const result = fromDjangoOtp([device, { token: 'abcdefgh2345' }, { token: 'abcdefgh' }])
    expect(result).toMatchObject({ ok: true, notes: [{ field: 'token', reason: 'too-short' }] })
    await signsIn(result, code, 'ABCDEFGH2345')
    for (const [change, reason] of [
      [{ confirmed: false }, 'not-confirmed'],
      [{ t0: 5 }, 'unsupported'],
      [{ key: 'zz' }, 'malformed'],
      [{ key: 'abcd' }, 'too-weak'],
      [{ digits: 5 }, 'unsupported'],
    ] as const) {
      expect(fromDjangoOtp({ ...device, ...change })).toMatchObject({ ok: false, reason })
    }
    expect(fromDjangoOtp({ key: device.key, counter: 3, digits: 6 })).toMatchObject({ reason: 'unsupported' })
    // Somebody who reads "never confirmed" turns it off: not for who has a device that cannot be read.
    const unfinished = { ...device, confirmed: false }
    expect(fromDjangoOtp([unfinished, { ...device, key: 'zz' }])).toMatchObject({ ok: false, reason: 'malformed' })
    expect(fromDjangoOtp([unfinished, unfinished])).toMatchObject({ ok: false, reason: 'not-confirmed' })
  })

  test('ASP.NET Core Identity', async () => {
    const token = { UserId: 'x', LoginProvider: '[AspNetUserStore]' }
    const rows = [
      { ...token, Name: 'AuthenticatorKey', Value: SECRET },
      { ...token, Name: 'RecoveryCodes', Value: 'BCDFG-HJKMN;23456-789TV;P0' },
      { ...token, LoginProvider: 'Other', Name: 'AuthenticatorKey', Value: generateSecret() },
    ]
    const result = fromAspNetIdentity(rows)
    expect(result).toMatchObject({ ok: true, notes: [{ field: 'RecoveryCodes[2]', reason: 'too-short' }] })
    if (result.ok) expect(result.user.authenticators).toHaveLength(1)
    await signsIn(result, code, '23456-789TV')
    expect(fromAspNetIdentity(rows.map((row) => ({ ...row, TwoFactorEnabled: false })))).toMatchObject({ ok: false })
    expect(fromAspNetIdentity(rows.slice(1))).toMatchObject({ ok: false, reason: 'too-short' })
  })

  test('Keycloak, from its table and from an exported realm', async () => {
    const data = { subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }
    const table = {
      type: 'otp',
      user_label: 'My phone',
      created_date: 1_700_000_000_000n,
      secret_data: '{"value":"12345678901234567890"}',
      credential_data: JSON.stringify(data),
    }
    const exported = {
      type: 'otp',
      userLabel: 'My phone',
      createdDate: 1_700_000_000_000,
      secretData: JSON.stringify({ value: SECRET }),
      credentialData: JSON.stringify({ ...data, secretEncoding: 'BASE32' }),
    }
    for (const row of [table, exported]) {
      const result = fromKeycloak([row, { type: 'password', secret_data: '{"value":"hash"}' }])
      expect(result).toMatchObject({
        ok: true,
        notes: [],
        user: { authenticators: [{ name: 'My phone', createdAtMs: 1_700_000_000_000 }] },
      })
      await signsIn(result, code)
    }
    // As RecoveryAuthnCodesUtils hashes a code.
    const hashOf = (code: string) => createHash('sha512').update(code).digest('base64')
    const codes = ['ABCDEFGHJKLM', '123456789NPQ'].map((one, index) => ({
      number: index + 1,
      encodedHashedValue: hashOf(one),
    }))
    const hashed = fromKeycloak([
      table,
      { type: 'recovery-authn-codes', secret_data: JSON.stringify({ codes: [...codes, { number: 3 }] }) },
    ])
    expect(hashed).toMatchObject({ ok: true, notes: [{ field: 'secret_data.codes[2]', reason: 'malformed' }] })
    if (!hashed.ok) return
    const { twoFactor } = createWorld({
      verifyImportedCode: (typed, hash) => hashOf(typed.replaceAll('-', '')) === hash,
    })
    await twoFactor.admin.importUser('ann', hashed.user)
    expect(await twoFactor.verify('ann', { code: '1234-5678-9NPQ' })).toMatchObject({ ok: true })
    expect(await twoFactor.verify('ann', { code: '1234-5678-9NPQ' })).toMatchObject({ ok: false })
    expect(fromKeycloak({ ...table, credential_data: '{"subType":"hotp"}' })).toMatchObject({ reason: 'unsupported' })
    expect(fromKeycloak({ ...table, secret_data: '{"value":' })).toMatchObject({ reason: 'missing' })
  })

  test('otpauth URIs: one, a list, lines, and rows', async () => {
    const uri = `otpauth://totp/Acme:ann?secret=${SECRET}&issuer=Acme`
    for (const given of [uri, [uri], `\n${uri}\r\n\n`, [{ otpauth_url: uri }]]) {
      await signsIn(fromOtpauthUris(given), code)
    }
    const result = fromOtpauthUris([uri, uri, 'https://acme.example', `otpauth://hotp/ann?secret=${SECRET}&counter=1`])
    expect(result.notes.map(({ field, reason }) => [field, reason])).toEqual([
      ['uri[1]', 'duplicate'],
      ['uri[2]', 'malformed'],
      ['uri[3]', 'unsupported'],
    ])
    expect(fromOtpauthUris('')).toMatchObject({ ok: false, reason: 'missing' })
  })

  test('Google Authenticator, as the app exports it', async () => {
    // From the README of https://github.com/dim13/otpauth: its secret is 'Hello!' and de ad be ef.
    const uri = 'otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC'
    const result = fromGoogleAuthenticator(uri)
    expect(result).toMatchObject({
      ok: true,
      user: { authenticators: [{ name: 'Example:alice@google.com', digits: 6 }] },
    })
    await signsIn(result, generateTotp({ secret: 'JBSWY3DPEHPK3PXP', timeMs }))
  })

  test('Google Authenticator: several codes, other algorithms, HOTP, and a code that is missing', async () => {
    const field = (number: number, value: number | Buffer): Buffer =>
      typeof value === 'number'
        ? Buffer.from([number * 8, value])
        : Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value])
    const account = (...settings: [number, number][]) =>
      field(
        1,
        Buffer.concat([field(1, BYTES), field(2, Buffer.from('ann')), ...settings.map(([of, is]) => field(of, is))]),
      )
    const uri = (...parts: Buffer[]) =>
      `otpauth-migration://offline?data=${encodeURIComponent(Buffer.concat(parts).toString('base64'))}`
    const batch = (index: number) => [field(2, 1), field(3, 2), field(4, index)]
    const first = uri(account([4, 2], [5, 2], [6, 2]), ...batch(0))
    const second = uri(account([6, 1]), ...batch(1))
    const result = fromGoogleAuthenticator([first, second])
    expect(result.notes).toMatchObject([{ field: 'uri[1].account[0]', reason: 'unsupported' }])
    await signsIn(result, generateTotp({ secret: SECRET, timeMs, algorithm: 'SHA256', digits: 8 }))
    expect(fromGoogleAuthenticator(first).notes).toMatchObject([{ field: 'uri', reason: 'missing' }])
    expect(fromGoogleAuthenticator(uri(account([4, 4], [6, 2])))).toMatchObject({ ok: false, reason: 'unsupported' })
    const cut = uri(Buffer.concat([account([6, 2]), Buffer.from([10, 100, 1])]))
    expect(fromGoogleAuthenticator(cut)).toMatchObject({ ok: false, reason: 'malformed' })
    expect(fromGoogleAuthenticator('otpauth-migration://offline?data=!')).toMatchObject({
      ok: false,
      reason: 'malformed',
    })
  })
})

describe('what is odd in a row is reported, and the rest of it is imported', () => {
  test('a secret or code that is there twice is imported once', async () => {
    const again = SECRET.toLowerCase().replace(/.{4}/g, '$& ')
    const result = fromSpeakeasy([{ secret: SECRET, backupCodes: ['ABCDE-12345', 'abcde12345'] }, { secret: again }])
    expect(result.notes.map(({ field, reason }) => [field, reason])).toEqual([
      ['backupCodes[1]', 'duplicate'],
      ['secret', 'duplicate'],
    ])
    await signsIn(result, generateTotp({ secret: SECRET, timeMs }), 'ABCDE12345')
  })

  test('recovery codes as a list, as JSON, as text and as objects of which some are used', () => {
    const codes = ['ABCDE-12345', 'FGHIJ-67890']
    for (const backupCodes of [
      codes,
      JSON.stringify(codes),
      codes.join(','),
      codes.join('\n'),
      Buffer.from(codes.join(';')),
    ]) {
      expect(fromOtplib({ secret: SECRET, backupCodes })).toMatchObject({
        ok: true,
        user: { recoveryCodes: codes },
        notes: [],
      })
    }
    const kept = [
      { code: codes[0], used: false },
      { code: 'KLMNO-13579', used: true },
      { code: codes[1], usedAt: null },
    ]
    expect(fromOtplib({ secret: SECRET, recovery_codes: kept })).toMatchObject({
      user: { recoveryCodes: codes },
      notes: [],
    })
  })

  test('hashed codes, codes of another script, and more than a user can have', () => {
    const many = Array.from({ length: 22 }, (_, at) => `ABCDE-FGHJ${String(at).padStart(2, '0')}`)
    const result = fromOtplib({
      secret: SECRET,
      backupCodes: ['$2b$10$abcdefghijklmnopqrstuu', 'ключ-ключ-ключ', 5, ...many],
    })
    expect(result.notes.map(({ reason }) => reason)).toEqual([
      'hashed',
      'malformed',
      'malformed',
      'too-many',
      'too-many',
    ])
    expect(result).toMatchObject({ ok: true })
    expect(JSON.stringify(result.notes)).not.toMatch(/\$2b|ключ/)
  })

  test('hashed codes are imported with their length, for verifyImportedCode to compare', async () => {
    // bcrypt stands behind such hashes; what compares them is the host's.
    const backupCodes = [{ hash: '$2b$10$one' }, { hash: '$2b$10$two', used: true }, '$2b$10$three', '$2b$10$three', '']
    const result = fromSpeakeasy({ secret: SECRET, backupCodes }, { hashedCodeLength: 8 })
    expect(result).toMatchObject({
      ok: true,
      user: {
        recoveryCodes: [
          { hash: '$2b$10$one', length: 8 },
          { hash: '$2b$10$three', length: 8 },
        ],
      },
      notes: [{ reason: 'duplicate' }, { reason: 'malformed' }],
    })
    if (!result.ok) return
    const { twoFactor } = createWorld({
      verifyImportedCode: (typed, hash) => `${typed} ${hash}` === '12345678 $2b$10$one',
    })
    await twoFactor.admin.importUser('ann', result.user)
    expect(await twoFactor.verify('ann', { code: '12345678' })).toMatchObject({ ok: true })
    for (const length of [7, 33, 8.5]) {
      expect(() => fromSpeakeasy(SECRET, { hashedCodeLength: length })).toThrow('hashedCodeLength')
    }
    const mixed = fromSpeakeasy([{ secret: SECRET, backupCodes: ['x'.repeat(257)] }], { hashedCodeLength: 8 })
    expect(mixed).toMatchObject({ user: { recoveryCodes: [] }, notes: [{ reason: 'too-long' }] })
  })

  test('more hashes than a record has room for are left out, so that importUser takes the rest', async () => {
    const world = createWorld()
    const rows = Array.from({ length: 5 }, () => ({
      secret: Buffer.from(world.random(60)).toString('hex'),
      name: 'ü'.repeat(32),
    }))
    const backupCodes = Array.from({ length: 20 }, (_, index) => String(index).padStart(256, 'x'))
    const result = fromSpeakeasy([{ ...rows[0], backupCodes }, ...rows.slice(1)], {
      encoding: 'ascii',
      hashedCodeLength: 8,
    })
    if (!result.ok) throw new Error(result.reason)
    expect(result.notes.filter(({ reason }) => reason === 'too-long')).toHaveLength(8)
    expect(await world.twoFactor.admin.importUser('ann', result.user)).toMatchObject({ imported: true })
  })

  test('a sixth authenticator, and a name that is too long', () => {
    const rows = Array.from({ length: 6 }, () => ({ secret: generateSecret(), name: 'ü'.repeat(60) }))
    const result = fromSpeakeasy(rows)
    if (!result.ok) throw new Error(result.reason)
    expect(result.user.authenticators.map(({ name }) => name)).toEqual(new Array(5).fill('ü'.repeat(32)))
    expect(result.notes.filter(({ reason }) => reason === 'too-many')).toHaveLength(1)
  })

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'missing'],
    ['null', null, 'missing'],
    ['a number', 5, 'missing'],
    ['an empty list', [], 'missing'],
    ['an empty secret', { secret: '' }, 'missing'],
    ['a secret that is a number', { secret: 5 }, 'malformed'],
    ['a secret of another alphabet', { secret: '1189 0000' }, 'malformed'],
    ['a secret of 72 bits', { secret: 'JBSWY3DPEHPK3PX' }, 'too-weak'],
    ['a secret of a megabyte', { secret: 'A'.repeat(1_000_000) }, 'malformed'],
    ['a secret of 1,025 characters', { secret: 'A'.repeat(1025) }, 'too-long'],
    ['a hash that is not SHA', { secret: SECRET, algorithm: 'md5' }, 'unsupported'],
  ])('%s has a reason, and throws nothing', (_, row, reason) => {
    for (const from of [fromSpeakeasy, fromOtplib, fromOtpauth]) expect(from(row)).toMatchObject({ ok: false, reason })
  })
})

const READERS: [string, (row: unknown) => ImportResult][] = [
  ['fromSpeakeasy', fromSpeakeasy],
  ['fromOtplib', fromOtplib],
  ['fromOtplib with hashed codes', (row) => fromOtplib(row, { hashedCodeLength: 10 })],
  ['fromOtpauth', fromOtpauth],
  ['fromOtpauthUris', fromOtpauthUris],
  ['fromGoogleAuthenticator', fromGoogleAuthenticator],
  ['fromDjangoOtp', fromDjangoOtp],
  ['fromAspNetIdentity', fromAspNetIdentity],
  ['fromKeycloak', fromKeycloak],
  ['fromBetterAuth', (row) => fromBetterAuth(row, { secret: 'a secret', secrets: { 1: 'an older one' } })],
  ['fromLaravelFortify', (row) => fromLaravelFortify(row, { key: 'a key of 16 byte' })],
]

describe('whatever a row holds', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.constantFrom(
      'otp',
      'recovery-authn-codes',
      'AuthenticatorKey',
      'RecoveryCodes',
      SECRET,
      '[]',
      '["ABCDE-12345"]',
    ),
    fc.base64String().map((data) => `otpauth-migration://offline?data=${encodeURIComponent(data)}`),
    fc.string().map((text) => `otpauth://totp/${text}?secret=${SECRET}&${text}`),
    fc.string().map((text) => `$ba$1$${text}`),
    fc.json().map((json) => Buffer.from(json).toString('base64')),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('hex')),
  )
  const value = fc.oneof(words, fc.anything(), fc.uint8Array(), fc.bigInt(), fc.date())
  const column = fc.constantFrom(
    ...[
      'secret',
      'base32',
      'hex',
      'encoding',
      'algorithm',
      'digits',
      'step',
      'period',
      'counter',
      'backupCodes',
      'verified',
    ],
    ...['two_factor_secret', 'two_factor_recovery_codes', 'two_factor_confirmed_at', 'key', 't0', 'token', 'confirmed'],
    ...[
      'Name',
      'Value',
      'LoginProvider',
      'type',
      'secret_data',
      'credential_data',
      'user_label',
      'created_date',
      'uri',
    ],
  )
  const row = fc.dictionary(column, value)
  const given = fc.oneof(row, fc.array(fc.oneof(row, value)), value)

  test.each(READERS)('%s throws nothing, and what it gives importUser takes', async (_, from) => {
    const world = createWorld()
    let userId = 0
    await fc.assert(
      fc.asyncProperty(given, async (rows) => {
        const result = from(rows)
        for (const { field, message } of result.notes) expect([field, message]).not.toContain('')
        if (!result.ok) return
        userId += 1
        expect(await world.twoFactor.admin.importUser(`user ${userId}`, result.user)).toMatchObject({ imported: true })
      }),
      { numRuns: 300 },
    )
  })

  test('Google Authenticator: a payload of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const data = encodeURIComponent(Buffer.from(bytes).toString('base64'))
        fromGoogleAuthenticator(`otpauth-migration://offline?data=${data}`)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('readUsers', () => {
  test('puts the rows of one user together, and no row stops the others', async () => {
    const rows = [
      { user_id: 1, type: 'otp', secret_data: '{"value":"12345678901234567890"}' },
      { user_id: 2, type: 'otp', secret_data: 'broken' },
      { user_id: 1, type: 'recovery-authn-codes', secret_data: '{}' },
      { user_id: null, type: 'otp' },
      null,
      { user_id: 3n, type: 'otp', secret_data: '{"value":"another secret of text"}' },
    ]
    const users = readUsers(rows, { userId: (row) => row?.user_id, from: fromKeycloak })
    expect(users.map(({ userId, ok }) => [userId, ok])).toEqual([
      ['1', true],
      ['2', false],
      ['3', true],
      [null, false],
      [null, false],
    ])
    expect(users[0]?.notes).toMatchObject([{ reason: 'malformed' }])
  })

  test('a misspelt option is a fault', () => {
    // @ts-expect-error: it is `from`.
    expect(() => readUsers([], { userId: () => 'x', form: fromKeycloak })).toThrow("Did you mean 'from'?")
    // @ts-expect-error: it is `periodSeconds`.
    expect(() => fromSpeakeasy(SECRET, { periodSecond: 60 })).toThrow("Did you mean 'periodSeconds'?")
    expect(() => fromBetterAuth({}, {})).toThrow('secret')
  })
})

test('a row that a list lacks, and a column that cannot be made text, are notes and no errors', () => {
  const holed = [untyped<object>(undefined)]
  holed.length = 2
  delete holed[0]
  for (const from of [fromKeycloak, fromDjangoOtp, fromAspNetIdentity, fromSpeakeasy, fromOtpauthUris]) {
    expect(from(holed)).toMatchObject({ ok: false })
  }
  const key = Buffer.from(BYTES).toString('hex')
  expect(fromDjangoOtp({ key, confirmed: Object.create(null) })).toMatchObject({ notes: expect.any(Array) })
})
