import type { StatusAnswer } from 'countersign/http'
import { describe, expect, it } from 'vitest'
import { type Browser, expectProblem, textOf } from './browser.ts'
import { createSite, detailsOf, type Member, ORIGIN, type Site, type SiteOptions } from './site.ts'

/** The attributes of the cookie that a sign-in sets, and its name. */
async function signInCookie(options: SiteOptions, headers: Record<string, string | null> = {}) {
  const site = createSite({ handler: { allowedOrigins: [options.origin ?? ORIGIN] }, ...options })
  await site.member()
  const sameOrigin = { 'Sec-Fetch-Site': 'same-origin', ...headers }
  const { headers: answered } = await site.browser().signIn(detailsOf('ann'), sameOrigin)
  const [cookie = ''] = answered.getSetCookie()
  return cookie.replace(/=[\w-]+\.[\w-]+; Path=\/; Max-Age=900; HttpOnly;/, ':')
}

const SECURE = '__Host-countersign-sign-in: SameSite=Lax; Secure'
const PLAIN = 'countersign-sign-in: SameSite=Lax'

describe('cookies are Secure and of this host alone', () => {
  it.each([
    ['http://10.0.0.7:3000'],
    ['http://app:3000'],
    // nginx's default Host header for an upstream on the same machine.
    ['http://127.0.0.1:3000'],
    ['http://localhost:3000'],
    [ORIGIN],
  ])('for a page on https whose request arrives at %s', async (arrivesAt) => {
    expect(await signInCookie({ arrivesAt })).toBe(SECURE)
    expect(await signInCookie({ arrivesAt, handler: {} })).toBe(SECURE)
  })

  it('whatever other origins are allowed', async () => {
    const allowedOrigins = [ORIGIN, 'http://localhost:5173', 'http://app.example.com']
    expect(await signInCookie({ arrivesAt: 'http://localhost:3000', handler: { allowedOrigins } })).toBe(SECURE)
  })

  it('whatever a header says of the request', async () => {
    const forged = {
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'localhost',
      Forwarded: 'proto=http;host=localhost',
    }
    expect(await signInCookie({ arrivesAt: 'http://localhost:3000' }, forged)).toBe(SECURE)
    const claimed = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'app.example.com' }
    expect(await signInCookie({ origin: 'http://localhost:3000', arrivesAt: 'http://localhost:3000' }, claimed)).toBe(
      PLAIN,
    )
  })

  it('for a page on http elsewhere, and for a page on this machine that calls another', async () => {
    expect(await signInCookie({ origin: 'http://192.168.1.5:3000', arrivesAt: 'http://192.168.1.5:3000' })).toBe(SECURE)
    expect(await signInCookie({ origin: 'http://localhost:3000', arrivesAt: 'https://api.example.com' })).toBe(SECURE)
    expect(await signInCookie({ origin: 'http://localhost:3000', arrivesAt: 'http://127.0.0.1:3000' })).toBe(SECURE)
    expect(await signInCookie({ origin: 'http://localhost.example.com', arrivesAt: 'http://localhost' })).toBe(SECURE)
  })

  it('for a request without an Origin', async () => {
    expect(await signInCookie({ arrivesAt: 'http://localhost:3000' }, { Origin: null })).toBe(SECURE)
  })

  it('if the host says so', async () => {
    const local = { origin: 'http://localhost', arrivesAt: 'http://localhost' }
    expect(await signInCookie({ ...local, handler: { secureCookies: true, cookiePrefix: 'acme' } })).toBe(
      SECURE.replace('countersign', 'acme'),
    )
    expect(await signInCookie({ handler: { secureCookies: false } })).toBe(PLAIN)
  })
})

describe('cookies are plain', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    // A development server that passes requests on.
    ['http://localhost:5173', 'http://localhost:3000'],
    ['http://127.0.0.1', 'http://127.0.0.1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://app.localhost', 'http://app.localhost'],
  ])('for a page of %s that calls %s', async (origin, arrivesAt) => {
    expect(await signInCookie({ origin, arrivesAt })).toBe(PLAIN)
  })

  it('and lead through the whole sign-in', async () => {
    const site = createSite({ origin: 'http://localhost:3000', arrivesAt: 'http://localhost:3000' })
    const { phone } = await site.member()
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    const body = { challengeToken, code: phone.next(), trustDevice: true }
    expect((await browser.post('complete-challenge', body)).status).toBe(200)
    expect((await browser.signIn(detailsOf('ann'))).body).toEqual({ signedIn: true })
    expect([...browser.jar.keys()].filter((name) => name.startsWith('__'))).toEqual([])
  })
})

describe('pages on another site', () => {
  it('are sent cookies with sameSite none, which are always Secure', async () => {
    expect(await signInCookie({ handler: { sameSite: 'none' } })).toBe(SECURE.replace('Lax', 'None'))
    expect(await signInCookie({ handler: { sameSite: 'strict' } })).toBe(SECURE.replace('Lax', 'Strict'))
    const local = { origin: 'http://localhost:3000', arrivesAt: 'http://localhost:4000' }
    expect(await signInCookie({ ...local, handler: { sameSite: 'none', allowedOrigins: [local.origin] } })).toBe(
      SECURE.replace('Lax', 'None'),
    )
  })
})

describe('without the sign-in cookie', () => {
  const begin = async (options: SiteOptions = {}) => {
    const site = createSite(options)
    const { phone } = await site.member()
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    for (const name of browser.jar.keys()) if (name.includes('sign-in')) browser.jar.delete(name)
    return { site, browser, challengeToken, code: phone.next() }
  }

  it('a right code is distinguished from one that comes too late, and no code is used up', async () => {
    const { site, browser, challengeToken, code } = await begin()
    const before = await site.dump()
    expectProblem(await browser.post('complete-challenge', { challengeToken, code }), 400, 'sign-in-cookie-missing')
    expectProblem(await browser.post('begin-required-setup', { challengeToken }), 400, 'sign-in-cookie-missing')
    expect(await site.dump()).toBe(before)
    expect(site.opened).toEqual([])
  })

  it.each<[string, SiteOptions, RegExp]>([
    ['a page on http', { origin: 'http://192.168.1.5', arrivesAt: 'http://192.168.1.5' }, /secureCookies: false/],
    [
      'a page on another site',
      { origin: 'https://acme.example', arrivesAt: ORIGIN, handler: { allowedOrigins: ['https://acme.example'] } },
      /sameSite: 'none'.*credentials: 'include'/,
    ],
    [
      'an app',
      { origin: 'capacitor://localhost', arrivesAt: ORIGIN, handler: { allowedOrigins: ['capacitor://localhost'] } },
      /sameSite: 'none'/,
    ],
    ['any other page', {}, /Set-Cookie.*credentials.*sameSite.*secureCookies/],
  ])('the host’s log says what to change for %s, once', async (_, options, hint) => {
    const { site, browser, challengeToken, code } = await begin(options)
    for (let tries = 0; tries < 3; tries++) await browser.post('complete-challenge', { challengeToken, code })
    const heard = site.warnings.filter((warning) => warning.code === 'sign-in-cookie-missing')
    expect(heard).toMatchObject([{ message: expect.stringMatching(hint) }])
    expect(heard[0]?.message).toContain(options.origin ?? ORIGIN)
    expect(heard[0]?.message).not.toContain(challengeToken)
  })
})

it('a GET reads no cookie: only a page’s own POST names the origin by which cookies are found', async () => {
  const site = createSite()
  const { phone } = await site.member()
  const browser = site.browser()
  const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
  await browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
  const Cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const signIn = async (method: string) => {
    const headers = { Cookie, Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' }
    return (await site.handler.signIn(new Request(`${ORIGIN}/sign-in`, { method, headers }), detailsOf('ann'))).json()
  }
  expect(await signIn('GET')).toMatchObject({ signedIn: false })
  expect(await signIn('POST')).toEqual({ signedIn: true })
})

it('this-device names the trusted device that this browser is, and none in another browser', async () => {
  const site = createSite()
  const { phone, browser: other } = await site.member()
  const browser = site.browser()
  const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
  await browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
  const [trusted] = (await site.world.twoFactor.status('ann')).trustedDevices
  expect(trusted).toBeDefined()
  expect((await browser.post('this-device')).body).toEqual({ trustedDeviceId: trusted?.id })
  expect((await other.post('this-device')).body).toEqual({ trustedDeviceId: null })
  const { trustedDevices, changes } = (await browser.get('status')).body as unknown as StatusAnswer
  expect(trustedDevices).toEqual([expect.not.objectContaining({ current: expect.anything() })])
  expect(changes[0]).toMatchObject({ type: 'device.trusted', device: { id: trusted?.id, name: trusted?.name } })
})

describe('one browser shared by many people', () => {
  const pass = async (site: Site, browser: Browser, { userId, phone }: Member) => {
    site.world.clock.advance({ seconds: 30 })
    const challengeToken = textOf(await browser.signIn(detailsOf(userId)), 'challengeToken')
    return browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
  }
  const cookieOf = (browser: Browser) => browser.jar.get('__Host-countersign-device') ?? ''

  it('has one cookie below 2 KiB, which names nobody and knows the last five who passed', async () => {
    const site = createSite()
    const browser = site.browser()
    const members: Member[] = []
    for (let at = 0; at < 7; at++) members.push(await site.member(`user-${at}-${'x'.repeat(200)}`))
    for (const member of members) expect((await pass(site, browser, member)).status).toBe(200)
    expect([...browser.jar.keys()].sort()).toEqual(['__Host-countersign-device', 'session'])
    expect(cookieOf(browser).length).toBeLessThan(2048)
    const trusted = await Promise.all(members.map(async ({ userId }) => (await browser.signIn(detailsOf(userId))).body))
    expect(trusted.map(({ signedIn }) => signedIn)).toEqual([false, false, true, true, true, true, true])
  })

  it('holds one token for each of them, however often they pass', async () => {
    const site = createSite()
    const browser = site.browser()
    const [ann, bob] = [await site.member('ann'), await site.member('bob')]
    await pass(site, browser, ann)
    await pass(site, browser, bob)
    for (let times = 0; times < 6; times++) {
      site.world.clock.advance({ seconds: 30 })
      expect((await browser.post('verify', { code: bob.phone.next() })).status).toBe(200)
    }
    expect(cookieOf(browser).split('~')).toHaveLength(2)
    expect((await browser.signIn(detailsOf('ann'))).body).toEqual({ signedIn: true })
  })

  it('passes on nothing from a made-up cookie', async () => {
    const site = createSite()
    const ann = await site.member()
    for (const made of ['x'.repeat(100_000), '~'.repeat(1500), 'a"b~<script>~\u00e9', `k.${'x'.repeat(401)}~k.AAAA`]) {
      const browser = site.browser()
      await browser.signIn(detailsOf('ann'))
      browser.jar.set('__Host-countersign-device', made)
      expect((await pass(site, browser, ann)).status).toBe(200)
      expect(cookieOf(browser)).toMatch(/^[\w-]+\.[\w-]+(~k\.AAAA)?$/)
    }
  })

  it('drops the cookies that earlier versions set for each user, a few at a time', async () => {
    const site = createSite()
    const ann = await site.member()
    const browser = site.browser()
    for (let at = 0; at < 30; at++) browser.jar.set(`__Host-countersign-device-${at}`, 'x')
    await pass(site, browser, ann)
    await pass(site, browser, await site.member('bob'))
    expect([...browser.jar.keys()].filter((name) => name.includes('device-'))).toEqual([])
  })
})
