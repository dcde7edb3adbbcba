import { CountersignError, generateKey } from 'countersign'
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
import { buildOtpauthUri, decodeBase32, encodeBase32, generateSecret, parseOtpauthUri } from 'countersign/otp'
import { virtualPasskey } from 'countersign/testing'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
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
import { addPhone, challengeToken, enrolled, knownDevice, untyped } from '../world.ts'
import { anything, nearly, nearlyText } from './inputs.ts'

/*
 * Every parser against what is nearly right and what is not at all: it gives what it documents, or throws the errors that it
 * documents, and a long input costs no more for each of its characters than a short one.
 */

/** Inputs for each parser: `COUNTERSIGN_FUZZ=100000` makes some millions in all. */
const INPUTS = Number(process.env['COUNTERSIGN_FUZZ'] ?? 300)

interface Parser {
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

const refused = (result: unknown) =>
  typeof result === 'object' && result !== null && 'ok' in result && result.ok === false

const PARSERS: Record<string, Parser> = {
  decodeBase32: {
    inputs: nearlyText(SECRET, 'mzxw 6==='),
    parse: decodeBase32,
    throws: ['invalid_base32', 'invalid_option'],
    gives: (bytes) => bytes instanceof Uint8Array,
  },
  parseOtpauthUri: { inputs: nearlyText(URI), parse: parseOtpauthUri, throws: ['invalid_uri', 'invalid_option'] },
  'the text of a typed code': {
    inputs: fc.oneof(nearlyText('123 456', 'ABCD-EFGH-JKMN-PQRS'), anything),
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
    inputs: fc
      .uint8Array({ maxLength: 200 })
      .map((noise) => [...publicKey].map((byte, at) => byte ^ ((noise[at] ?? 1) % 16 === 0 ? (noise[at] ?? 0) : 0))),
    parse: (bytes: number[]) => algorithmOf(Uint8Array.from(bytes)),
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
    inputs: fc.tuple(
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
    parse: ([path, body, cookie]: [string, string, string]) => {
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
  fromOtpauthUris: { inputs: fc.oneof(nearlyText(URI), nearly([URI, URI])), parse: fromOtpauthUris, gives: imported },
  fromGoogleAuthenticator: {
    inputs: fc.oneof(nearlyText(MIGRATION), nearly([MIGRATION, MIGRATION])),
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
  fromKeycloak: { inputs: nearly(KEYCLOAK, [KEYCLOAK, KEYCLOAK]), parse: fromKeycloak, gives: imported },
  fromDjangoOtp: { inputs: nearly(DJANGO, [DJANGO]), parse: fromDjangoOtp, gives: imported },
  fromAspNetIdentity: {
    inputs: nearly(ASPNET, [ASPNET, { ...ASPNET, Name: 'RecoveryCodes', Value: 'abcd;efgh' }]),
    parse: fromAspNetIdentity,
    gives: imported,
  },
}

let looked = 0
afterAll(() => console.log(`Fuzzed: ${Object.keys(PARSERS).length} parsers with ${looked} inputs.`))

describe('whatever it is given, it gives or throws what is documented:', () => {
  test.each(Object.entries(PARSERS))(
    '%s',
    { timeout: 60_000 + INPUTS * 20 },
    async (_name, { inputs, parse, throws = [], gives }) => {
      await fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          looked += 1
          let result: unknown
          try {
            result = await parse(untyped(input))
          } catch (error) {
            if (!(error instanceof CountersignError) || !throws.includes(error.code)) throw error
            return
          }
          if (gives !== undefined) expect(gives(result)).toBe(true)
        }),
        { numRuns: INPUTS },
      )
    },
  )
})

test('base32 and otpauth URIs come back as they went in', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 64 }),
      fc.constantFrom(6, 7, 8),
      fc.constantFrom('SHA1', 'SHA256', 'SHA512'),
      fc.integer({ min: 15, max: 120 }),
      (bytes, digits, algorithm, periodSeconds) => {
        expect(decodeBase32(encodeBase32(bytes))).toEqual(new Uint8Array(bytes))
        const uri = buildOtpauthUri({
          issuer: 'Acme',
          accountName: 'ann',
          secret: bytes,
          digits,
          algorithm,
          periodSeconds,
        })
        expect(parseOtpauthUri(uri)).toMatchObject({
          issuer: 'Acme',
          accountName: 'ann',
          digits,
          algorithm,
          periodSeconds,
        })
      },
    ),
    { numRuns: INPUTS },
  )
  expect(decodeBase32(generateSecret())).toHaveLength(20)
})

/** Texts that make a careless expression or loop go back again and again. */
const LONG: Record<string, (length: number) => string> = {
  spaces: (length) => ' '.repeat(length),
  dashes: (length) => '-'.repeat(length),
  digits: (length) => '7'.repeat(length),
  'letters of base32': (length) => 'A'.repeat(length),
  padding: (length) => `A${'='.repeat(length)}`,
  'per cent signs': (length) => `otpauth://totp/${'%41'.repeat(length / 3)}`,
  parameters: (length) => `otpauth://totp/a?${'secret=A&'.repeat(length / 9)}`,
  brackets: (length) => '['.repeat(length),
  dots: (length) => `k.${'.'.repeat(length)}`,
  'a migration': (length) => `otpauth-migration://offline?${'&data='.repeat(length / 6)}`,
  'base64 of zeros': (length) => `otpauth-migration://offline?data=${'A'.repeat(length)}`,
  semicolons: (length) => 'a=b; '.repeat(length / 5),
}

describe('a long text costs each parser no more than its length:', () => {
  test.each(Object.entries(PARSERS).filter(([name]) => name !== 'the body of a request'))(
    '%s',
    async (_name, { parse }) => {
      for (const [what, make] of Object.entries(LONG)) {
        const input = make(300_000)
        for (const given of [input, { secret: input, uri: input, value: input, key: input }, [input, input]]) {
          const before = process.cpuUsage()
          await Promise.resolve()
            .then(() => parse(untyped(given)))
            .catch(() => undefined)
          // What is quadratic in 300,000 characters takes minutes. Processor time, not the clock's.
          expect(process.cpuUsage(before).user / 1000, what).toBeLessThan(500)
        }
      }
    },
  )
})
