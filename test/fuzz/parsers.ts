import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { generateKey } from 'countersign'
import { createHandler } from 'countersign/http'
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
} from 'countersign/import'
import { buildOtpauthUri, decodeBase32, parseOtpauthUri } from 'countersign/otp'
import { virtualPasskey } from 'countersign/testing'
import fc from 'fast-check'
import { decodeBase64Url } from '../../src/encoding/base64url.ts'
import { parseRecord } from '../../src/engine/parse-record.ts'
import { readAssertionResponse, readRegistrationResponse } from '../../src/engine/passkey-response.ts'
import { readTypedCode, readTypedText } from '../../src/otp/typed-code.ts'
import { readAttestation } from '../../src/passkeys/attestation.ts'
import { algorithmOf } from '../../src/passkeys/public-key.ts'
import { readRecoveryCode } from '../../src/recovery-codes/read.ts'
import { parseStoredToken } from '../../src/tokens/parse-stored-token.ts'
import { isTokenText } from '../../src/tokens/token-text.ts'
import { keyRing } from '../../src/vault/key-ring.ts'
import rows from '../import/rows.json'
import { passkeyWorld, proof, SITE, verifier } from '../passkeys/world.ts'
import { createTokenWorld } from '../tokens/world.ts'
import { addPhone, challengeToken, enrolled, knownDevice } from '../world.ts'
import { anything, either, nearly, nearlyText, withSeeds } from './inputs.ts'

export interface Parser {
  inputs: fc.Arbitrary<unknown>
  parse(input: never): unknown
  /** The errors that it may throw. Default: none. */
  throws?: string[]
  /** What must hold of what it gives. */
  gives?(result: unknown): boolean
}

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const URI = buildOtpauthUri({ issuer: 'Acme', accountName: 'ann@example.com', secret: SECRET, digits: 8 })
const MIGRATION =
  'otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZSABKAEwAhABGAEgAA%3D%3D'
const APP_KEY = `base64:${Buffer.alloc(32, 7).toString('base64')}`
const KEYCLOAK = {
  type: 'otp',
  secretData: JSON.stringify({ value: '12345678901234567890' }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, algorithm: 'HmacSHA1' }),
}
const DJANGO = { key: '3132333435363738393031323334353637383930', step: 30, digits: 6, confirmed: true, tolerance: 1 }
const ASPNET = { LoginProvider: '[AspNetUserStore]', Name: 'AuthenticatorKey', Value: SECRET }
const imported = (result: unknown) =>
  typeof result === 'object' && result !== null && 'ok' in result && 'notes' in result
const orNull = (result: unknown) => result === null || typeof result === 'object' || typeof result === 'string'

const world = passkeyWorld()
const ann = await enrolled(world)
await addPhone(world, 'ann')
const begun = await world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
if (!begun.ok) throw new Error(begun.reason)
const passkey = virtualPasskey(SITE)
const registration = await passkey.create(begun.options)
await world.twoFactor.confirmSetup('ann', { token: begun.token, passkey: registration })
const stepUp = await world.twoFactor.beginStepUp('ann')
const assertion = await passkey.get(stepUp.ok ? stepUp.passkey : null)
const challenge = await challengeToken(world, 'ann')
const device = await knownDevice(world, ann)
const record = await world.store.record('ann')
const verdict = await verifier().verifyRegistration({ response: registration, challenge: begun.options.challenge })
if (!verdict.ok) throw new Error(verdict.cause)
const { publicKey } = verdict
const tokenWorld = createTokenWorld()
const { token } = await tokenWorld.issued()
const [storedToken] = await tokenWorld.tokenStore.rows()
const handler = createHandler({
  twoFactor: world.twoFactor,
  authenticate: () => ({ userId: 'ann', accountName: 'ann' }),
  openSession: () => new Headers(),
  onError: (error) => {
    throw error
  },
})

/** Right calls of the routes, each with its cookie. */
const BODIES = [
  ['verify', '{"code":"000000"}', 'session=x'],
  ['begin-setup', '{"proof":{"password":"x"}}', '__Host-countersign-device=x.y'],
  ['complete-challenge', '{"challengeToken":"x","code":"1"}', ''],
  ['mark-recovery-codes-saved', '{"createdAtMs":1}', ''],
]

/** As `Illuminate\\Encryption\\Encrypter` seals it under APP_KEY. */
function encryptedByLaravel(text: unknown): string {
  const key = Buffer.alloc(32, 7)
  const bytes = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', key, bytes)
  const value = Buffer.concat([cipher.update(String(text)), cipher.final()]).toString('base64')
  const iv = bytes.toString('base64')
  const mac = createHmac('sha256', key)
    .update(iv + value)
    .digest('hex')
  return Buffer.from(JSON.stringify({ iv, value, mac, tag: '' })).toString('base64')
}

const refused = (result: unknown) =>
  typeof result === 'object' && result !== null && 'ok' in result && result.ok === false

export const PARSERS: Record<string, Parser> = {
  decodeBase32: {
    inputs: nearlyText(SECRET, 'mzxw 6==='),
    parse: decodeBase32,
    throws: ['invalid_base32', 'invalid_option'],
    gives: (bytes) => bytes instanceof Uint8Array,
  },
  parseOtpauthUri: { inputs: nearlyText(URI), parse: parseOtpauthUri, throws: ['invalid_uri', 'invalid_option'] },
  'the text of a typed code': {
    inputs: either(nearlyText('123 456', 'ABCD-EFGH-JKMN-PQRS'), anything),
    parse: (input) => [
      readTypedCode(input),
      readTypedText(input),
      typeof input === 'string' ? readRecoveryCode(input) : null,
    ],
  },
  base64url: {
    inputs: nearlyText('AAECAwQF', 'YQ'),
    parse: decodeBase64Url,
    gives: (bytes) => bytes === null || bytes instanceof Uint8Array,
  },
  'a key ring': {
    inputs: nearlyText(generateKey(), `${generateKey('a')},${generateKey('b')}`),
    parse: keyRing,
    throws: ['keys_invalid'],
  },
  'a record': { inputs: nearly(record), parse: parseRecord, throws: ['record_invalid'] },
  'a stored token': { inputs: nearly(storedToken), parse: parseStoredToken, throws: ['record_invalid'] },
  'the text of a token': {
    inputs: nearlyText(token),
    parse: (input) => isTokenText('acme', input),
    gives: (result) => typeof result === 'boolean',
  },
  'the token of a challenge, and of a device': {
    inputs: nearlyText(challenge, device),
    parse: (input) => world.twoFactor.completeChallenge(input, { code: 'x', device: input }),
    gives: refused,
  },
  'a registration of a passkey': {
    inputs: nearly(registration),
    parse: (input) => [
      readRegistrationResponse(input),
      world.twoFactor.confirmSetup('ann', { token: 'x', passkey: input }),
    ],
  },
  'an attestation object': {
    inputs: nearlyText(registration.response.attestationObject),
    parse: readAttestation,
    gives: orNull,
  },
  'an assertion of a passkey': { inputs: nearly(assertion), parse: readAssertionResponse, gives: orNull },
  'a public key': {
    inputs: withSeeds(
      [[...publicKey]],
      fc
        .uint8Array({ maxLength: 200 })
        .map((noise) => [...publicKey].map((byte, at) => byte ^ ((noise[at] ?? 1) % 16 === 0 ? (noise[at] ?? 0) : 0))),
    ),
    parse: (bytes: unknown) => algorithmOf(Uint8Array.from(Array.isArray(bytes) ? bytes.map(Number) : [])),
  },
  'the whole registration by the verifier': {
    inputs: nearly(registration),
    parse: (input) => {
      const response = readRegistrationResponse(input)
      return response === null ? null : verifier().verifyRegistration({ response, challenge: 'AAAA' })
    },
    gives: (result) => result === null || refused(result),
  },
  'the whole assertion by the verifier': {
    inputs: nearly(assertion),
    parse: (input) => {
      const response = readAssertionResponse(input)
      return response === null
        ? null
        : verifier().verifyAssertion({ response, challenge: 'AAAA', credential: { id: passkey.id, publicKey } })
    },
    gives: (result) => result === null || refused(result),
  },
  'the body of a request': {
    inputs: withSeeds(
      BODIES,
      fc.tuple(
        fc.constantFrom(
          'verify',
          'begin-setup',
          'complete-challenge',
          'disable',
          'view-recovery-codes',
          'mark-recovery-codes-saved',
        ),
        nearlyText(
          '{"code":"000000"}',
          '{"proof":{"password":"x"}}',
          '{"challengeToken":"x","code":"1"}',
          '{"createdAtMs":1}',
        ),
        nearlyText('session=x', '__Host-countersign-device=x.y'),
      ),
    ),
    parse: (given: unknown) => {
      const [name = '', body = '', cookie = ''] = (Array.isArray(given) ? given : []).map(String)
      // No client can send half of a character in a URL.
      const path = encodeURIComponent(name.replace(/\p{Surrogate}/gu, '?'))
      const headers: Record<string, string> = { 'Content-Type': 'application/json', Origin: 'https://acme.example' }
      if (/^[ -~]*$/.test(cookie)) headers['Cookie'] = cookie
      return handler(new Request(`https://acme.example/two-factor/${path}`, { method: 'POST', headers, body })).then(
        ({ status }) => status,
      )
    },
    gives: (status) => typeof status === 'number' && (status === 200 || (status >= 400 && status < 500)),
  },
  fromSpeakeasy: {
    inputs: nearly(rows.speakeasy.generated, SECRET),
    parse: (row) => fromSpeakeasy(row),
    gives: imported,
  },
  fromOtplib: { inputs: nearly({ secret: SECRET }, SECRET), parse: (row) => fromOtplib(row), gives: imported },
  fromOtpauth: {
    inputs: nearly({ uri: rows.otpauth.uri }, { secret: SECRET, digits: 6, period: 30 }),
    parse: (row) => fromOtpauth(row),
    gives: imported,
  },
  fromOtpauthUris: { inputs: either(nearlyText(URI), nearly([URI, URI])), parse: fromOtpauthUris, gives: imported },
  fromGoogleAuthenticator: {
    inputs: either(nearlyText(MIGRATION), nearly([MIGRATION, MIGRATION])),
    parse: fromGoogleAuthenticator,
    gives: imported,
  },
  fromBetterAuth: {
    inputs: nearly(rows.betterAuth.encrypted.row, rows.betterAuth.plain.row),
    parse: (row) => fromBetterAuth(row, { secret: rows.betterAuth.encrypted.secret }),
    gives: imported,
  },
  fromLaravelFortify: {
    inputs: nearly({
      two_factor_secret: 'eyJpdiI6IiIsInZhbHVlIjoiIiwibWFjIjoiIn0=',
      two_factor_recovery_codes: 'e30=',
    }),
    parse: (row) => fromLaravelFortify(row, { key: APP_KEY }),
    gives: imported,
  },
  'what Laravel encrypted': {
    inputs: nearlyText(
      `s:16:"${SECRET.slice(0, 16)}";`,
      's:25:"["abcdefghij-klmnopqrst"]";',
      '["abcdefghij-klmnopqrst"]',
    ),
    parse: (text) =>
      fromLaravelFortify(
        { two_factor_secret: encryptedByLaravel(SECRET), two_factor_recovery_codes: encryptedByLaravel(text) },
        { key: APP_KEY },
      ),
    gives: imported,
  },
  fromKeycloak: { inputs: nearly(KEYCLOAK, [KEYCLOAK, KEYCLOAK]), parse: fromKeycloak, gives: imported },
  fromDjangoOtp: { inputs: nearly(DJANGO, [DJANGO]), parse: fromDjangoOtp, gives: imported },
  fromAspNetIdentity: {
    inputs: nearly(ASPNET, [ASPNET, { ...ASPNET, Name: 'RecoveryCodes', Value: 'abcd;efgh' }]),
    parse: fromAspNetIdentity,
    gives: imported,
  },
}
