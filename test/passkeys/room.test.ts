import { generateKey } from 'countersign'
import { generateTotp } from 'countersign/otp'
import { type VirtualPasskey, virtualPasskey } from 'countersign/testing'
import { expect, test } from 'vitest'
import { DAY, SECOND } from '../world.ts'
import { challenged, passkeyWorld, proof, SITE } from './world.ts'

const staff = { by: 'sam', note: 'x' }
/** 64 bytes, of which JSON makes 128. */
const name = '"\\'.repeat(32)
const device = { trustDevice: true, deviceName: name }

test.each([
  [5, 60],
  [5, 97],
  [3, 180],
  [2, 97],
  [1, 256],
])(
  'with apps (%i), 20 hashed codes (of %i bytes) and as many passkeys as fit, no operation fails for size',
  async (apps, hashBytes) => {
    const world = passkeyWorld({
      keys: generateKey('k'.repeat(32)),
      recoveryCodes: { keep: 'hashed', count: 20 },
      verifyImportedCode: (typed, hash) => hash.startsWith(typed),
    })
    const { twoFactor, clock } = world
    const secrets = Array.from({ length: apps }, (_, index) => new Uint8Array(128).fill(index + 1))
    const codes = Array.from({ length: 20 }, (_, index) => String.fromCharCode(97 + index).repeat(8))
    await twoFactor.admin.importUser('ann', {
      authenticators: secrets.map((secret) => ({ secret, name })),
      recoveryCodes: codes.map((code) => ({ hash: code.padEnd(hashBytes, '"'), length: 8 })),
    })
    const passkeys: VirtualPasskey[] = []
    for (let isFull = false; !isFull; ) {
      const offer = await twoFactor.beginSetup('ann', { type: 'passkey', proof, name })
      const passkey = virtualPasskey(SITE)
      const confirmed = offer.ok
        ? await twoFactor.confirmSetup('ann', { token: offer.token, passkey: await passkey.create(offer.options) })
        : offer
      if (confirmed.ok) passkeys.push(passkey)
      else expect(confirmed.reason).toBe('limit-reached')
      isFull = !confirmed.ok
    }

    const results: { ok: boolean }[] = []
    const signIn = async (code: string) => {
      results.push(await twoFactor.completeChallenge((await challenged(world)).token, { code, ...device }))
    }
    const known = await twoFactor.verify('ann', { code: codes[0] ?? '' })
    for (let time = 0; time < 60; time += 1) {
      await twoFactor.verify('ann', { code: '000000', device: known.ok ? known.device.token : '' })
      await twoFactor.verify('ann', { code: '000000' })
      await twoFactor.viewRecoveryCodes('ann', { proof: { password: 'wrong' } })
      clock.advance({ seconds: 900 })
    }
    clock.advance({ seconds: (31 * DAY) / SECOND })
    for (let count = 0; count < 2; count += 1) results.push(await twoFactor.admin.issueRecoveryCode('ann', staff))
    results.push(await twoFactor.beginSetup('ann', { proof, name, replaces: 'all' }))
    for (let round = 0; round < 70 / apps; round += 1) {
      for (const secret of secrets) await signIn(generateTotp({ secret, timeMs: clock.now() }))
      clock.advance({ seconds: 30 })
    }
    for (const passkey of passkeys) {
      const { token, passkey: asked } = await challenged(world)
      results.push(await twoFactor.completeChallenge(token, { passkey: await passkey.get(asked), ...device }))
    }
    await signIn(codes[1] ?? '')
    const { authenticators, recoveryCodes, trustedDevices, changes } = await twoFactor.status('ann')
    expect([recoveryCodes.issued.length, trustedDevices.length, changes.length]).toEqual([2, 20, 10])
    for (const { id } of authenticators) {
      results.push(
        await twoFactor.renameAuthenticator('ann', { id, name: [...name].reverse().join(''), deviceName: name }),
      )
    }
    results.push(await twoFactor.admin.exportUser('ann', staff))
    results.push(await twoFactor.regenerateRecoveryCodes('ann', { proof, deviceName: name }))
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    const sizes = world.store.changes.map(({ record }) => Buffer.byteLength(JSON.stringify(record)))
    expect(Math.max(...sizes)).toBeGreaterThan(14_000)
    expect(Math.max(...sizes)).toBeLessThan(16_384)
  },
)
