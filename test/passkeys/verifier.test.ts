import { virtualPasskey } from 'countersign/testing'
import { expect, it } from 'vitest'
import { algorithmOf } from '../../src/passkeys/public-key.ts'
import { bytes, integer, map } from '../../src/testing/cbor.ts'
import { passkeyWorld, proof, SITE, verifier } from './world.ts'

it('an answer to one ceremony is refused in the other, by its type alone [CS-PASSKEY-18]', async () => {
  const world = passkeyWorld()
  const begun = await world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
  if (!begun.ok) throw new Error(begun.reason)
  const passkey = virtualPasskey(SITE)
  const created = await passkey.create(begun.options)
  const { challenge } = begun.options
  const registered = await verifier().verifyRegistration({ response: created, challenge })
  if (!registered.ok) throw new Error(registered.cause)
  const asked = { challenge, rpId: SITE.rpId, timeout: 60_000, userVerification: 'preferred' } as const
  const allowCredentials = [{ id: passkey.id, type: 'public-key' as const, transports: [] }]
  const got = await passkey.get({ ...asked, allowCredentials })
  const credential = { id: passkey.id, publicKey: registered.publicKey }
  expect(await verifier().verifyAssertion({ response: got, challenge, credential })).toMatchObject({ ok: true })

  const { clientDataJSON } = created.response
  const asGot = { ...got, response: { ...got.response, clientDataJSON } }
  expect(await verifier().verifyAssertion({ response: asGot, challenge, credential })).toEqual({
    ok: false,
    cause: 'malformed',
  })
  const asCreated = { ...created, response: { ...created.response, clientDataJSON: got.response.clientDataJSON } }
  expect(await verifier().verifyRegistration({ response: asCreated, challenge })).toEqual({
    ok: false,
    cause: 'malformed',
  })
})

it('a key has the curve or the size that its algorithm is meant for: RSA from 2048 to 4096 bits [CS-PASSKEY-19]', () => {
  const P256 = 1
  const P384 = 2
  const ED25519 = 6
  const point = new Uint8Array(32).fill(7)
  const elliptic = (alg: number, curve: number, kty = 2) =>
    key(kty, alg, [
      [integer(-1), integer(curve)],
      [integer(-2), bytes(point)],
      [integer(-3), bytes(point)],
    ])
  const rsa = (bits: number, exponent = [1, 0, 1]) => {
    const modulus = new Uint8Array(Math.ceil(bits / 8)).fill(255)
    modulus[0] = 255 >> (modulus.length * 8 - bits)
    return key(3, -257, [
      [integer(-1), bytes(modulus)],
      [integer(-2), bytes(Uint8Array.from(exponent))],
    ])
  }
  expect([elliptic(-7, P256), elliptic(-8, ED25519, 1)].map(algorithmOf)).toEqual([-7, -8])
  expect([elliptic(-7, P384), elliptic(-8, P256, 1), elliptic(-7, P256, 1)].map(algorithmOf)).toEqual([
    null,
    null,
    null,
  ])
  expect([1024, 2047, 2048, 4096, 4097].map((bits) => algorithmOf(rsa(bits)))).toEqual([null, null, -257, -257, null])
  expect([[3], [1], [0, 0, 0, 1, 0, 1]].map((exponent) => algorithmOf(rsa(2048, exponent)))).toEqual([null, null, null])
})

function key(kty: number, alg: number, rest: (readonly [Uint8Array, Uint8Array])[]): Uint8Array {
  return map([[integer(1), integer(kty)], [integer(3), integer(alg)], ...rest])
}
