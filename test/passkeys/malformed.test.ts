import { createHash } from 'node:crypto'
import * as webauthn from '@simplewebauthn/server'
import type { AuthenticationResponseJson, RegistrationResponseJson } from 'countersign'
import { virtualPasskey } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { readAttestation } from '../../src/passkeys/attestation.ts'
import { readCbor } from '../../src/passkeys/cbor.ts'
import { passkeyName } from '../../src/passkeys/names.ts'
import { algorithmOf } from '../../src/passkeys/public-key.ts'
import { bytes, integer, map, text } from '../../src/testing/cbor.ts'
import { assertionFor, challenge, json, registrationFor } from './ceremony.ts'
import { publicKeyOf } from './node-crypto.ts'
import { SITE, verifier } from './world.ts'

type Entry = readonly [Uint8Array, Uint8Array]

const refusedAs = (cause: string) => ({ ok: false, cause })
const clientData = { type: 'webauthn.create', challenge, origin: SITE.origin, crossOrigin: false }

const passkey = virtualPasskey(SITE)
const created = await registrationFor(passkey)
const got = await assertionFor(passkey)
const credential = { id: passkey.id, publicKey: publicKeyOf(created) }
/** As short as it can be: the hash of the rpId, the flags and the counter. */
const authData = Buffer.concat([createHash('sha256').update(SITE.rpId).digest(), Uint8Array.of(0x01, 0, 0, 0, 7)])

function register(changed: Partial<RegistrationResponseJson['response']>, site = verifier()) {
  return site.verifyRegistration({ response: { ...created, response: { ...created.response, ...changed } }, challenge })
}

function assert(changed: Partial<AuthenticationResponseJson['response']>, site = verifier()) {
  const response = { ...got, response: { ...got.response, ...changed } }
  return site.verifyAssertion({ response, challenge, credential })
}

describe('client data', () => {
  it('without crossOrigin is accepted: older browsers leave it out', async () => {
    const { crossOrigin: _, ...older } = clientData
    expect(await register({ clientDataJSON: json(older) })).toMatchObject({ ok: true })
  })

  it.each<[what: string, clientDataJSON: string, cause: string]>([
    ['not base64url', 'e30=', 'malformed'],
    ['not JSON', Buffer.from('{').toString('base64url'), 'malformed'],
    ['empty', '', 'malformed'],
    ['null', json(null), 'malformed'],
    ['a string', json('webauthn.create'), 'malformed'],
    ['a number', json(7), 'malformed'],
    ['a list', json([clientData]), 'malformed'],
    ['of another type', json({ ...clientData, type: 'webauthn.get' }), 'malformed'],
    ['without a challenge', json({ ...clientData, challenge: undefined }), 'challenge'],
    ['with a list as long as the challenge', json({ ...clientData, challenge: [...challenge] }), 'challenge'],
    ['without an origin', json({ ...clientData, origin: undefined }), 'origin'],
    ['with a list of the right origin', json({ ...clientData, origin: [SITE.origin] }), 'origin'],
    ['with a crossOrigin that is not false', json({ ...clientData, crossOrigin: null }), 'cross-origin'],
    ['with a topOrigin', json({ ...clientData, topOrigin: '' }), 'cross-origin'],
  ])('%s is refused', async (_what, clientDataJSON, cause) => {
    expect(await register({ clientDataJSON })).toEqual(refusedAs(cause))
  })
})

describe('an attestation object', () => {
  const statement = (...entries: Entry[]): Entry => [text('attStmt'), map(entries)]
  const data: Entry = [text('authData'), bytes(authData)]
  const none: Entry = [text('fmt'), text('none')]
  const packed: Entry = [text('fmt'), text('packed')]
  const alg: Entry = [text('alg'), integer(-7)]
  const sig: Entry = [text('sig'), bytes(new Uint8Array(70))]
  const object = (...entries: Entry[]) => Buffer.from(map(entries)).toString('base64url')

  it('of format none has no algorithm, a self-signed one claims one', () => {
    expect(readAttestation(object(none, statement(), data))).toEqual({
      fmt: 'none',
      alg: null,
      authenticatorData: new Uint8Array(authData),
    })
    expect(readAttestation(object(packed, statement(alg, sig), data))).toEqual({
      fmt: 'packed',
      alg: -7,
      authenticatorData: new Uint8Array(authData),
    })
    expect(readAttestation(object(packed, statement([text('alg'), text('ES256')], sig), data))?.alg).toBe(null)
  })

  it.each<[what: string, attestationObject: string]>([
    ['not base64url', 'a+/='],
    ['not CBOR', Buffer.from('ff', 'hex').toString('base64url')],
    ['a string', Buffer.from(text('none')).toString('base64url')],
    ['without authenticator data', object(none, statement())],
    ['with authenticator data as a string', object(none, statement(), [text('authData'), text('x')])],
    ['without a statement', object(none, data)],
    ['with a string as statement', object(none, [text('attStmt'), text('')], data)],
    ['of format none, with a statement', object(none, statement(alg), data)],
    ['of an unknown format, with an empty statement', object([text('fmt'), text('other')], statement(), data)],
    ['of an unknown format, signed', object([text('fmt'), text('other')], statement(alg, sig), data)],
    ['without a format', object(statement(), data)],
    ['with a certificate', object(packed, statement(alg, sig, [text('x5c'), bytes(new Uint8Array(9))]), data)],
  ])('%s is refused as malformed', async (_what, attestationObject) => {
    expect(await register({ attestationObject })).toEqual(refusedAs('malformed'))
  })
})

describe('authenticator data', () => {
  it('of 37 bytes is enough for a sign-in, if the passkey signed it', async () => {
    expect(await assert({ authenticatorData: got.response.authenticatorData })).toMatchObject({ ok: true, counter: 2 })
    expect(await assert({ authenticatorData: authData.toString('base64url') })).toEqual(refusedAs('signature'))
  })

  it.each<[what: string, authenticatorData: string]>([
    ['not base64url', 'a+/='],
    ['empty', ''],
    ['cut off in the counter', authData.subarray(0, 36).toString('base64url')],
    ['cut off before the flags', authData.subarray(0, 32).toString('base64url')],
  ])('%s is refused as malformed', async (_what, authenticatorData) => {
    expect(await assert({ authenticatorData })).toEqual(refusedAs('malformed'))
  })
})

it('CBOR is read if it is one value and nothing more', () => {
  expect(readCbor(integer(7))).toBe(7)
  for (const wrong of [
    new Uint8Array(),
    Uint8Array.of(0xff),
    Uint8Array.of(7, 7),
    bytes(new Uint8Array(9)).slice(0, 5),
  ]) {
    expect(readCbor(wrong)).toBe(null)
  }
})

describe('a public key', () => {
  const n = new Uint8Array(256).fill(255)
  const rsa = (modulus: Uint8Array, exponent: Uint8Array, { kty = 3, alg = -257 } = {}) =>
    map([
      [integer(1), integer(kty)],
      [integer(3), integer(alg)],
      [integer(-1), modulus],
      [integer(-2), exponent],
    ])

  it.each([[Uint8Array.of(1, 0, 1)], [Uint8Array.of(0, 1, 0, 1)]])('of RSA may have the exponent %s', (exponent) => {
    expect(algorithmOf(rsa(bytes(n), bytes(exponent)))).toBe(-257)
  })

  it.each<[what: string, publicKey: Uint8Array]>([
    ['not CBOR', Uint8Array.of(0xff)],
    ['a number', integer(-7)],
    ['without an algorithm', map([[integer(1), integer(2)]])],
    ['with its algorithm as a string', map([[integer(3), text('-7')]])],
    ['of an algorithm that is not offered', rsa(bytes(n), bytes(Uint8Array.of(1, 0, 1)), { alg: -37 })],
    [
      'of EdDSA, with the type of another',
      map([
        [integer(1), integer(2)],
        [integer(3), integer(-8)],
        [integer(-1), integer(6)],
      ]),
    ],
    ['of RSA, with the type of another', rsa(bytes(n), bytes(Uint8Array.of(1, 0, 1)), { kty: 2 })],
    ['of RSA, with a string as modulus', rsa(text('n'.repeat(257)), bytes(Uint8Array.of(1, 0, 1)))],
    ['of RSA, with a list as exponent', rsa(bytes(n), Uint8Array.of(0x83, 1, 0, 1))],
    [
      'of RSA, without an exponent',
      map([
        [integer(1), integer(3)],
        [integer(3), integer(-257)],
        [integer(-1), bytes(n)],
      ]),
    ],
    ['of RSA, with an empty modulus', rsa(bytes(new Uint8Array()), bytes(Uint8Array.of(1, 0, 1)))],
    ['of RSA, with an empty exponent', rsa(bytes(n), bytes(new Uint8Array()))],
  ])('%s has no algorithm', (_what, publicKey) => {
    expect(algorithmOf(publicKey)).toBe(null)
  })
})

it('a passkey is named after its password manager or platform, if that is known', () => {
  expect(passkeyName('fbfc3007-154e-4ecc-8c0b-6e020557d7bd')).toBe('Apple Passwords')
  for (const unknown of ['00000000-0000-0000-0000-000000000000', '', 'constructor']) {
    expect(passkeyName(unknown)).toBe(null)
  }
})

describe('a library that answers wrongly is not believed:', () => {
  const withLibrary = (answer: unknown) => {
    const answering = () => Promise.resolve(answer)
    return verifier({ webauthn: { verifyRegistrationResponse: answering, verifyAuthenticationResponse: answering } })
  }
  const found = { fmt: 'none', aaguid: '', credential: { id: passkey.id, publicKey: credential.publicKey } }
  const foundWith = (publicKey: Uint8Array) => ({ ...found, credential: { ...found.credential, publicKey } })

  it.each([
    ['nothing', undefined],
    ['not verified', { verified: false, registrationInfo: found, authenticationInfo: {} }],
    ['verified by another value than true', { verified: 1, registrationInfo: found, authenticationInfo: {} }],
    ['verified, without what it found', { verified: true }],
    ['verified, and null found', { verified: true, registrationInfo: null, authenticationInfo: null }],
    ['verified, and a string found', { verified: true, registrationInfo: 'x', authenticationInfo: 'x' }],
  ])('%s', async (_what, answer) => {
    expect(await register({}, withLibrary(answer))).toEqual(refusedAs('signature'))
    expect(await assert({}, withLibrary(answer))).toEqual(refusedAs('signature'))
  })

  it('another format than the response has', async () => {
    const answering = (fmt: string) => withLibrary({ verified: true, registrationInfo: { ...found, fmt } })
    expect(await register({}, answering('none'))).toMatchObject({ ok: true })
    expect(await register({}, answering('packed'))).toEqual(refusedAs('signature'))
  })

  it('a key that is not sound, or of an algorithm that was not asked for', async () => {
    const answering = (registrationInfo: object) => withLibrary({ verified: true, registrationInfo })
    expect(await register({}, answering(foundWith(integer(-7))))).toEqual(refusedAs('malformed'))
    const { verifyRegistration } = verifier({
      algorithms: [-8],
      webauthn: { ...webauthn, verifyRegistrationResponse: async () => ({ verified: true, registrationInfo: found }) },
    })
    expect(await verifyRegistration({ response: created, challenge })).toEqual(refusedAs('malformed'))
  })

  it('a self-signed registration with another algorithm than its key', async () => {
    const site = withLibrary({ verified: true, registrationInfo: { ...found, fmt: 'packed' } })
    const signedWith = (alg: number) => {
      const object = map([
        [text('fmt'), text('packed')],
        [text('attStmt'), map([[text('alg'), integer(alg)]])],
        [text('authData'), bytes(authData)],
      ])
      return register({ attestationObject: Buffer.from(object).toString('base64url') }, site)
    }
    expect(await signedWith(-7)).toMatchObject({ ok: true })
    expect(await signedWith(-257)).toEqual(refusedAs('malformed'))
  })
})
