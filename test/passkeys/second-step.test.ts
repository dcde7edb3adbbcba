import type { PasskeyRequestOptions, TwoFactorMethod } from 'countersign'
import { type PasskeyBehavior, virtualPasskey } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { addPhone, enrolled, faultOf, knownDevice, untyped } from '../world.ts'
import {
  addPasskey,
  challenged,
  passkeysIn,
  passkeyWorld,
  proof,
  SITE,
  steppingUp,
  verifier,
  wrongPasskey,
} from './world.ts'

describe('a sign-in with a passkey', () => {
  it.each([-7, -8, -257] as const)('works with a key of COSE algorithm %i [CS-PASSKEY-01]', async (algorithm) => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world, 'ann', { algorithm })
    const challenge = await challenged(world)
    const result = await world.twoFactor.completeChallenge(challenge.token, {
      passkey: await passkey.get(challenge.passkey),
    })
    expect(result).toMatchObject({
      ok: true,
      userId: 'ann',
      method: 'passkey',
      recoveryCodesLeft: 10,
      assurance: { amr: ['pwd', 'pop', 'user', 'mfa'], phishingResistant: true, atMs: world.clock.now() },
    })
    expect(world.heard()).toEqual(['sign-in.completed'])
  })

  it('takes two loads and one save, and says when the passkey was used', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    const response = await passkey.get(challenge.passkey)
    world.clock.advance({ seconds: 20 })
    world.store.forget()
    await world.twoFactor.completeChallenge(challenge.token, { passkey: response })
    expect([world.store.loads, world.store.saves]).toEqual([2, 1])
    const { authenticators } = await world.twoFactor.status('ann')
    expect(authenticators).toEqual([
      {
        id: passkey.authenticatorId,
        name: '',
        type: 'passkey',
        createdAtMs: world.clock.now() - 20_000,
        lastUsedAtMs: world.clock.now(),
        weak: false,
        credentialId: passkey.id,
        rpId: 'acme.example',
        backedUp: false,
        usable: true,
      },
    ])
  })

  it('is offered with the passkeys of this user, and asks the library for nothing [CS-PASSKEY-02]', async () => {
    const world = passkeyWorld()
    await addPasskey(world, 'ben')
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    expect(challenge).toMatchObject({ action: 'verify', methods: ['passkey', 'recovery-code'], totpDigits: [] })
    expect(challenge.passkey).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rpId: 'acme.example',
      timeout: 300_000,
      userVerification: 'preferred',
      allowCredentials: [{ id: passkey.id, type: 'public-key', transports: ['internal'] }],
    })
    const again = await challenged(world)
    expect(again.passkey?.challenge).not.toBe(challenge.passkey?.challenge)
    expect([world.store.loads, world.store.saves]).toEqual([2, 0])
  })

  it('succeeds once of fifty at a time with one response', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    const response = await passkey.get(challenge.passkey)
    const results = await Promise.all(
      Array.from({ length: 50 }, () => world.twoFactor.completeChallenge(challenge.token, { passkey: response })),
    )
    const reasons = results.map((result) => (result.ok ? 'ok' : result.reason)).sort()
    expect(reasons).toEqual([...Array.from({ length: 49 }, () => 'challenge-used'), 'ok'])
  })

  it('lets a device be trusted, and remembers there that a passkey was used last', async () => {
    const world = passkeyWorld()
    await enrolled(world)
    const passkey = await addPasskey(world)
    const first = await challenged(world)
    expect(first.methods).toEqual<TwoFactorMethod[]>(['passkey', 'totp', 'recovery-code'])
    const signedIn = await world.twoFactor.completeChallenge(first.token, {
      passkey: await passkey.get(first.passkey),
      trustDevice: true,
    })
    const device = signedIn.ok ? signedIn.device.token : ''
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({
      passed: true,
      because: 'trusted-device',
    })
  })

  it('shows the method first that was last used on the device', async () => {
    const world = passkeyWorld()
    const ann = await enrolled(world)
    const passkey = await addPasskey(world)
    const byApp = await knownDevice(world, ann)
    expect(await world.twoFactor.challenge('ann', { device: byApp })).toMatchObject({
      methods: ['totp', 'passkey', 'recovery-code'],
    })
    const stepUp = await steppingUp(world)
    const { token } = stepUp
    const stepped = await world.twoFactor.verify('ann', {
      passkey: await passkey.get(stepUp.passkey),
      token,
      device: byApp,
    })
    const byPasskey = stepped.ok ? stepped.device.token : ''
    expect(await world.twoFactor.challenge('ann', { device: byPasskey })).toMatchObject({
      methods: ['passkey', 'totp', 'recovery-code'],
    })
  })

  it('opens both pools of the throttle: a passed step of any kind ends what counts in a row', async () => {
    const world = passkeyWorld()
    await enrolled(world)
    const passkey = await addPasskey(world)
    for (let tries = 0; tries < 8; tries += 1) await world.twoFactor.verify('ann', { code: '000000' })
    expect((await world.twoFactor.status('ann')).throttle.strangers.state).toBe('throttled')
    const challenge = await challenged(world)
    const result = await world.twoFactor.completeChallenge(challenge.token, {
      passkey: await passkey.get(challenge.passkey),
    })
    expect(result.ok).toBe(true)
    expect((await world.twoFactor.status('ann')).throttle.strangers.state).toBe('open')
  })

  it('says swk for a passkey that is synchronized now [CS-AMR-03]', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world, 'ann', { backupEligible: true })
    for (const [backedUp, value] of [
      [true, 'swk'],
      [false, 'pop'],
    ] as const) {
      const challenge = await challenged(world)
      const response = await passkey.get(challenge.passkey, { backedUp })
      const result = await world.twoFactor.completeChallenge(challenge.token, { passkey: response })
      expect(result).toMatchObject({ assurance: { amr: ['pwd', value, 'user', 'mfa'], phishingResistant: true } })
      expect((await world.twoFactor.status('ann')).authenticators).toMatchObject([{ backedUp }])
    }
  })
})

/** The options of a challenge, as if it were for this passkey. */
function offeredTo(
  { id }: { id: string },
  { passkey }: { passkey: PasskeyRequestOptions | null },
): PasskeyRequestOptions {
  if (passkey === null) throw new Error('There is no passkey to ask for.')
  return { ...passkey, allowCredentials: [{ id, type: 'public-key', transports: [] }] }
}

describe('a passkey’s response is refused, without a write and without a failure,', () => {
  const lies: [string, PasskeyBehavior, string, boolean?][] = [
    ['made on a page of another origin', { origin: 'https://acme.example.evil.example' }, 'origin'],
    ['made on a subdomain that is not listed', { origin: 'https://shop.acme.example' }, 'origin'],
    ['made for another rpId', { rpId: 'evil.example' }, 'rp-id'],
    ['made in a frame of another site', { crossOrigin: true }, 'cross-origin'],
    ['that names the page around it', { topOrigin: 'https://evil.example' }, 'cross-origin'],
    ['without anybody present', { userPresent: false }, 'user-verification'],
    ['backed up though that cannot be', { backedUp: true }, 'malformed'],
    ['of a passkey that can suddenly be backed up', { backupEligible: true }, 'malformed'],
    ['of a passkey that suddenly cannot be backed up', { backupEligible: false }, 'malformed', true],
  ]

  it.each(lies)('if it was %s [CS-PASSKEY-10]', async (_how, behavior, cause, backupEligible = false) => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world, 'ann', { backupEligible })
    const challenge = await challenged(world)
    const before = await world.store.record('ann')
    const response = await passkey.get(challenge.passkey, behavior)
    expect(await world.twoFactor.completeChallenge(challenge.token, { passkey: response })).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({ type: 'passkey.wrong', method: 'passkey', cause, notify: false })
    expect(await world.store.record('ann')).toEqual(before)
    const right = await passkey.get(challenge.passkey)
    expect((await world.twoFactor.completeChallenge(challenge.token, { passkey: right })).ok).toBe(true)
  })

  it('if nobody was verified where that is required [CS-PASSKEY-17]', async () => {
    const world = passkeyWorld({ passkeys: verifier({ userVerification: 'required' }) })
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    expect(challenge.passkey?.userVerification).toBe('required')
    const response = await passkey.get(challenge.passkey, { userVerified: false })
    expect(await world.twoFactor.completeChallenge(challenge.token, { passkey: response })).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({ cause: 'user-verification' })
  })

  it('if it answers another challenge: of an earlier sign-in, of a step-up, of another user [CS-PASSKEY-11]', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const bens = await addPasskey(world, 'ben')
    const [earlier, challenge, stepUp] = [await challenged(world), await challenged(world), await steppingUp(world)]
    const ofBen = await challenged(world, 'ben')
    const { token } = challenge
    for (const other of [earlier.passkey, stepUp.passkey, offeredTo(passkey, ofBen)]) {
      expect(await world.twoFactor.completeChallenge(token, { passkey: await passkey.get(other) })).toEqual(
        wrongPasskey,
      )
      expect(world.events.at(-1)).toMatchObject({ cause: 'challenge' })
    }
    expect(await world.twoFactor.completeChallenge(token, { passkey: await bens.get(ofBen.passkey) })).toEqual(
      wrongPasskey,
    )
    expect(world.events.at(-1)).toMatchObject({ cause: 'unknown-credential' })
    const ofSignIn = await passkey.get(challenge.passkey)
    expect(await world.twoFactor.verify('ann', { passkey: ofSignIn, token: stepUp.token })).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({ cause: 'challenge' })
    expect((await world.twoFactor.completeChallenge(token, { passkey: ofSignIn })).ok).toBe(true)
  })

  it('if the signature is of another key, or a byte of what is signed is changed [CS-PASSKEY-12]', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    const right = await passkey.get(challenge.passkey)
    const expectRefused = async (change: Partial<typeof right.response>) => {
      const response = { ...right, response: { ...right.response, ...change } }
      expect(await world.twoFactor.completeChallenge(challenge.token, { passkey: response })).toEqual(wrongPasskey)
      expect(world.events.at(-1)).toMatchObject({ cause: 'signature' })
    }
    for (const field of ['signature', 'authenticatorData'] as const) {
      const text = right.response[field]
      const at = field === 'signature' ? text.length - 8 : text.length - 3
      await expectRefused({ [field]: `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}` })
    }
    const clientData = Buffer.from(right.response.clientDataJSON, 'base64url')
    await expectRefused({ clientDataJSON: Buffer.from(`${clientData} `).toString('base64url') })

    const other = await addPasskey(world, 'ben')
    const { userHandle: _, ...signed } = (await other.get(offeredTo(other, challenge))).response
    await expectRefused(signed)
    expect((await world.twoFactor.completeChallenge(challenge.token, { passkey: right })).ok).toBe(true)
  })

  it('if the handle in it is another user’s [CS-PASSKEY-13]', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    const right = await passkey.get(challenge.passkey)
    const response = { ...right, response: { ...right.response, userHandle: 'AAAA' } }
    expect(await world.twoFactor.completeChallenge(challenge.token, { passkey: response })).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({ cause: 'unknown-credential' })
    const { userHandle: _, ...without } = right.response
    const result = await world.twoFactor.completeChallenge(challenge.token, {
      passkey: { ...right, response: without },
    })
    expect(result.ok).toBe(true)
  })

  it.each([
    ['a text', 'x'],
    ['a number', 7],
    ['a list', []],
    ['empty', {}],
    ['without its response', { id: 'AAAA', rawId: 'AAAA', type: 'public-key' }],
    ['of another type', { id: 'AAAA', rawId: 'AAAA', type: 'password', response: {} }],
    [
      'too long',
      {
        id: 'AAAA',
        rawId: 'AAAA',
        type: 'public-key',
        response: { clientDataJSON: 'A'.repeat(5000), authenticatorData: 'AAAA', signature: 'AAAA' },
      },
    ],
  ])('if it is %s: nothing is verified', async (_what, response) => {
    let asked = 0
    const passkeys = verifier()
    const counting = {
      ...passkeys,
      verifyAssertion: (given: Parameters<typeof passkeys.verifyAssertion>[0]) => {
        asked += 1
        return passkeys.verifyAssertion(given)
      },
    }
    const world = passkeyWorld({ passkeys: counting })
    await addPasskey(world)
    const challenge = await challenged(world)
    expect(await world.twoFactor.completeChallenge(challenge.token, { passkey: untyped(response) })).toEqual(
      wrongPasskey,
    )
    expect([asked, world.events.at(-1)?.cause]).toEqual([0, 'malformed'])
  })

  it('if the passkey was removed meanwhile [CS-REVOKE-02]', async () => {
    const world = passkeyWorld()
    await enrolled(world)
    const passkey = await addPasskey(world)
    const challenge = await challenged(world)
    const response = await passkey.get(challenge.passkey)
    const removed = await world.twoFactor.removeAuthenticator('ann', {
      id: passkey.authenticatorId,
      proof: { password: 'correct horse battery staple' },
    })
    expect(removed).toEqual({ ok: true })
    expect(await world.twoFactor.completeChallenge(challenge.token, { passkey: response })).toEqual(wrongPasskey)
  })
})

describe('the signature counter', () => {
  it('that goes back or stays is refused after the signature held, and told once per hour [CS-PASSKEY-14]', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const signIn = async (counter: number) => {
      const challenge = await challenged(world)
      const response = await passkey.get(challenge.passkey, { counter })
      return world.twoFactor.completeChallenge(challenge.token, { passkey: response })
    }
    expect((await signIn(10)).ok).toBe(true)
    world.heard()
    expect(await signIn(9)).toEqual(wrongPasskey)
    expect(world.events.at(-1)).toMatchObject({ type: 'passkey.wrong', cause: 'counter', notify: true })
    expect(world.heard()).toEqual(['passkey.wrong'])
    expect(await signIn(10)).toEqual(wrongPasskey)
    expect(world.heard()).toEqual([])
    world.clock.advance({ seconds: 3660 })
    expect(await signIn(3)).toEqual(wrongPasskey)
    expect(world.heard()).toEqual(['passkey.wrong'])
    expect((await signIn(11)).ok).toBe(true)
    expect(passkeysIn(await world.store.record('ann'))[0]?.counter).toBe(11)
  })

  it('of a passkey that does not count stays 0 and is taken', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world, 'ann', { counter: 0 })
    for (let time = 0; time < 3; time += 1) {
      const challenge = await challenged(world)
      expect(
        (await world.twoFactor.completeChallenge(challenge.token, { passkey: await passkey.get(challenge.passkey) }))
          .ok,
      ).toBe(true)
    }
  })

  it('of a passkey that can be synchronized may go back: its devices share none [CS-PASSKEY-26]', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world, 'ann', { backupEligible: true })
    for (const counter of [7, 3, 3]) {
      const challenge = await challenged(world)
      const response = await passkey.get(challenge.passkey, { counter })
      expect((await world.twoFactor.completeChallenge(challenge.token, { passkey: response })).ok).toBe(true)
    }
  })
})

describe('a step-up with a passkey', () => {
  it('needs the token that it was begun with, once', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const { token, passkey: options, methods } = await steppingUp(world)
    expect(methods).toEqual(['passkey', 'recovery-code'])
    const response = await passkey.get(options)
    const first = await world.twoFactor.verify('ann', { passkey: response, token })
    expect(first).toMatchObject({
      ok: true,
      method: 'passkey',
      assurance: { amr: ['pop', 'user'], phishingResistant: true },
    })
    expect(await world.twoFactor.verify('ann', { passkey: response, token })).toEqual(wrongPasskey)
    for (const other of ['', 'x', untyped<string>(undefined), (await challenged(world)).token]) {
      expect(await world.twoFactor.verify('ann', { passkey: response, token: other })).toEqual(wrongPasskey)
    }
  })

  it('expires after five minutes, and never signs anybody in', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const { token, passkey: options } = await steppingUp(world)
    const response = await passkey.get(options)
    expect(await world.twoFactor.completeChallenge(token, { passkey: response })).toMatchObject({
      reason: 'challenge-expired',
    })
    world.clock.advance({ seconds: 300 })
    expect(await world.twoFactor.verify('ann', { passkey: response, token })).toEqual(wrongPasskey)
  })

  it('ends with a changed password, and is another user’s for nobody else', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    await addPasskey(world, 'ben')
    const { token, passkey: options } = await steppingUp(world)
    const response = await passkey.get(options)
    expect(await world.twoFactor.verify('ben', { passkey: response, token })).toEqual(wrongPasskey)
    await world.twoFactor.passwordChanged('ann')
    expect(await world.twoFactor.verify('ann', { passkey: response, token })).toEqual(wrongPasskey)
  })

  it('answers only to what it was bound to', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const begun = await world.twoFactor.beginStepUp('ann', { binding: 'session-1' })
    if (!begun.ok) throw new Error(begun.reason)
    const { token } = begun
    const response = await passkey.get(begun.passkey)
    for (const binding of [undefined, 'session-2']) {
      expect(await world.twoFactor.verify('ann', { passkey: response, token, binding })).toEqual(wrongPasskey)
    }
    expect((await world.twoFactor.verify('ann', { passkey: response, token, binding: 'session-1' })).ok).toBe(true)
  })
})

describe('a passkey as proof', () => {
  it('opens every sensitive operation, once for each token', async () => {
    const world = passkeyWorld()
    const ann = await enrolled(world)
    const passkey = await addPasskey(world)
    const proven = async () => {
      const { token, passkey: options } = await steppingUp(world)
      return { passkey: await passkey.get(options), token }
    }
    const used = await proven()
    expect(await world.twoFactor.verifyProof('ann', { proof: used })).toEqual({ ok: true })
    expect(await world.twoFactor.verifyProof('ann', { proof: used })).toEqual(wrongPasskey)
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof: await proven() })).toMatchObject({ ok: true })
    expect(await world.twoFactor.regenerateRecoveryCodes('ann', { proof: await proven() })).toMatchObject({ ok: true })
    expect(await world.twoFactor.beginSetup('ann', { accountName: 'ann', proof: await proven() })).toMatchObject({
      ok: true,
      type: 'totp',
    })
    expect(ann.userId).toBe('ann')
    expect(await world.twoFactor.disable('ann', { proof: await proven() })).toEqual({ ok: true })
  })

  it('is refused where the backend accepts no second factor as proof, before anything is verified', async () => {
    const world = passkeyWorld({ acceptedProofs: ['password'] })
    const passkey = await addPasskey(world)
    const { token, passkey: options } = await steppingUp(world)
    const response = await passkey.get(options)
    expect(await world.twoFactor.disable('ann', { proof: { passkey: response, token } })).toMatchObject({
      reason: 'proof-required',
    })
  })

  it('spends nothing where something else stands in the way', async () => {
    const world = passkeyWorld({ isRequired: () => true })
    const passkey = await addPasskey(world)
    const { token, passkey: options } = await steppingUp(world)
    const proof = { passkey: await passkey.get(options), token }
    expect(await world.twoFactor.disable('ann', { proof })).toMatchObject({ reason: 'two-factor-required' })
    expect(await world.twoFactor.verifyProof('ann', { proof })).toEqual({ ok: true })
  })
})

describe('without a verifier', () => {
  it('people who have only passkeys are still asked for a recovery code', async () => {
    const world = passkeyWorld()
    const { recoveryCodes } = await addPasskey(world)
    const without = world.another({ passkeys: undefined })
    const challenge = await without.challenge('ann')
    expect(challenge).toMatchObject({ passed: false, action: 'verify', methods: ['recovery-code'], passkey: null })
    expect((await without.status('ann')).authenticators).toMatchObject([{ type: 'passkey', usable: false }])
    const token = challenge.passed ? '' : challenge.token
    expect(await without.completeChallenge(token, { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  })

  it('a setup of a passkey is a fault that says what to pass', async () => {
    const world = passkeyWorld({ passkeys: undefined })
    expect(world.twoFactor.authenticatorTypes).toEqual(['totp'])
    const fault = await faultOf(() => world.twoFactor.beginSetup('ann', { type: 'passkey', proof: { password: 'x' } }))
    expect([fault.code, fault.message]).toEqual([
      'invalid_option',
      expect.stringContaining('passkeys: passkeyVerifier'),
    ])
  })

  it('a passkey of another rpId is not offered', async () => {
    const world = passkeyWorld()
    const passkey = await addPasskey(world)
    const moved = world.another({ passkeys: verifier({ rpId: 'other.example', origins: ['https://other.example'] }) })
    expect(await moved.challenge('ann')).toMatchObject({ passed: false, methods: ['recovery-code'], passkey: null })
    const challenge = await challenged(world)
    const response = await passkey.get(challenge.passkey)
    expect(await moved.completeChallenge(challenge.token, { passkey: response })).toEqual(wrongPasskey)
  })
})

it('a passkey that somebody with the database swapped in for another credential is damage, not a sign-in', async () => {
  const world = passkeyWorld()
  await addPasskey(world)
  const bens = await addPasskey(world, 'ben')
  const [anns, ben] = [await world.store.record('ann'), await world.store.record('ben')]
  const [own] = passkeysIn(anns)
  const [planted] = passkeysIn(ben)
  for (const forged of [
    { ...planted, id: own?.id },
    { ...own, credentialId: planted?.credentialId },
  ]) {
    await world.store.plant('ann', { ...anns, userHandle: ben?.userHandle, authenticators: [forged] })
    const challenge = await challenged(world)
    const response = await bens.get(challenge.passkey)
    const fault = await faultOf(() => world.twoFactor.completeChallenge(challenge.token, { passkey: response }))
    expect(fault.code).toBe('record_invalid')
  }
})

it('a user handle is made once for a record, of 32 random bytes, and is the same for all of a user’s passkeys', async () => {
  const world = passkeyWorld()
  await addPhone(world, 'ann')
  expect((await world.store.record('ann'))?.userHandle).toBe(null)
  await addPasskey(world)
  const handle = (await world.store.record('ann'))?.userHandle
  expect(handle).toMatch(/^[\w-]{43}$/)
  await addPasskey(world)
  expect((await world.store.record('ann'))?.userHandle).toBe(handle)
  await addPasskey(world, 'ben')
  expect((await world.store.record('ben'))?.userHandle).not.toBe(handle)
})

it('of several passkeys, each signs in, and is asked with its own key [CS-PASSKEY-25]', async () => {
  const world = passkeyWorld()
  const passkeys = [await addPasskey(world), await addPasskey(world), await addPasskey(world)]
  for (const passkey of [...passkeys, ...passkeys.toReversed()]) {
    world.clock.advance({ seconds: 1 })
    const { token, passkey: asked } = await challenged(world)
    const result = await world.twoFactor.completeChallenge(token, { passkey: await passkey.get(asked) })
    expect(result).toMatchObject({ ok: true, method: 'passkey' })
    const { authenticators } = await world.twoFactor.status('ann')
    const lastUsed = authenticators.filter(({ lastUsedAtMs }) => lastUsedAtMs === world.clock.now())
    expect(lastUsed.map(({ id }) => id)).toEqual([passkey.authenticatorId])
  }
})

it('a passkey whose sealed value is damaged is a fault that names the field', async () => {
  const world = passkeyWorld()
  const passkey = await addPasskey(world)
  const record = await world.store.record('ann')
  const [stored] = passkeysIn(record)
  const sealed = `${stored?.sealed.split('.')[0]}.${'A'.repeat(80)}`
  const authenticators = [{ ...stored, sealed }]
  await world.store.plant('ann', { ...record, authenticators })
  const { token, passkey: asked } = await challenged(world)
  const response = await passkey.get(asked)
  const fault = await faultOf(() => world.twoFactor.completeChallenge(token, { passkey: response }))
  expect([fault.code, fault.message]).toEqual(['record_invalid', expect.stringContaining('passkey.sealed')])
})

it('a passkey’s setup that is confirmed where there is no verifier is wrong, and says why in the event', async () => {
  const world = passkeyWorld()
  const offer = await world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
  if (!offer.ok) throw new Error(offer.reason)
  const passkey = await virtualPasskey(SITE).create(offer.options)
  world.heard()
  const without = world.another({ passkeys: undefined })
  expect(await without.confirmSetup('ann', { token: offer.token, passkey })).toEqual(wrongPasskey)
  expect(world.events.at(-1)).toMatchObject({ type: 'passkey.wrong', cause: 'unknown-credential' })
})
