import { virtualAuthenticator } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { MINUTE, PASSWORD, wrongCode } from '../world.ts'
import { expectProblem, textOf } from './browser.ts'
import { createSite, detailsOf } from './site.ts'

const proof = { password: PASSWORD }
const tenCodes = Array.from({ length: 10 }, () => expect.any(String))

describe('signing in over HTTP', () => {
  it('asks nothing of somebody who has no two-factor authentication', async () => {
    const site = createSite()
    const browser = site.browser()
    const answer = await browser.signIn(detailsOf('ann', { to: '/inbox' }))
    expect(answer.body).toEqual({ signedIn: true })
    expect(site.opened).toMatchObject([{ userId: 'ann', method: 'not-enabled', state: { to: '/inbox' } }])
    expect((await browser.get('status')).status).toBe(200)
  })

  it('accepts a code, returns the state, and remembers the browser [CS-GATE-01]', async () => {
    const site = createSite()
    const { phone } = await site.member()
    const browser = site.browser()
    const asked = await browser.signIn(detailsOf('ann', { to: '/inbox' }))
    expect(asked.body).toEqual({
      signedIn: false,
      action: 'verify',
      challengeToken: expect.any(String),
      expiresAtMs: site.world.clock.now() + 5 * MINUTE,
      methods: ['totp', 'recovery-code'],
      totpDigits: [6],
      passkey: null,
      trustDeviceDays: 30,
    })
    expect((await browser.get('status')).status).toBe(401)

    const challengeToken = textOf(asked, 'challengeToken')
    const done = await browser.post('complete-challenge', { challengeToken, code: phone.next() })
    expect(done.body).toEqual({ signedIn: true, method: 'totp', recoveryCodesLeft: 10, deviceTrusted: false })
    expect(site.opened).toMatchObject([{ userId: 'ann', method: 'totp', state: { to: '/inbox' } }])
    expect((await browser.get('status')).body).toMatchObject({ enabled: true, accountName: 'ann@example.com' })
    expect([...browser.jar.keys()].sort()).toEqual(['__Host-countersign-device', 'session'])
    // The owner's failures are on the owner's account, no longer on the strangers'.
    const again = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    await browser.post('complete-challenge', { challengeToken: again, code: wrongCode(site.world, phone) })
    expect(site.events.at(-1)).toMatchObject({ type: 'code.wrong', knownDevice: true })
    await browser.post('verify', { code: wrongCode(site.world, phone) })
    expect(site.events.at(-1)).toMatchObject({ type: 'code.wrong', knownDevice: true })
  })

  it('takes a recovery code once', async () => {
    const site = createSite()
    const { recoveryCodes } = await site.member()
    const [code = ''] = recoveryCodes
    for (const browser of [site.browser(), site.browser()]) {
      const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
      const answer = await browser.post('complete-challenge', { challengeToken, code: code.toLowerCase() })
      if (site.opened.length === 1 && answer.status === 200) {
        expect(answer.body).toMatchObject({ method: 'recovery-code', recoveryCodesLeft: 9 })
      } else expectProblem(answer, 422, 'code-used')
    }
    expect(site.opened).toHaveLength(1)
  })

  it('asks no code on a trusted device, until it is revoked', async () => {
    const site = createSite()
    const { phone } = await site.member()
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    const headers = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }
    const body = JSON.stringify({ challengeToken, code: phone.next(), trustDevice: true })
    expect((await browser.send('complete-challenge', { headers, body })).body).toMatchObject({ deviceTrusted: true })

    expect((await browser.signIn(detailsOf('ann', 'x'))).body).toEqual({ signedIn: true })
    expect(site.opened.at(-1)).toMatchObject({ method: 'trusted-device', state: 'x' })
    expect((await site.browser().signIn(detailsOf('ann'))).body).toMatchObject({ signedIn: false })

    const { body: status } = await browser.get('status')
    expect(status['trustedDevices']).toMatchObject([{ name: 'Firefox on Linux' }])
    expect((await browser.post('revoke-trusted-devices')).body).toEqual({ revoked: 1 })
    expect((await browser.signIn(detailsOf('ann'))).body).toMatchObject({ signedIn: false, action: 'verify' })
  })

  it('leads through a required setup into the session', async () => {
    const site = createSite({ twoFactor: { isRequired: () => true } })
    const browser = site.browser()
    const asked = await browser.signIn(detailsOf('ann'))
    expect(asked.body).toMatchObject({ signedIn: false, action: 'setup' })
    const challengeToken = textOf(asked, 'challengeToken')
    const offer = await browser.post('begin-required-setup', { challengeToken, name: 'Phone' })
    expect(offer.body).toMatchObject({ accountName: 'ann@example.com', issuer: 'Acme Cloud', digits: 6 })
    const phone = virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
    const done = await browser.post('complete-challenge', { challengeToken, code: phone.next() })
    expect(done.body).toMatchObject({
      signedIn: true,
      method: 'totp',
      recoveryCodes: tenCodes,
    })
    expectProblem(await browser.post('disable', { proof }), 403, 'two-factor-required')
  })

  it('keeps two people apart in one browser', async () => {
    const site = createSite()
    const members = [await site.member('ann'), await site.member('bob')]
    const browser = site.browser()
    for (const { userId, phone } of members) {
      const challengeToken = textOf(await browser.signIn(detailsOf(userId)), 'challengeToken')
      await browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
    }
    for (const { userId } of members) expect((await browser.signIn(detailsOf(userId))).body).toEqual({ signedIn: true })
  })
})

describe('managing it over HTTP', () => {
  it('goes on, is shown, changed, and goes off', async () => {
    const site = createSite()
    const { browser } = await site.member('bob')
    await site.world.twoFactor.admin.reset('bob', { by: 'test', note: 'begins without' })

    const offer = await browser.post('begin-setup', { proof, name: 'Old phone' })
    expect(offer.body).toMatchObject({
      issuer: 'Acme Cloud',
      accountName: 'bob@example.com',
      algorithm: 'SHA1',
      periodSeconds: 30,
      qr: expect.stringMatching(/^<svg /),
    })
    const old = virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
    expect(old.secret).toBe(textOf(offer, 'secret'))
    const on = await browser.post('confirm-setup', { code: old.next() })
    expect(on.body).toEqual({ authenticatorId: expect.any(String), recoveryCodes: tenCodes })

    const view = await browser.post('view-recovery-codes', { proof })
    const first = on.body['recoveryCodes']
    expect(view.body['recoveryCodes']).toEqual(
      Array.isArray(first) ? first.map((code) => ({ code, usedAtMs: null })) : null,
    )
    const fresh = await browser.post('regenerate-recovery-codes', { proof: { code: old.next() } })
    expect(fresh.body).toEqual({ recoveryCodes: tenCodes })

    const id = textOf(on, 'authenticatorId')
    expect((await browser.post('rename-authenticator', { id, name: 'Drawer' })).body).toEqual({})
    expectProblem(await browser.post('remove-authenticator', { id, proof }), 409, 'last-authenticator')
    const second = await browser.post('begin-setup', { proof, name: 'New phone' })
    const phone = virtualAuthenticator(textOf(second, 'uri'), { now: site.world.clock.now })
    await browser.post('confirm-setup', { code: phone.next() })
    expect((await browser.get('status')).body['authenticators']).toMatchObject([
      { name: 'Drawer' },
      { name: 'New phone' },
    ])
    expect((await browser.post('remove-authenticator', { id, proof })).body).toEqual({})

    expect((await browser.post('disable', { proof: { code: phone.next() } })).body).toEqual({})
    expect((await browser.get('status')).body).toMatchObject({ enabled: false, acceptedProofs: ['password'] })
  })

  it('replaces a phone in one step', async () => {
    const site = createSite()
    const { browser } = await site.member()
    const offer = await browser.post('begin-setup', { proof, replaces: 'all' })
    const phone = virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
    expect((await browser.post('confirm-setup', { code: phone.next() })).body).toEqual({
      authenticatorId: expect.any(String),
    })
    expect((await browser.get('status')).body['authenticators']).toHaveLength(1)
    expectProblem(await browser.post('begin-setup', { proof, replaces: 'none of these' }), 404, 'not-found')
  })

  it('tells the host of a confirmed setup, so that it marks the session; not of one that is refused', async () => {
    const confirmed: unknown[] = []
    const onSetupConfirmed = (userId: string, { request }: { request: Request }) => {
      confirmed.push([userId, new URL(request.url).pathname])
      return { 'Set-Cookie': 'passed=1' }
    }
    const site = createSite({ handler: { onSetupConfirmed } })
    const browser = site.browser()
    await browser.signIn(detailsOf('ann'))
    const offer = await browser.post('begin-setup', { proof })
    const phone = virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
    expectProblem(await browser.post('confirm-setup', { code: wrongCode(site.world, phone) }), 422, 'wrong-code')
    expect(confirmed).toEqual([])
    expect((await browser.post('confirm-setup', { code: phone.next() })).body).toHaveProperty('recoveryCodes')
    expect(browser.jar.get('passed')).toBe('1')
    expect(confirmed).toEqual([['ann', '/two-factor/confirm-setup']])
  })

  it('asks for a code again in the middle of a session, and tells the host', async () => {
    const verified: unknown[] = []
    const onVerified = (userId: string, { method }: { method: string }) => {
      verified.push([userId, method])
      return { 'Set-Cookie': 'fresh=1' }
    }
    const site = createSite({ handler: { onVerified } })
    const { browser, phone, recoveryCodes } = await site.member()
    const answer = await browser.post('verify', { code: phone.next() })
    expect(answer.body).toEqual({ method: 'totp', recoveryCodesLeft: 10 })
    expect(browser.jar.get('fresh')).toBe('1')
    await browser.post('verify', { code: recoveryCodes[0] })
    expectProblem(await browser.post('verify', { code: wrongCode(site.world, phone) }), 422, 'wrong-code')
    expect(verified).toEqual([
      ['ann', 'totp'],
      ['ann', 'recovery-code'],
    ])
  })

  it('says how long to wait', async () => {
    const site = createSite()
    const { browser, phone } = await site.member()
    const wrong = { code: wrongCode(site.world, phone) }
    for (let failures = 0; failures < 5; failures += 1) await browser.post('verify', wrong)
    const answer = await browser.post('verify', wrong)
    expectProblem(answer, 429, 'throttled')
    expect(answer.headers.get('retry-after')).toBe('1')
    await browser.post('verify', { code: phone.next() })
  })

  it('issues, lists, renames and revokes access tokens', async () => {
    const site = createSite({ scopes: ['read', 'write'] })
    const { browser } = await site.member()
    const issued = await browser.post('issue-access-token', { proof, name: 'Backup', scopes: ['read'] })
    const token = textOf(issued, 'token')
    expect(await site.tokens.verify(token, { scope: 'read' })).toMatchObject({ ok: true, userId: 'ann' })
    const { body } = await browser.get('access-tokens')
    expect(body).toMatchObject({ accessTokens: [{ name: 'Backup' }], scopes: ['read', 'write'], prefix: 'acme' })
    expect(JSON.stringify(body)).not.toContain(token)

    const [{ id }] = await site.tokens.list('ann').then(([one]) => [one ?? { id: '' }] as const)
    expect((await browser.post('rename-access-token', { id, name: 'Old backup' })).body).toEqual({})
    expect((await site.tokens.list('ann')).map(({ name }) => name)).toEqual(['Old backup'])
    expect((await browser.post('revoke-access-token', { id })).body).toEqual({})
    await browser.post('issue-access-token', { proof, name: 'Another' })
    expect((await browser.post('revoke-all-access-tokens')).body).toEqual({ revoked: 1 })
    expect(await site.tokens.verify(token)).toMatchObject({ ok: false, reason: 'revoked' })

    expectProblem(await browser.post('issue-access-token', { proof, name: 'x', scopes: ['all'] }), 422, 'unknown-scope')
    const past = { proof, name: 'x', expiresAtMs: 1 }
    expectProblem(await browser.post('issue-access-token', past), 422, 'already-expired')
  })

  it('has no access tokens if the host has none', async () => {
    const site = createSite({ hasTokens: false })
    const { browser } = await site.member()
    expectProblem(await browser.get('access-tokens'), 404, 'not-found')
    expectProblem(await browser.post('issue-access-token', { proof, name: 'x' }), 404, 'not-found')
  })

  it('hands the context of a request to its events', async () => {
    const site = createSite({ handler: { context: (request) => request.headers.get('x-request-id') } })
    const { browser, phone } = await site.member()
    const headers = { 'X-Request-Id': 'r-1' }
    await browser.send('verify', { headers, body: JSON.stringify({ code: phone.next() }) })
    expect(site.events.at(-1)).toMatchObject({ type: 'step-up.completed', context: 'r-1' })
  })
})

describe('a fresh sign-in as proof', () => {
  const twoFactor = { acceptedProofs: ['reauthenticated' as const] }

  it('counts for five minutes, if the host passes its time', async () => {
    const site = createSite({ twoFactor })
    const { browser, userId } = await site.member()
    expectProblem(await browser.post('view-recovery-codes'), 403, 'proof-required')
    const signedInAtMs = site.world.clock.now()
    site.sessions.set('of-ann', { userId, accountName: 'ann', signedInAtMs })
    expect((await browser.post('view-recovery-codes')).status).toBe(200)
    expect((await browser.post('issue-access-token', { name: 'Script' })).status).toBe(200)
    site.world.clock.advance({ seconds: 301 })
    for (const path of ['view-recovery-codes', 'regenerate-recovery-codes', 'disable', 'begin-setup'])
      expectProblem(await browser.post(path), 403, 'proof-required')
  })

  it('is not accepted if the backend requires a password or a code', async () => {
    const site = createSite()
    const { browser, userId } = await site.member()
    site.sessions.set('of-ann', { userId, accountName: 'ann', signedInAtMs: site.world.clock.now() })
    expectProblem(await browser.post('disable'), 403, 'proof-required')
    // Nor does it stand behind a proof that was given and is wrong.
    expectProblem(await browser.post('disable', { proof: { password: 'wrong' } }), 422, 'wrong-password')
  })
})
