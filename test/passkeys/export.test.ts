import { describe, expect, it } from 'vitest'
import { addPhone, appsIn, enrolled, faultOf, START, untyped } from '../world.ts'
import { addPasskey, challenged, passkeysIn, passkeyWorld } from './world.ts'

const staff = { by: 'sam', note: 'moves' }

describe('a passkey that is exported and imported elsewhere', () => {
  it('signs in there, with its counter, its name and its user handle', async () => {
    const here = passkeyWorld()
    await enrolled(here)
    const passkey = await addPasskey(here, 'ann', { name: 'Laptop', algorithm: -257 })
    const exported = await here.twoFactor.admin.exportUser('ann', staff)
    if (!exported.ok) throw new Error(exported.reason)
    expect(exported.passkeys).toEqual([
      {
        credentialId: passkey.id,
        publicKey: expect.stringMatching(/^[\w-]{300,500}$/),
        rpId: 'acme.example',
        userHandle: expect.stringMatching(/^[\w-]{43}$/),
        transports: ['internal'],
        counter: 1,
        backupEligible: false,
        backedUp: false,
        name: 'Laptop',
        createdAtMs: here.clock.now(),
      },
    ])
    const there = passkeyWorld()
    const { ok: _, ...user } = exported
    expect(await there.twoFactor.admin.importUser('ann', user)).toEqual({ ok: true, imported: true })
    const stale = await challenged(there)
    const old = await passkey.get(stale.passkey, { counter: 1 })
    expect(await there.twoFactor.completeChallenge(stale.token, { passkey: old })).toMatchObject({
      reason: 'wrong-passkey',
    })
    const response = await passkey.get(stale.passkey, { counter: 2 })
    expect(await there.twoFactor.completeChallenge(stale.token, { passkey: response })).toMatchObject({ ok: true })
    const again = await there.twoFactor.admin.exportUser('ann', staff)
    expect(again.ok && again.passkeys).toEqual([{ ...exported.passkeys[0], counter: 2 }])
  })

  it('may be the only authenticator of the import', async () => {
    const here = passkeyWorld()
    const passkey = await addPasskey(here)
    const exported = await here.twoFactor.admin.exportUser('ann', staff)
    if (!exported.ok) throw new Error(exported.reason)
    const there = passkeyWorld()
    await there.twoFactor.admin.importUser('ann', { authenticators: [], passkeys: exported.passkeys })
    const challenge = await challenged(there)
    const response = await passkey.get(challenge.passkey)
    expect(await there.twoFactor.completeChallenge(challenge.token, { passkey: response })).toMatchObject({ ok: true })
    expect(await there.twoFactor.admin.importUser('ann', { authenticators: [], passkeys: exported.passkeys })).toEqual({
      ok: true,
      imported: false,
    })
  })
})

it('a passkey whose key does not open is not exported: a fault names its place', async () => {
  const world = passkeyWorld()
  await enrolled(world)
  await addPasskey(world)
  const record = await world.store.record('ann')
  const [app] = appsIn(record)
  const [passkey] = passkeysIn(record)
  const sealed = passkey?.sealed.replace(/.(?=.{9}$)/, (one) => (one === 'A' ? 'B' : 'A'))
  await world.store.plant('ann', { ...record, authenticators: [app, { ...passkey, sealed }] })
  const { code, message } = await faultOf(() => world.twoFactor.admin.exportUser('ann', staff))
  expect([code, message]).toEqual(['record_invalid', expect.stringContaining('authenticators[1].sealed')])
})

describe('an import of passkeys', () => {
  const right = { credentialId: 'AAAA', publicKey: 'AAAA', rpId: 'acme.example', userHandle: 'AAAA' }

  it.each([
    ['credentialId', { ...right, credentialId: '' }],
    ['credentialId', { ...right, credentialId: 'A+A=' }],
    ['publicKey', { ...right, publicKey: 'A'.repeat(2000) }],
    ['publicKey', { ...right, publicKey: 7 }],
    ['rpId', { ...right, rpId: '' }],
    ['userHandle', { ...right, userHandle: 'A'.repeat(120) }],
    ['counter', { ...right, counter: -1 }],
    ['backedUp', { ...right, backedUp: 'yes' }],
    ['name', { ...right, name: 'x'.repeat(70) }],
    ['createdAtMs', { ...right, createdAtMs: -5 }],
  ])('names the field that is wrong: %s', async (field, passkey) => {
    const world = passkeyWorld()
    const passkeys = untyped<[]>([right && { ...right, credentialId: 'BBBB' }, passkey])
    const fault = await faultOf(() => world.twoFactor.admin.importUser('ann', { authenticators: [], passkeys }))
    expect([fault.code, fault.message]).toEqual(['invalid_option', expect.stringContaining(`passkeys[1].${field}`)])
    expect(world.store.saves).toBe(0)
  })

  const imported = async (...passkeys: object[]) => {
    const world = passkeyWorld()
    await world.twoFactor.admin.importUser('ann', untyped({ authenticators: [], passkeys }))
    const exported = await world.twoFactor.admin.exportUser('ann', staff)
    if (!exported.ok) throw new Error(exported.reason)
    return exported.passkeys
  }
  const faultWith = (more: object) => faultOf(() => imported({ ...right, ...more }))

  it('fills in what is left out: no transports, a counter of 0, not backed up, no name, made now', async () => {
    const defaults = {
      transports: [],
      counter: 0,
      backupEligible: false,
      backedUp: false,
      name: '',
      createdAtMs: START,
    }
    expect(await imported(right)).toEqual([{ ...right, ...defaults }])
  })

  it('keeps each passkey as it was given, under an id of its own', async () => {
    const full = {
      ...right,
      transports: ['hybrid', 'usb'],
      counter: 0xffff_ffff,
      backupEligible: true,
      backedUp: true,
      name: 'Key',
      createdAtMs: 1_600_000_000_000,
    }
    expect(await imported(full, { ...full, credentialId: 'BBBB' })).toEqual([full, { ...full, credentialId: 'BBBB' }])
    const world = passkeyWorld()
    const passkeys = untyped<[]>([full, { ...full, credentialId: 'BBBB' }])
    await world.twoFactor.admin.importUser('ann', { authenticators: [], passkeys })
    const { authenticators } = await world.twoFactor.status('ann')
    expect(new Set(authenticators.map(({ id }) => id)).size).toBe(2)
    expect(authenticators.map(({ lastUsedAtMs }) => lastUsedAtMs)).toEqual([null, null])
  })

  it('takes the key as bytes too, and keeps no reference to them', async () => {
    const world = passkeyWorld()
    const publicKey = new Uint8Array(600).fill(7)
    const passkeys = [{ ...right, publicKey }]
    const importing = world.twoFactor.admin.importUser('ann', { authenticators: [], passkeys })
    publicKey.fill(0)
    await importing
    const exported = await world.twoFactor.admin.exportUser('ann', staff)
    const kept = exported.ok ? exported.passkeys[0]?.publicKey : ''
    expect(kept).toBe(Buffer.alloc(600, 7).toString('base64url'))
  })

  it('takes the longest of each field, and nothing longer', async () => {
    const longest = {
      credentialId: 'A'.repeat(1364),
      publicKey: 'A'.repeat(800),
      rpId: 'x'.repeat(253),
      userHandle: 'A'.repeat(86),
    }
    expect(await imported(longest)).toMatchObject([longest])
    for (const field of ['credentialId', 'publicKey', 'rpId', 'userHandle'] as const) {
      const { code, message } = await faultWith({ [field]: `${longest[field]}AA` })
      expect([code, message]).toEqual(['invalid_option', expect.stringContaining(`passkeys[0].${field} must be`)])
    }
    expect((await faultWith({ publicKey: new Uint8Array(601) })).message).toContain('passkeys[0].publicKey must be')
    expect((await faultWith({ publicKey: new Uint8Array() })).message).toContain('passkeys[0].publicKey must be')
    expect((await faultWith({ rpId: ['acme.example'] })).message).toContain('passkeys[0].rpId must be')
    expect((await faultWith({ credentialId: ['AAAA'] })).message).toContain('passkeys[0].credentialId must be')
  })

  it('refuses the same passkey twice, two user handles, and more than a user can have', async () => {
    const world = passkeyWorld()
    const importing = (passkeys: object[], authenticators: object[] = []) =>
      faultOf(() => world.twoFactor.admin.importUser('ann', untyped({ authenticators, passkeys })))
    expect((await importing([right, right])).message).toContain('passkeys[1].credentialId')
    expect((await importing([right, { ...right, credentialId: 'BBBB', userHandle: 'BBBB' }])).message).toContain(
      'userHandle',
    )
    const many = ['AAAA', 'AAAB', 'AAAC', 'AAAD', 'AAAE', 'AAAF', 'AAAG', 'AAAH'].map((credentialId) => ({
      ...right,
      credentialId,
    }))
    const phone = await addPhone(passkeyWorld(), 'ben')
    expect((await importing(many, [{ secret: phone.secret }])).message).toContain('at most 8')
  })
})
