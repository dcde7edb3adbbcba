import { virtualPasskey } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { isSigned, publicKeyOf } from './node-crypto.ts'
import { assertionOf, registrationOf, VECTORS, type Vector } from './vectors.ts'
import { challenged, passkeyWorld, SITE, verifier } from './world.ts'

const site = verifier({ rpId: 'example.org' })

function vector(name: string): Vector {
  const found = VECTORS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`No vector ${name}`)
  return found
}

async function registered(one: Vector) {
  return site.verifyRegistration({ response: registrationOf(one), challenge: one.registration.challenge })
}

async function asserted(one: Vector, publicKey = publicKeyOf(registrationOf(one))) {
  const credential = { id: one.id, publicKey }
  return site.verifyAssertion({ response: assertionOf(one), challenge: one.assertion.challenge, credential })
}

describe('the test vectors of Web Authentication Level 3', () => {
  it.each([
    'ES256 Credential with No Attestation',
    'ES256 Credential with Self Attestation',
    'ES256 Credential with very long credential ID',
  ])('%s: registers, and signs in [CS-PASSKEY-20]', async (name) => {
    const one = vector(name)
    const verdict = await registered(one)
    expect(verdict).toMatchObject({ ok: true, credentialId: one.id, counter: 0 })
    const publicKey = verdict.ok ? verdict.publicKey : new Uint8Array()
    expect(publicKey).toEqual(publicKeyOf(registrationOf(one)))
    expect(await asserted(one, publicKey)).toMatchObject({ ok: true, counter: 0 })
    expect(isSigned(assertionOf(one), publicKey)).toBe(true)
  })

  it.each([
    'Packed Attestation with ES256 Credential',
    'Packed Attestation with RS256 Credential',
    'Packed Attestation with Ed25519 Credential',
    'TPM Attestation with ES256 Credential',
    'Android Key Attestation with ES256 Credential',
    'Apple Anonymous Attestation with ES256 Credential',
    'FIDO U2F Attestation with ES256 Credential',
  ])('%s: the registration is refused for its certificates, its assertion verifies [CS-PASSKEY-21]', async (name) => {
    const one = vector(name)
    expect(await registered(one)).toEqual({ ok: false, cause: 'malformed' })
    expect(await asserted(one)).toMatchObject({ ok: true, counter: 0 })
    expect(isSigned(assertionOf(one), publicKeyOf(registrationOf(one)))).toBe(true)
  })

  it.each([
    'Packed Attestation with ES384 Credential',
    'Packed Attestation with ES512 Credential',
    'Packed Attestation with Ed448 Credential',
  ])('%s: refused, since its algorithm is not asked for [CS-PASSKEY-22]', async (name) => {
    expect(await registered(vector(name))).toEqual({ ok: false, cause: 'malformed' })
  })

  it.each([
    'ES256 Credential with "crossOrigin": true in clientDataJSON',
    'ES256 Credential with "topOrigin" in clientDataJSON',
  ])('%s: refused in both ceremonies [CS-PASSKEY-23]', async (name) => {
    const one = vector(name)
    expect(await registered(one)).toEqual({ ok: false, cause: 'cross-origin' })
    expect(await asserted(one)).toEqual({ ok: false, cause: 'cross-origin' })
  })

  it('every vector is looked at', () => {
    expect(VECTORS).toHaveLength(15)
  })

  it('a changed byte anywhere in what is signed makes each of them wrong, here and there [CS-PASSKEY-15]', async () => {
    for (const name of [
      'ES256 Credential with No Attestation',
      'Packed Attestation with RS256 Credential',
      'Packed Attestation with Ed25519 Credential',
    ]) {
      const one = vector(name)
      const key = publicKeyOf(registrationOf(one))
      for (const field of ['authenticatorData', 'signature', 'clientDataJSON'] as const) {
        const content = Buffer.from(one.assertion[field], 'base64url')
        for (const at of content.keys()) {
          const other = Buffer.from(content)
          other.writeUInt8(content.readUInt8(at) ^ 1, at)
          const changed = { ...one, assertion: { ...one.assertion, [field]: other.toString('base64url') } }
          expect(await asserted(changed, key), `${name}: byte ${at} of ${field}`).toEqual({
            ok: false,
            cause: field === 'signature' ? 'signature' : expect.any(String),
          })
          expect(isSigned(assertionOf(changed), key)).toBe(false)
        }
      }
    }
  })
})

describe('what the virtual passkey signs, node:crypto verifies too', () => {
  it.each([-7, -8, -257] as const)('COSE algorithm %i', async (algorithm) => {
    const world = passkeyWorld()
    const begun = await world.twoFactor.beginSetup('ann', {
      type: 'passkey',
      accountName: 'ann',
      proof: { password: 'correct horse battery staple' },
    })
    if (!begun.ok) throw new Error(begun.reason)
    const passkey = virtualPasskey({ ...SITE, algorithm })
    const created = await passkey.create(begun.options)
    expect((await world.twoFactor.confirmSetup('ann', { token: begun.token, passkey: created })).ok).toBe(true)
    const { passkey: options } = await challenged(world)
    const key = publicKeyOf(created)
    expect(isSigned(await passkey.get(options), key)).toBe(true)
    const other = virtualPasskey({ ...SITE, algorithm })
    const others = publicKeyOf(await other.create(begun.options))
    expect(isSigned(await passkey.get(options), others)).toBe(false)
  })
})
