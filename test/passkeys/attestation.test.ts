import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import * as webauthn from '@simplewebauthn/server'
import type { RegistrationResponseJson } from 'countersign'
import { virtualPasskey } from 'countersign/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bytes, integer, map, text } from '../../src/testing/cbor.ts'
import { NAMING_ADDRESSES, registrationOf, VECTORS } from './vectors.ts'
import { addPasskey, challenged, passkeyWorld, proof, SITE, verifier, wrongPasskey } from './world.ts'

let asked: string[] = []

function fail(way: string) {
  return (...given: unknown[]): never => {
    asked.push(`${way} ${String(given[0])}`)
    throw new Error('No test may reach the network.')
  }
}

beforeEach(() => {
  asked = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(fail('fetch'))
  for (const module of [http, https] as const) {
    vi.spyOn(module, 'request').mockImplementation(fail('request'))
    vi.spyOn(module, 'get').mockImplementation(fail('get'))
  }
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(fail('connect'))
  vi.spyOn(dns, 'lookup').mockImplementation(fail('lookup') as never)
})

afterEach(() => vi.restoreAllMocks())

describe('no registration makes anybody ask the network', () => {
  it('in a format with certificates: each is refused [CS-PASSKEY-09]', async () => {
    const formats = new Set<string>()
    for (const one of VECTORS.filter(({ name }) => /^(Packed|TPM|Android|Apple|FIDO)/.test(name))) {
      const { challenge, attestationObject } = one.registration
      formats.add(formatOf(attestationObject))
      const site = verifier({ rpId: 'example.org' })
      expect(await site.verifyRegistration({ response: registrationOf(one), challenge }), one.name).toEqual({
        ok: false,
        cause: 'malformed',
      })
    }
    expect([...formats].sort()).toEqual(['android-key', 'apple', 'fido-u2f', 'packed', 'tpm'])
    expect(asked).toEqual([])
  })

  it('even if its certificates name addresses and chain to a root that the host trusts', async () => {
    const { id, challenge, root } = NAMING_ADDRESSES
    const response = registrationOf({ id, registration: NAMING_ADDRESSES })
    webauthn.SettingsService.setRootCertificates({ identifier: 'packed', certificates: [root] })
    const site = verifier({ rpId: 'example.org' })
    expect(await site.verifyRegistration({ response, challenge })).toEqual({ ok: false, cause: 'malformed' })
    expect(asked).toEqual([])

    // The library on its own asks: that is what the rule is for, and that this test would notice.
    const bare = await webauthn.verifyRegistrationResponse({
      response: response as never,
      expectedChallenge: challenge,
      expectedOrigin: 'https://example.org',
      expectedRPID: 'example.org',
      requireUserVerification: false,
    })
    expect(bare.verified).toBe(true)
    expect(asked).toEqual(['fetch http://crl.example/leaf.crl', 'fetch http://crl.example/root.crl'])
  })

  it('nor does a passkey that is registered and used', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    await world.twoFactor.completeChallenge(challenge.token, { passkey: await passkey.get(challenge.passkey) })
    expect(asked).toEqual([])
  })
})

describe('an attestation that was not asked for is refused, and nothing is written:', () => {
  const certificate = Buffer.from(VECTORS[5]?.registration.attestationObject ?? '', 'base64url').subarray(-400)
  const x5c = [text('x5c'), Uint8Array.of(0x81, ...bytes(certificate))] as const
  const sig = [text('sig'), bytes(new Uint8Array(70))] as const
  const alg = [text('alg'), integer(-7)] as const
  const statements: [string, string, (readonly [Uint8Array, Uint8Array])[]][] = [
    ['packed with x5c', 'packed', [alg, sig, x5c]],
    ['packed with ecdaaKeyId', 'packed', [alg, sig, [text('ecdaaKeyId'), bytes(new Uint8Array(8))]]],
    ['packed with a wrong signature', 'packed', [alg, sig]],
    ['packed of another algorithm', 'packed', [[text('alg'), integer(-257)], sig]],
    ['packed without a signature', 'packed', [alg]],
    ['packed and empty', 'packed', []],
    ['fido-u2f', 'fido-u2f', [sig, x5c]],
    ['tpm', 'tpm', [[text('ver'), text('2.0')], alg, sig, x5c, [text('certInfo'), bytes(new Uint8Array(9))]]],
    ['android-key', 'android-key', [alg, sig, x5c]],
    [
      'android-safetynet',
      'android-safetynet',
      [
        [text('ver'), text('1')],
        [text('response'), bytes(certificate)],
      ],
    ],
    ['apple', 'apple', [x5c]],
    ['compound', 'compound', []],
    ['none with a statement', 'none', [x5c]],
    ['of no known format', 'other', []],
    ['without a format', '', []],
  ]

  it.each(statements)('%s [CS-PASSKEY-27]', async (_name, fmt, statement) => {
    const world = passkeyWorld()
    const begun = await world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
    if (!begun.ok) throw new Error(begun.reason)
    const created = await virtualPasskey(SITE).create(begun.options)
    const before = await world.store.record('ann')
    const passkey = withStatement(created, fmt, map(statement))
    expect(await world.twoFactor.confirmSetup('ann', { token: begun.token, passkey })).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({
      type: 'passkey.wrong',
      cause: expect.stringMatching(/^(malformed|signature)$/),
    })
    expect(await world.store.record('ann')).toEqual(before)
    expect(asked).toEqual([])
    expect((await world.twoFactor.confirmSetup('ann', { token: begun.token, passkey: created })).ok).toBe(true)
  })
})

function formatOf(attestationObject: string): string {
  const object = Buffer.from(attestationObject, 'base64url').toString('latin1')
  return /cfmt.([a-z0-9-]+?)gattStmt/.exec(object)?.[1] ?? ''
}

/** The same registration with another attestation. */
function withStatement(created: RegistrationResponseJson, fmt: string, attStmt: Uint8Array): RegistrationResponseJson {
  const object = Buffer.from(created.response.attestationObject, 'base64url')
  const authData = object.subarray(object.indexOf('authData') + 'authData'.length)
  const other = Buffer.concat([
    Uint8Array.of(0xa3),
    text('fmt'),
    text(fmt),
    text('attStmt'),
    attStmt,
    text('authData'),
    authData,
  ])
  return { ...created, response: { ...created.response, attestationObject: other.toString('base64url') } }
}
