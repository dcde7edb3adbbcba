import type { AuthenticationResponseJson } from 'countersign'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { addPhone, enrolled, type World } from '../world.ts'
import { type Kind, openPasskeyPage, type PasskeyPage, startSite } from './browser.ts'
import { isSigned, publicKeyOf } from './node-crypto.ts'
import { challenged, passkeyWorld, proof, steppingUp, verifier, wrongPasskey } from './world.ts'

const KINDS: Kind[] = ['internal, with user verification', 'USB, without']

describe.skipIf(noChromium)('what Chromium makes with the authenticators of its DevTools', { timeout: 60_000 }, () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof startSite>>
  let page: PasskeyPage
  let world: World
  beforeAll(async () => {
    browser = await launchChromium()
    site = await startSite()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await site?.end()
  })
  beforeEach(() => open())
  afterEach(() => page.close())

  async function open(kind: Kind = 'internal, with user verification'): Promise<void> {
    page = await openPasskeyPage(browser, site.port, kind)
    world = worldAt(page.origin)
  }
  function worldAt(origin: string, options: Parameters<typeof verifier>[0] = {}): World {
    return passkeyWorld({ passkeys: verifier({ rpId: 'localhost', origins: [origin], ...options }) })
  }
  async function begin(userId = 'ann', replaces?: string) {
    const begun = await world.twoFactor.beginSetup(userId, { type: 'passkey', accountName: userId, proof, replaces })
    if (!begun.ok) throw new Error(begun.reason)
    return begun
  }
  async function add(userId = 'ann', replaces?: string) {
    const begun = await begin(userId, replaces)
    const created = await page.create(begun.options)
    const confirmed = await world.twoFactor.confirmSetup(userId, { token: begun.token, passkey: created })
    if (!confirmed.ok) throw new Error(confirmed.reason)
    return { created, ...confirmed }
  }
  const cause = () => world.events.at(-1)?.cause
  async function refused(passkey: AuthenticationResponseJson, token: string): Promise<void> {
    const before = await world.store.load('ann')
    expect(await world.twoFactor.completeChallenge(token, { passkey })).toEqual(wrongPasskey)
    expect(await world.store.load('ann')).toEqual(before)
  }

  it.each(KINDS)('%s: registers, signs in, steps up and proves; node:crypto verifies the same', async (kind) => {
    await page.close()
    await open(kind)
    const { created } = await add()
    const key = publicKeyOf(created)

    const challenge = await challenged(world)
    const signingIn = await page.get(challenge.passkey)
    expect(isSigned(signingIn, key)).toBe(true)
    const signedIn = await world.twoFactor.completeChallenge(challenge.token, { passkey: signingIn })
    expect(signedIn).toMatchObject({ ok: true, method: 'passkey', assurance: { phishingResistant: true } })

    const stepUp = await steppingUp(world)
    const steppingIn = await page.get(stepUp.passkey)
    expect(isSigned(steppingIn, key)).toBe(true)
    expect(await world.twoFactor.verify('ann', { token: stepUp.token, passkey: steppingIn })).toMatchObject({
      ok: true,
    })

    const proving = await steppingUp(world)
    const given = { token: proving.token, passkey: await page.get(proving.passkey) }
    expect(await world.twoFactor.disable('ann', { proof: given })).toMatchObject({ ok: true })
  })

  it('a changed byte is found out here and by node:crypto', async () => {
    const { created } = await add()
    const { token, passkey } = await challenged(world)
    const used = await page.get(passkey)
    const signature = Buffer.from(used.response.signature, 'base64url')
    signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1)
    const changed = { ...used, response: { ...used.response, signature: signature.toString('base64url') } }
    await refused(changed, token)
    expect([cause(), isSigned(changed, publicKeyOf(created))]).toEqual(['signature', false])
    expect((await world.twoFactor.completeChallenge(token, { passkey: used })).ok).toBe(true)
  })

  it('of a page at another origin it is refused, though the passkey is the same [CS-PASSKEY-16]', async () => {
    const other = await startSite()
    await add()
    const { token, passkey } = await challenged(world)
    const elsewhere = await page.at(`localhost:${other.port}`)
    await refused(await elsewhere.get(passkey), token)
    expect(cause()).toBe('origin')
    await other.end()
  })

  it('of another rpId the browser makes none for this site, and what it makes there is refused here', async () => {
    await add()
    const { passkey } = await challenged(world)
    await expect(page.get({ ...(passkey as object), rpId: 'other.example' } as never)).rejects.toThrow(/SecurityError/)

    const elsewhere = await page.at(`shop.localhost:${site.port}`)
    world = worldAt(elsewhere.origin)
    const begun = await begin()
    const created = await elsewhere.create({ ...begun.options, rp: { id: 'shop.localhost', name: 'Shop' } })
    expect(await world.twoFactor.confirmSetup('ann', { token: begun.token, passkey: created })).toEqual(wrongPasskey)
    expect(cause()).toBe('rp-id')
  })

  it('without user verification it is refused where that is required, and the browser would not make it unasked', async () => {
    await page.close()
    await open('USB, without')
    world = worldAt(page.origin, { userVerification: 'required' })
    const begun = await begin()
    const { authenticatorSelection } = begun.options
    expect(authenticatorSelection).toMatchObject({ userVerification: 'required' })
    const lax = { ...authenticatorSelection, userVerification: 'discouraged' as const }
    const created = await page.create({ ...begun.options, authenticatorSelection: lax })
    expect(await world.twoFactor.confirmSetup('ann', { token: begun.token, passkey: created })).toEqual(wrongPasskey)
    expect(cause()).toBe('user-verification')
  })

  it('with a counter that goes back it is refused, and the owner is told', async () => {
    await page.close()
    await open('USB, without')
    await add()
    await page.setCounter(40)
    const first = await challenged(world)
    const used = await page.get(first.passkey)
    expect((await world.twoFactor.completeChallenge(first.token, { passkey: used })).ok).toBe(true)
    await page.setCounter(7)
    const second = await challenged(world)
    expect(await world.twoFactor.completeChallenge(second.token, { passkey: await page.get(second.passkey) })).toEqual(
      wrongPasskey,
    )
    expect(world.events.at(-1)).toMatchObject({ type: 'passkey.wrong', cause: 'counter', notify: true })
  })

  it('of another user it is refused', async () => {
    await add('ann')
    await add('eve')
    const { token, passkey } = await challenged(world)
    const evesOwn = (await challenged(world, 'eve')).passkey
    const used = await page.get({ ...(passkey as object), allowCredentials: evesOwn?.allowCredentials } as never)
    await refused(used, token)
    expect(cause()).toBe('unknown-credential')
  })

  it('for an earlier challenge it is refused, and a challenge that is too old is no more asked', async () => {
    await add()
    const earlier = await challenged(world)
    const used = await page.get(earlier.passkey)
    const { token } = await challenged(world)
    await refused(used, token)
    expect(cause()).toBe('challenge')
    world.clock.advance({ seconds: 301 })
    expect(await world.twoFactor.completeChallenge(earlier.token, { passkey: used })).toMatchObject({
      reason: 'challenge-expired',
    })
  })

  it('for a token that was used it is refused', async () => {
    await add()
    const { token, passkey } = await challenged(world)
    const used = await page.get(passkey)
    expect((await world.twoFactor.completeChallenge(token, { passkey: used })).ok).toBe(true)
    expect(await world.twoFactor.completeChallenge(token, { passkey: used })).toMatchObject({
      reason: 'challenge-used',
    })
    const stepUp = await steppingUp(world)
    const given = { token: stepUp.token, passkey: await page.get(stepUp.passkey) }
    expect((await world.twoFactor.verify('ann', given)).ok).toBe(true)
    expect(await world.twoFactor.verify('ann', given)).toEqual(wrongPasskey)
  })

  it('after its removal it is refused', async () => {
    await enrolled(world, 'ann')
    const { authenticatorId } = await add()
    const { token, passkey } = await challenged(world)
    const used = await page.get(passkey)
    const removed = await world.twoFactor.removeAuthenticator('ann', { id: authenticatorId, proof })
    expect(removed.ok).toBe(true)
    await refused(used, token)
    expect(cause()).toBe('unknown-credential')
    expect((await challenged(world)).passkey).toBeNull()
  })

  it('takes the place of an app in one step, and an app the place of it', async () => {
    const ann = await enrolled(world, 'ann')
    const [app] = (await world.twoFactor.status('ann')).authenticators
    const { authenticatorId } = await add('ann', app?.id)
    expect((await world.twoFactor.status('ann')).authenticators).toMatchObject([
      { type: 'passkey', id: authenticatorId },
    ])
    const challenge = await challenged(world)
    expect(await world.twoFactor.completeChallenge(challenge.token, { code: ann.phone.next() })).toMatchObject({
      ok: false,
    })
    const used = await page.get(challenge.passkey)
    expect((await world.twoFactor.completeChallenge(challenge.token, { passkey: used })).ok).toBe(true)

    const pending = await challenged(world)
    const late = await page.get(pending.passkey)
    await addPhone(world, 'ann', { replaces: authenticatorId })
    expect((await world.twoFactor.status('ann')).authenticators).toMatchObject([{ type: 'totp' }])
    await refused(late, pending.token)
  })
})
