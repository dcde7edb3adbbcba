import { virtualAuthenticator } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { PASSWORD } from '../world.ts'
import { type Answer, type Browser, expectProblem, textOf } from './browser.ts'
import { createSite, detailsOf, type Site } from './site.ts'

const proof = { password: PASSWORD }
const COOKIE = '__Host-countersign-setup'

describe('the token of a setup over HTTP', () => {
  it('travels in a cookie that no script can read, and nowhere else', async () => {
    const { browser } = await createSite().member()
    const offer = await browser.post('begin-setup', { proof })
    const [cookie = ''] = offer.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-countersign-setup=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/)
    const token = browser.jar.get(COOKIE) ?? ''
    expect(token.length).toBeGreaterThan(60)
    const resumed = await browser.post('resume-setup')
    for (const { text } of [offer, resumed]) expect(text).not.toContain(token)
    expect(resumed.body).toEqual(offer.body)
    expect(offer.body['token']).toBeUndefined()
  })

  it('goes once the setup was confirmed, canceled or is over', async () => {
    const site = createSite()
    const { browser } = await site.member()
    const phone = phoneOf(site, await browser.post('begin-setup', { proof }))
    expectProblem(await browser.post('confirm-setup', { code: 'x' }), 422, 'wrong-code')
    expect(browser.jar.has(COOKIE)).toBe(true)
    expect((await browser.post('confirm-setup', { code: phone.next() })).status).toBe(200)
    expect(browser.jar.has(COOKIE)).toBe(false)
    expectProblem(await browser.post('confirm-setup', { code: phone.next() }), 409, 'setup-expired')

    await browser.post('begin-setup', { proof })
    expect((await browser.post('cancel-setup')).body).toEqual({})
    expect(browser.jar.has(COOKIE)).toBe(false)
    expectProblem(await browser.post('cancel-setup'), 409, 'setup-expired')

    for (const path of ['confirm-setup', 'resume-setup', 'cancel-setup']) {
      await browser.post('begin-setup', { proof })
      await site.world.twoFactor.passwordChanged('ann')
      const body = path === 'confirm-setup' ? { code: '123456' } : {}
      expectProblem(await browser.post(path, body), 409, 'setup-expired')
      expect([path, browser.jar.has(COOKIE)]).toEqual([path, false])
    }
  })

  it('of an offer that another browser replaced is superseded, and the later one can be confirmed', async () => {
    const site = createSite()
    const { browser } = await site.member()
    const other = await secondBrowser(site, browser)
    const first = phoneOf(site, await browser.post('begin-setup', { proof }))
    const second = phoneOf(site, await other.post('begin-setup', { proof }))
    for (const [path, body] of CALLS(first.next())) {
      expectProblem(await browser.post(path, body), 409, 'setup-superseded')
    }
    expect((await other.post('confirm-setup', { code: second.next() })).status).toBe(200)
  })

  it('in another window of the same browser: the code of the earlier offer counts for nothing', async () => {
    const site = createSite()
    const { browser } = await site.member()
    const offer = await browser.post('begin-setup', { proof })
    const setupId = textOf(offer, 'setupId')
    const second = phoneOf(site, await browser.post('begin-setup', { proof }))
    const before = await site.dump()
    const code = phoneOf(site, offer).next()
    expectProblem(await browser.post('confirm-setup', { code, setupId }), 409, 'setup-superseded')
    expectProblem(await browser.post('cancel-setup', { setupId }), 409, 'setup-superseded')
    expect(await site.dump()).toBe(before)
    expect((await browser.post('confirm-setup', { code: second.next() })).status).toBe(200)
  })

  it('is not accepted from a user who signs in later in the same browser', async () => {
    const site = createSite()
    const ann = await site.member('ann')
    const phone = phoneOf(site, await ann.browser.post('begin-setup', { proof }))
    const ben = await site.member('ben')
    ben.browser.jar.set(COOKIE, ann.browser.jar.get(COOKIE) ?? '')
    for (const [path, body] of CALLS(phone.next())) {
      ben.browser.jar.set(COOKIE, ann.browser.jar.get(COOKIE) ?? '')
      expectProblem(await ben.browser.post(path, body), 409, 'setup-expired')
    }
  })

  it('of a required setup is read by complete-challenge, and goes with it', async () => {
    const site = createSite({ twoFactor: { isRequired: () => true } })
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    const first = await browser.post('begin-required-setup', { challengeToken })
    const code = phoneOf(site, first).next()
    const second = await browser.post('begin-required-setup', { challengeToken })
    const stale = { challengeToken, code, setupId: textOf(first, 'setupId') }
    expectProblem(await browser.post('complete-challenge', stale), 409, 'setup-superseded')
    const right = { challengeToken, code: phoneOf(site, second).next(), setupId: textOf(second, 'setupId') }
    expect((await browser.post('complete-challenge', right)).body).toMatchObject({ signedIn: true })
    expect(browser.jar.has(COOKIE)).toBe(false)
  })

  it('of a required setup brings the same offer back after a reload, and after another sign-in in this browser', async () => {
    const { site, browser, challengeToken, offer } = await required()
    const code = phoneOf(site, offer).next()
    const before = await site.dump()
    const reloaded = await browser.post('resume-required-setup', { challengeToken })
    expect(reloaded.body).toEqual(offer.body)
    expect(reloaded.text).not.toContain(browser.jar.get(COOKIE))
    expect(await site.dump()).toBe(before)

    const later = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    const again = await browser.post('resume-required-setup', { challengeToken: later })
    expect(again.body).toEqual(offer.body)
    const body = { challengeToken: later, code, setupId: textOf(again, 'setupId') }
    expect((await browser.post('complete-challenge', body)).body).toMatchObject({ signedIn: true })
    expectProblem(await browser.post('resume-required-setup', { challengeToken }), 400, 'sign-in-cookie-missing')
  })

  it('of a required setup is shown to no other browser, whoever knows the password, and replaced by theirs', async () => {
    const { site, browser, challengeToken } = await required()
    const thief = site.browser()
    const theirs = textOf(await thief.signIn(detailsOf('ann')), 'challengeToken')
    expectProblem(await thief.post('resume-required-setup', { challengeToken: theirs }), 409, 'setup-expired')
    expectProblem(await thief.post('resume-required-setup', { challengeToken }), 410, 'challenge-expired')

    const planted = await thief.post('begin-required-setup', { challengeToken: theirs })
    expectProblem(await browser.post('resume-required-setup', { challengeToken }), 409, 'setup-superseded')
    expect(browser.jar.has(COOKIE)).toBe(true)
    const mine = await browser.post('begin-required-setup', { challengeToken })
    expect(textOf(mine, 'secret')).not.toBe(textOf(planted, 'secret'))
    expect((await browser.post('resume-required-setup', { challengeToken })).body).toEqual(mine.body)
  })

  it('of a required setup is not accepted from a user who signs in later in the same browser', async () => {
    const { browser } = await required()
    const bens = textOf(await browser.signIn(detailsOf('ben')), 'challengeToken')
    expectProblem(await browser.post('resume-required-setup', { challengeToken: bens }), 409, 'setup-expired')
    expect(browser.jar.has(COOKIE)).toBe(false)
  })

  it('of a setup that a session began is not shown before the second step of a sign-in', async () => {
    const site = createSite({ twoFactor: { isRequired: () => true } })
    const { browser } = await site.member('ann')
    await browser.post('begin-setup', { proof })
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    // Only one with action 'setup': whoever has a second factor passes it first.
    expectProblem(await browser.post('resume-required-setup', { challengeToken }), 410, 'challenge-expired')
  })

  it('cannot be read by GET', async () => {
    const { browser } = await createSite().member()
    await browser.post('begin-setup', { proof })
    expectProblem(await browser.get('resume-setup'), 405, 'method-not-allowed')
  })
})

/** Somebody who must set it up to sign in, and has begun. */
async function required() {
  const site = createSite({ twoFactor: { isRequired: () => true } })
  const browser = site.browser()
  const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
  const offer = await browser.post('begin-required-setup', { challengeToken })
  return { site, browser, challengeToken, offer }
}

const CALLS = (code: string): [path: string, body: object][] => [
  ['confirm-setup', { code }],
  ['resume-setup', {}],
  ['cancel-setup', {}],
]

function phoneOf(site: Site, offer: Answer) {
  return virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
}

/** The same person, signed in a second time. */
async function secondBrowser(site: Site, browser: Browser): Promise<Browser> {
  const other = site.browser()
  other.jar.set('session', browser.jar.get('session') ?? '')
  return other
}
