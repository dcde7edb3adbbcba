import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { enroll, signInCases, virtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../needs.ts'
import type { Browser } from './browser.ts'
import { LIBRARIES, PASSWORD, type Site } from './sites.ts'

const isMissing = needs(
  'What test/sessions needs',
  existsSync(fileURLToPath(new URL('node_modules', import.meta.url))),
  'npm ci --prefix test/sessions',
)

describe.skipIf(isMissing).each(LIBRARIES)('two-factor authentication added to %s', (name, openSite) => {
  let site: Site
  beforeAll(async () => {
    site = await openSite()
  }, 60_000)
  afterAll(() => site.close())

  const account = async (browser: Browser) => (await browser.get('/account')).status
  const enrolled = async () => {
    const userId = await site.makeUser()
    return { userId, ...(await enroll(site.twoFactor, userId)) }
  }
  const complete = (browser: Browser, challengeToken: unknown, code: string, trustDevice = false) =>
    browser.post('/two-factor/complete-challenge', { challengeToken, code, trustDevice })

  test('signInCases: no way of signing in goes around the second step', async () => {
    const browsers = new Map<string, Browser>()
    const way =
      (options: object) =>
      async ({ userId }: { userId: string }) => {
        const browser = site.open()
        browsers.set(userId, browser)
        return site.signIn(browser, userId, options)
      }
    const cases = signInCases({
      twoFactor: site.twoFactor,
      makeUser: site.makeUser,
      isSignedIn: async (userId) => (await account(browsers.get(userId) ?? site.open())) === 200,
      signIns: { password: way({}), 'password and remember me': way({ rememberMe: true }) },
    })
    expect(cases).toHaveLength(3)
    for (const { run } of cases) await run()
  })

  test('the account is closed until a code has passed', async () => {
    const { userId, phone } = await enrolled()
    const browser = site.open()
    expect(await account(browser)).toBe(401)
    expect((await site.signIn(browser, userId, { password: 'wrong' })).status).toBe(401)
    const asked = await site.signIn(browser, userId)
    expect(asked).toMatchObject({ status: 200, body: { signedIn: false, action: 'verify' } })
    expect(await account(browser)).toBe(site.opensBefore ? 403 : 401)
    const wrong = await complete(browser, asked.body['challengeToken'], '12345')
    expect(wrong).toMatchObject({ status: 422, body: { reason: 'wrong-code' } })
    expect(await account(browser)).not.toBe(200)
    const right = await complete(browser, asked.body['challengeToken'], phone.next())
    expect(right).toMatchObject({ status: 200, body: { signedIn: true, method: 'totp' } })
    expect((await browser.get('/account')).body).toEqual({ userId })
  })

  test('the session before the second step turns nothing off, although it knows the password', async () => {
    const { userId } = await enrolled()
    const browser = site.open()
    await site.signIn(browser, userId)
    const answer = await browser.post('/two-factor/disable', { proof: { password: PASSWORD } })
    expect(answer.status).toBe(401)
    expect((await site.twoFactor.status(userId)).enabled).toBe(true)
    const newPassword = 'another correct horse battery staple'
    const changed = await browser.post('/api/auth/change-password', { currentPassword: PASSWORD, newPassword })
    expect(changed.status).toBe(name === 'better-auth' ? 403 : 404)
  })

  test('the browser cannot claim that the second step was passed', async () => {
    const { userId } = await enrolled()
    const browser = site.open()
    await site.signIn(browser, userId)
    for (const path of ['/api/auth/update-session', '/api/auth/pass-second-step', '/api/auth/', '/auth/session']) {
      const { csrfToken } = (await browser.get('/auth/csrf')).body
      await browser.post(path, { csrfToken, passedSecondStep: true, data: { passedSecondStep: true } })
    }
    expect(await account(browser)).not.toBe(200)
  })

  test('the session has another id after the second step, and the one before opens nothing', async () => {
    const { userId, phone } = await enrolled()
    const browser = site.open()
    const asked = await site.signIn(browser, userId)
    const before = browser.cookie(site.cookie)
    const thief = browser.copy()
    await complete(browser, asked.body['challengeToken'], phone.next())
    expect(await account(browser)).toBe(200)
    expect(browser.cookie(site.cookie)).toEqual(expect.any(String))
    expect(browser.cookie(site.cookie)).not.toBe(before)
    expect(await account(thief)).not.toBe(200)
  })

  test('a session id that was planted is not used', async () => {
    const { userId, phone } = await enrolled()
    const planted = site.open()
    await site.signIn(planted, await site.makeUser())
    const id = planted.cookie(site.cookie) ?? ''
    const victim = site.open()
    victim.plant(site.cookie, id)
    const asked = await site.signIn(victim, userId)
    await complete(victim, asked.body['challengeToken'], phone.next())
    expect((await victim.get('/account')).body).toEqual({ userId })
    expect(victim.cookie(site.cookie)).not.toBe(id)
    expect((await planted.get('/account')).body).not.toEqual({ userId })
  })

  test('a session that was opened before the set-up must pass the second step', async () => {
    const userId = await site.makeUser()
    const browser = site.open()
    await site.signIn(browser, userId, { rememberMe: true })
    expect(await account(browser)).toBe(200)
    const { phone } = await enroll(site.twoFactor, userId)
    const refused = await browser.get('/account')
    expect(refused).toMatchObject({ status: 403, body: { reason: 'second-step-required' } })
    expect((await browser.get('/two-factor/status')).status).toBe(401)
    const before = browser.copy()
    const asked = await browser.post('/second-step')
    expect(asked.body).toMatchObject({ signedIn: false })
    await complete(browser, asked.body['challengeToken'], phone.next())
    expect(await account(browser)).toBe(200)
    expect(await account(before)).not.toBe(200)
  })

  test('the session in which it is turned on stays open, under another id', async () => {
    const userId = await site.makeUser()
    const browser = site.open()
    await site.signIn(browser, userId)
    const thief = browser.copy()
    const offer = await browser.post('/two-factor/begin-setup', { proof: { password: PASSWORD }, type: 'totp' })
    const phone = virtualAuthenticator(String(offer.body['uri']), { now: site.clock.now })
    const confirmed = await browser.post('/two-factor/confirm-setup', { code: phone.next() })
    expect(confirmed).toMatchObject({ status: 200, body: { recoveryCodes: expect.any(Array) } })
    expect(await account(browser)).toBe(200)
    const { body: status } = await browser.get('/two-factor/status')
    const { createdAtMs } = status['recoveryCodes'] as { createdAtMs: number }
    expect((await browser.post('/two-factor/mark-recovery-codes-saved', { createdAtMs })).status).toBe(200)
    expect(await account(thief)).not.toBe(200)
  })

  test('nobody passes the second step of one user into the session of another', async () => {
    const { userId, phone } = await enrolled()
    const other = await enrolled()
    const attacker = site.open()
    const asked = await site.signIn(attacker, userId)
    const victim = site.open()
    await site.signIn(victim, other.userId)
    await complete(victim, asked.body['challengeToken'], phone.next())
    expect((await victim.get('/account')).body).not.toEqual({ userId: other.userId })
  })

  test('a trusted device signs in again without a code', async () => {
    const { userId, phone } = await enrolled()
    const browser = site.open()
    const asked = await site.signIn(browser, userId)
    await complete(browser, asked.body['challengeToken'], phone.next(), true)
    await site.signOut(browser)
    expect(await account(browser)).toBe(401)
    expect((await site.signIn(browser, userId)).body).toMatchObject({ signedIn: true })
    expect(await account(browser)).toBe(200)
  })

  test('signing out ends the session', async () => {
    const { userId, phone } = await enrolled()
    const browser = site.open()
    const asked = await site.signIn(browser, userId, { rememberMe: true })
    await complete(browser, asked.body['challengeToken'], phone.next())
    expect(await account(browser)).toBe(200)
    await site.signOut(browser)
    expect(await account(browser)).toBe(401)
    browser.reopen()
    expect(await account(browser)).toBe(401)
  })

  test('remember me outlives the browser, after the second step', async () => {
    const { userId, phone } = await enrolled()
    const browser = site.open()
    const asked = await site.signIn(browser, userId, { rememberMe: true })
    browser.reopen()
    expect(await account(browser)).not.toBe(200)
    await complete(browser, asked.body['challengeToken'], phone.next())
    browser.reopen()
    expect(await account(browser)).toBe(200)
  })
})
