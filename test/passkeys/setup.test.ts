import { createHash } from 'node:crypto'
import { generateKey, type PasskeyOffer, type RegistrationResponseJson } from 'countersign'
import { type PasskeyBehavior, virtualPasskey } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { emptyRecord } from '../../src/engine/record.ts'
import { hasRoom } from '../../src/engine/room.ts'
import { bytes, integer, map, text } from '../../src/testing/cbor.ts'
import { addPhone, enrolled, faultOf, phoneFor, untyped, type World, wrongCode } from '../world.ts'
import {
  addPasskey,
  challenged,
  nobodys,
  passkeysIn,
  passkeyWorld,
  proof,
  SITE,
  sameAgain,
  steppingUp,
  verifier,
  wrongPasskey,
} from './world.ts'

const refusedFor = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

async function begun(world: World, more: { name?: string; replaces?: string } = {}): Promise<PasskeyOffer> {
  const offer = await world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof, ...more })
  if (!offer.ok) throw new Error(`The setup did not begin: ${offer.reason}`)
  return offer
}

describe('the setup of a passkey', () => {
  it('offers what navigator.credentials.create() takes [CS-PASSKEY-03]', async () => {
    const world = passkeyWorld()
    await addPasskey(world, 'ben')
    const first = await addPasskey(world)
    const earlier = await begun(world)
    const { options, expiresAtMs, token } = await begun(world)
    expect(expiresAtMs).toBe(world.clock.now() + 600_000)
    expect(options).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rp: { id: 'acme.example', name: 'Acme Cloud' },
      user: { id: expect.stringMatching(/^[\w-]{43}$/), name: 'ann', displayName: 'ann' },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      attestation: 'none',
      excludeCredentials: [{ id: first.id, type: 'public-key', transports: ['internal'] }],
      authenticatorSelection: {
        residentKey: 'discouraged',
        requireResidentKey: false,
        userVerification: 'preferred',
      },
    })
    expect(JSON.stringify(options)).not.toContain(token)
    expect(options.challenge).not.toBe(earlier.options.challenge)
  })

  it('makes the first authenticator, with recovery codes, in one write', async () => {
    const world = passkeyWorld()
    const { token, options } = await begun(world)
    const passkey = await virtualPasskey(SITE).create(options)
    world.store.forget()
    world.heard()
    const confirmed = await world.twoFactor.confirmSetup('ann', { token, passkey })
    expect(confirmed).toMatchObject({ ok: true, recoveryCodes: { length: 10 } })
    expect([world.store.loads, world.store.saves]).toEqual([2, 1])
    expect(world.heard()).toEqual(['authenticator.added', 'two-factor.enabled'])
    expect(await world.twoFactor.confirmSetup('ann', { token, passkey })).toEqual(refusedFor('setup-expired'))
  })

  it('is offered again unchanged to whoever holds its token, and can be cancelled', async () => {
    const world = passkeyWorld()
    const offer = await begun(world)
    const { token } = offer
    world.store.forget()
    expect(await world.twoFactor.resumeSetup('ann', { token })).toEqual(offer)
    expect(world.store.saves).toBe(0)
    const passkey = await virtualPasskey(SITE).create(offer.options)
    expect(await world.twoFactor.cancelSetup('ann', { token })).toEqual({ ok: true })
    expect(await world.twoFactor.resumeSetup('ann', { token })).toEqual(refusedFor('setup-expired'))
    expect(await world.twoFactor.confirmSetup('ann', { token, passkey })).toEqual(refusedFor('setup-expired'))
    expect((await world.twoFactor.status('ann')).enabled).toBe(false)
  })

  it('ends after ten minutes', async () => {
    const world = passkeyWorld()
    const { token, options } = await begun(world)
    const passkey = await virtualPasskey(SITE).create(options)
    world.clock.advance({ seconds: 600 })
    expect(await world.twoFactor.confirmSetup('ann', { token, passkey })).toEqual(refusedFor('setup-expired'))
  })

  it('proposes the name of a known kind, unless the person gave one', async () => {
    const world = passkeyWorld()
    for (const name of ['', 'Blue key']) {
      const { token, options } = await begun(world, { name })
      const passkey = ofKind(await virtualPasskey(SITE).create(options), 'fbfc3007154e4ecc8c0b6e020557d7bd')
      expect((await world.twoFactor.confirmSetup('ann', { token, passkey })).ok).toBe(true)
    }
    expect((await world.twoFactor.status('ann')).authenticators.map(({ name }) => name)).toEqual([
      'Apple Passwords',
      'Blue key',
    ])
  })
})

describe('a registration is refused, and nothing is written,', () => {
  const lies: [string, PasskeyBehavior, string][] = [
    ['made on a page of another origin', { origin: 'https://acme.example.evil.example' }, 'origin'],
    ['made over http', { origin: 'http://acme.example' }, 'origin'],
    ['made for another rpId', { rpId: 'evil.example' }, 'rp-id'],
    ['made in a frame of another site', { crossOrigin: true }, 'cross-origin'],
    ['that names the page around it', { topOrigin: 'https://acme.example' }, 'cross-origin'],
    ['without anybody present', { userPresent: false }, 'user-verification'],
    ['backed up though that cannot be', { backedUp: true }, 'malformed'],
  ]

  it.each(lies)('if it was %s [CS-PASSKEY-04]', async (_how, behavior, cause) => {
    const world = passkeyWorld()
    const { token, options } = await begun(world)
    await expectRefused(world, token, await virtualPasskey(SITE).create(options, behavior), cause)
    const right = await virtualPasskey(SITE).create(options)
    expect((await world.twoFactor.confirmSetup('ann', { token, passkey: right })).ok).toBe(true)
  })

  it('if nobody was verified where that is required [CS-PASSKEY-05]', async () => {
    const world = passkeyWorld({ passkeys: verifier({ userVerification: 'required' }) })
    const { token, options } = await begun(world)
    expect(options.authenticatorSelection.userVerification).toBe('required')
    const passkey = await virtualPasskey(SITE).create(options, { userVerified: false })
    await expectRefused(world, token, passkey, 'user-verification')
  })

  it('if its algorithm was not asked for [CS-PASSKEY-06]', async () => {
    const world = passkeyWorld({ passkeys: verifier({ algorithms: [-7] }) })
    const { token, options } = await begun(world)
    const passkey = await virtualPasskey({ ...SITE, algorithm: -257 }).create(options)
    await expectRefused(world, token, passkey, 'signature')
  })

  it('if it answers another challenge: of another user, of an earlier setup, of a sign-in [CS-PASSKEY-07]', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const earlier = await begun(world)
    const ofBen = await world.twoFactor.beginSetup('ben', { type: 'passkey', accountName: 'ben', proof })
    if (!ofBen.ok) throw new Error(ofBen.reason)
    const { token } = await begun(world)
    for (const other of [earlier.options, ofBen.options]) {
      await expectRefused(world, token, await virtualPasskey(SITE).create(other), 'challenge')
    }
    const { passkey: asked } = await challenged(world)
    await expectRefused(world, token, untyped(await passkey.get(asked)), 'malformed')
  })

  it('if its setup was superseded, or belongs to another user', async () => {
    const world = passkeyWorld()
    const earlier = await begun(world)
    const passkey = await virtualPasskey(SITE).create(earlier.options)
    await begun(world)
    const before = await world.store.record('ann')
    const { token } = earlier
    expect(await world.twoFactor.confirmSetup('ann', { token, passkey })).toEqual(refusedFor('setup-superseded'))
    expect(await world.twoFactor.confirmSetup('ben', { token, passkey })).toEqual(refusedFor('setup-expired'))
    expect(await world.store.record('ann')).toEqual(before)
  })

  it.each<[string, (right: RegistrationResponseJson) => unknown]>([
    ['a text', () => 'x'],
    ['a list', () => []],
    ['empty', () => ({})],
    ['without attestation', ({ id, rawId, type }) => ({ id, rawId, type, response: { clientDataJSON: 'e30' } })],
    ['of nobody', () => nobodys],
    ['not base64url', (right) => ({ ...right, response: { ...right.response, attestationObject: 'a+/=' } })],
    ['named otherwise', (right) => ({ ...right, rawId: 'AAAA' })],
    ['named as another credential', (right) => ({ ...right, id: 'AAAA', rawId: 'AAAA' })],
    ['too long', (right) => ({ ...right, response: { ...right.response, clientDataJSON: 'A'.repeat(4096) } })],
    ['too long by its credential id', (right) => ({ ...right, id: 'A'.repeat(1368), rawId: 'A'.repeat(1368) })],
    [
      'with more after its attestation',
      (right) => ({
        ...right,
        response: { ...right.response, attestationObject: `${right.response.attestationObject}AAAA` },
      }),
    ],
  ])('if it is %s [CS-PASSKEY-24]', async (_what, change) => {
    const world = passkeyWorld()
    const { token, options } = await begun(world)
    const right = await virtualPasskey(SITE).create(options)
    await expectRefused(world, token, untyped(change(right)), expect.stringMatching(/^(malformed|signature)$/))
    expect((await world.twoFactor.confirmSetup('ann', { token, passkey: right })).ok).toBe(true)
  })

  async function expectRefused(world: World, token: string, passkey: RegistrationResponseJson, cause: unknown) {
    const before = await world.store.load('ann')
    world.store.forget()
    expect(await world.twoFactor.confirmSetup('ann', { token, passkey })).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({ type: 'passkey.wrong', method: 'passkey', cause, notify: false })
    expect(world.store.saves).toBe(0)
    expect(await world.store.load('ann')).toEqual(before)
  }
})

describe('a code and a passkey are never taken for one another', () => {
  it('a code for a pending passkey is wrong, and counts as no failure', async () => {
    const world = passkeyWorld()
    const { token, options } = await begun(world)
    for (let time = 0; time < 12; time += 1) {
      expect(await world.twoFactor.confirmSetup('ann', { token, code: '123456' })).toEqual(refusedFor('wrong-code'))
    }
    const passkey = await virtualPasskey(SITE).create(options)
    expect((await world.twoFactor.confirmSetup('ann', { token, passkey })).ok).toBe(true)
  })

  it('a passkey for a pending app is wrong, and a right code beside it is not looked at', async () => {
    const world = passkeyWorld()
    const offer = await world.twoFactor.beginSetup('ann', { accountName: 'ann', proof })
    if (!offer.ok) throw new Error(offer.reason)
    const { token } = offer
    const code = phoneFor(world, offer).next()
    expect(await world.twoFactor.confirmSetup('ann', untyped({ token, passkey: nobodys, code }))).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({ type: 'passkey.wrong', cause: 'unknown-credential' })
    expect((await world.twoFactor.confirmSetup('ann', { token, code })).ok).toBe(true)
  })
})

describe('replacing', () => {
  it('an app by a passkey and back: one write each, and the old one ends with it', async () => {
    const world = passkeyWorld()
    const phone = await addPhone(world, 'ann')
    const passkey = await addPasskey(world, 'ann', { replaces: phone.id })
    expect((await world.twoFactor.status('ann')).authenticators).toMatchObject([{ type: 'passkey' }])
    world.clock.advance({ seconds: 60 })
    expect(await world.twoFactor.verify('ann', { code: phone.next() })).toEqual(refusedFor('wrong-code'))

    const { token, passkey: asked } = await challenged(world)
    const response = await passkey.get(asked)
    const next = await addPhone(world, 'ann', { replaces: passkey.authenticatorId })
    expect((await world.twoFactor.status('ann')).authenticators).toMatchObject([{ type: 'totp', id: next.id }])
    expect(await world.twoFactor.completeChallenge(token, { passkey: response })).toEqual(wrongPasskey)
    expect(await challenged(world)).toMatchObject({ methods: ['totp', 'recovery-code'], passkey: null })
  })

  it('does not exclude what goes: the same passkey may register anew', async () => {
    const world = passkeyWorld()
    const old = await addPasskey(world)
    const kept = await addPasskey(world)
    const { token, options } = await begun(world, { replaces: old.authenticatorId })
    expect(options.excludeCredentials.map(({ id }) => id)).toEqual([kept.id])
    expect((await world.twoFactor.confirmSetup('ann', { token, passkey: await old.create(options) })).ok).toBe(true)
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(2)
  })

  it('a passkey that is registered already is refused, also where a browser let it through [CS-PASSKEY-08]', async () => {
    const world = passkeyWorld()
    const { token, options } = await begun(world)
    const created = await virtualPasskey(SITE).create(options)
    await world.twoFactor.confirmSetup('ann', { token, passkey: created })
    const second = await begun(world)
    const passkey = sameAgain(created, second.options)
    world.store.forget()
    expect(await world.twoFactor.confirmSetup('ann', { token: second.token, passkey })).toEqual(
      refusedFor('already-registered'),
    )
    expect(world.store.saves).toBe(0)
  })
})

describe('a required setup', () => {
  it('with a passkey signs in with the registration, in one write', async () => {
    const world = passkeyWorld({ isRequired: () => true })
    const { token, methods, passkey: none } = await challenged(world)
    expect([methods, none]).toEqual([['totp', 'passkey'], null])
    const offer = await world.twoFactor.beginRequiredSetup(token, { type: 'passkey', accountName: 'ann' })
    if (!offer.ok) throw new Error(offer.reason)
    const setupToken = offer.token
    const device = virtualPasskey(SITE)
    const lying = await device.create(offer.options, { origin: 'https://evil.example' })
    expect(await world.twoFactor.completeChallenge(token, { setupToken, passkey: lying })).toEqual(wrongPasskey)
    expect(await world.twoFactor.completeChallenge(token, { setupToken, code: '123456' })).toEqual(
      refusedFor('wrong-code'),
    )
    const passkey = await device.create(offer.options)
    world.store.forget()
    world.heard()
    const result = await world.twoFactor.completeChallenge(token, { setupToken, passkey, trustDevice: true })
    expect(result).toMatchObject({
      ok: true,
      method: 'passkey',
      recoveryCodes: { length: 10 },
      assurance: { phishingResistant: false, amr: ['pwd', 'pop', 'user'] },
      device: { trusted: true },
    })
    expect(world.store.saves).toBe(1)
    expect(world.heard()).toEqual(['authenticator.added', 'two-factor.enabled', 'sign-in.completed', 'device.trusted'])
    expect(await world.twoFactor.completeChallenge(token, { setupToken, passkey })).toEqual(
      refusedFor('challenge-used'),
    )
  })

  it('is not confirmed by the challenge of another user, nor with another user’s setup', async () => {
    const world = passkeyWorld({ isRequired: () => true })
    const [anns, bens] = [await challenged(world), await challenged(world, 'ben')]
    const offer = await world.twoFactor.beginRequiredSetup(anns.token, { type: 'passkey', accountName: 'ann' })
    if (!offer.ok) throw new Error(offer.reason)
    const passkey = await virtualPasskey(SITE).create(offer.options)
    expect(await world.twoFactor.completeChallenge(bens.token, { setupToken: offer.token, passkey })).toEqual(
      refusedFor('setup-expired'),
    )
    expect((await world.twoFactor.status('ben')).enabled).toBe(false)
  })
})

describe('limits', () => {
  it('eight authenticators, five of them apps; then limit-reached, and a replacement still works', async () => {
    const world = passkeyWorld()
    for (let count = 0; count < 5; count += 1) await addPhone(world, 'ann')
    expect(await world.twoFactor.beginSetup('ann', { accountName: 'ann', proof })).toEqual(refusedFor('limit-reached'))
    const first = await addPasskey(world)
    await addPasskey(world)
    await addPasskey(world)
    for (const type of ['passkey', 'totp'] as const) {
      expect(await world.twoFactor.beginSetup('ann', { type, accountName: 'ann', proof })).toEqual(
        refusedFor('limit-reached'),
      )
    }
    await addPasskey(world, 'ann', { replaces: first.authenticatorId })
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(8)
  })

  it.each([16, 64, 400, 1023])(
    'with credential ids of %i bytes and RSA keys of 4096 bits the record stays small, and sign-ins work',
    async (idBytes) => {
      const name = '"'.repeat(64)
      // Signed by nobody, which a verifier of the host's may do: here only sizes matter.
      const passkeys = {
        ...verifier(),
        verifyAssertion: async () => ({ ok: true as const, counter: 0, backupEligible: false, backedUp: false }),
      }
      const world = passkeyWorld({ passkeys, recoveryCodes: { count: 20, keep: 'hashed' } })
      const reasons: string[] = []
      for (let count = 0; count < 9; count += 1) {
        const offer = await world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof, name })
        if (!offer.ok) {
          reasons.push(offer.reason)
          break
        }
        const passkey = hugeRegistration(offer, idBytes)
        const confirmed = await world.twoFactor.confirmSetup('ann', { token: offer.token, passkey })
        if (!confirmed.ok) reasons.push(confirmed.reason)
        if (!confirmed.ok) break
      }
      expect(reasons).toEqual(['limit-reached'])
      expect((await world.twoFactor.status('ann')).authenticators.length).toBeGreaterThanOrEqual(1)
      expect(hasRoom((await world.store.record('ann')) ?? emptyRecord()), 'room for all that can still come').toBe(true)
      // Everything else to its limit: twenty trusted devices with long names, failures in each pool.
      let largest = 0
      for (let time = 0; time < 70; time += 1) {
        const { token, passkey: asked } = await challenged(world)
        const [first] = asked?.allowCredentials ?? []
        const id = first?.id ?? ''
        const result = await world.twoFactor.completeChallenge(token, {
          passkey: { ...nobodys, id, rawId: id },
          trustDevice: true,
          deviceName: '"'.repeat(60),
        })
        expect(result.ok).toBe(true)
        largest = Math.max(largest, Buffer.byteLength(JSON.stringify(await world.store.record('ann'))))
      }
      expect(largest).toBeLessThan(16_384)
    },
    30_000,
  )
})

describe('what goes with passkeys', () => {
  it('a reset ends them, and unlock keeps them', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const staff = { by: 'sam', note: 'x' }
    expect(await world.twoFactor.admin.unlock('ann', staff)).toEqual({ ok: true })
    const { token, passkey: asked } = await challenged(world)
    const response = await passkey.get(asked)
    await world.twoFactor.admin.reset('ann', staff)
    expect(await world.twoFactor.completeChallenge(token, { passkey: response })).toEqual(
      refusedFor('challenge-expired'),
    )
    expect((await world.twoFactor.status('ann')).authenticators).toEqual([])
    // Set up anew, it is another passkey of another enrollment.
    await addPasskey(world)
    expect(await world.twoFactor.completeChallenge(token, { passkey: response })).toEqual(
      refusedFor('challenge-expired'),
    )
  })

  it('keys rotate in three steps: passkeys work in each, and are sealed anew by use or by reseal', async () => {
    const world = passkeyWorld()
    const used = await addPasskey(world)
    const resealed = await addPasskey(world, 'ben')
    const next = generateKey()
    const servers = [`${world.keys},${next}`, `${next},${world.keys}`].map((keys) => world.another({ keys }))
    for (const server of servers) {
      const challenge = await server.challenge('ann')
      if (challenge.passed) throw new Error('No second step.')
      const passkey = await used.get(challenge.passkey)
      expect((await server.completeChallenge(challenge.token, { passkey })).ok).toBe(true)
    }
    const last = world.another({ keys: next })
    const challenge = await last.challenge('ann')
    if (challenge.passed) throw new Error('No second step.')
    expect((await last.completeChallenge(challenge.token, { passkey: await used.get(challenge.passkey) })).ok).toBe(
      true,
    )

    // Without his key ben's passkey is not offered, and he is still asked for a second step.
    expect(await last.challenge('ben')).toMatchObject({
      passed: false,
      action: 'verify',
      methods: ['recovery-code'],
      passkey: null,
    })
    expect(await servers[1]?.admin.reseal('ben')).toEqual({ ok: true, resealed: true })
    const bens = await last.challenge('ben')
    if (bens.passed) throw new Error('No second step.')
    expect((await last.completeChallenge(bens.token, { passkey: await resealed.get(bens.passkey) })).ok).toBe(true)
  })

  it('a challenge opens nothing: a sealed key that does not open is found when the passkey is used, and not before', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const record = await world.store.record('ann')
    const [stored] = passkeysIn(record)
    const sealed = `${stored?.sealed.slice(0, -4)}AAAA`
    await world.store.plant('ann', { ...record, authenticators: [{ ...stored, sealed }] })
    const challenge = await challenged(world)
    expect(challenge.passkey?.allowCredentials).toHaveLength(1)
    const stepUp = await steppingUp(world)
    expect(stepUp.passkey?.allowCredentials).toHaveLength(1)
    const response = await passkey.get(challenge.passkey)
    const fault = await faultOf(() => world.twoFactor.completeChallenge(challenge.token, { passkey: response }))
    expect(fault.code).toBe('record_invalid')
  })

  it('wrong codes beside passkeys close the pool for codes, never for passkeys', async () => {
    const world = passkeyWorld()
    const ann = await enrolled(world)
    const passkey = await addPasskey(world)
    for (let time = 0; time < 120; time += 1) {
      await world.twoFactor.verify('ann', { code: wrongCode(world, ann.phone) })
      world.clock.advance({ seconds: 900 })
    }
    const { token, passkey: asked, methods } = await challenged(world)
    expect(methods).toContain('passkey')
    expect((await world.twoFactor.completeChallenge(token, { passkey: await passkey.get(asked) })).ok).toBe(true)
  })
})

/** The same registration of a passkey of another kind. Nothing signs it: there is no attestation. */
function ofKind(created: RegistrationResponseJson, aaguid: string): RegistrationResponseJson {
  const object = Buffer.from(created.response.attestationObject, 'base64url')
  const kindAt = object.indexOf('authData') + 'authData'.length + 2 + 37
  object.write(aaguid, kindAt, 'hex')
  return { ...created, response: { ...created.response, attestationObject: object.toString('base64url') } }
}

/** A registration with a credential id of this size and the largest RSA key: made by hand, since nothing signs it. */
function hugeRegistration({ options }: PasskeyOffer, idBytes: number): RegistrationResponseJson {
  const modulus = crypto.getRandomValues(new Uint8Array(512))
  modulus[0] = 0xff
  const publicKey = map([
    [integer(1), integer(3)],
    [integer(3), integer(-257)],
    [integer(-1), bytes(modulus)],
    [integer(-2), bytes(Uint8Array.of(1, 0, 1))],
  ])
  const rawId = crypto.getRandomValues(new Uint8Array(idBytes))
  const id = Buffer.from(rawId).toString('base64url')
  const authData = Buffer.concat([
    createHash('sha256').update(options.rp.id).digest(),
    Uint8Array.of(0x45, 0, 0, 0, 0),
    new Uint8Array(16),
    Uint8Array.of(idBytes >> 8, idBytes & 255),
    rawId,
    publicKey,
  ])
  const attestationObject = map([
    [text('fmt'), text('none')],
    [text('attStmt'), map([])],
    [text('authData'), bytes(authData)],
  ])
  const clientData = { type: 'webauthn.create', challenge: options.challenge, origin: SITE.origin, crossOrigin: false }
  return {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: Buffer.from(JSON.stringify(clientData)).toString('base64url'),
      attestationObject: Buffer.from(attestationObject).toString('base64url'),
      transports: ['internal', 'hybrid', 'usb', 'nfc', 'ble', 'cable', 'smart-card'],
    },
  }
}
