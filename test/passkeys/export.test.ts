import { describe, expect, it } from 'vitest'
import { addPhone, enrolled, faultOf, untyped } from '../world.ts'
import { addPasskey, challenged, passkeyWorld } from './world.ts'

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
