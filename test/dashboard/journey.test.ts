import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, DANA, PASSWORD } from './accounts.ts'
import { launchChromium, leave, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { setUp, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium).sequential('the way in and out', { timeout: 60_000 }, () => {
  let rig: Rig
  let browser: Browser
  let alex: Visitor

  beforeAll(async () => {
    rig = await startRig()
    browser = await launchChromium()
    alex = await visit(browser, rig.dashboard)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  const isSignedIn = async () => (await alex.page.request.get('/api/Me')).ok()
  async function signInHere(): Promise<void> {
    await alex.field('Login').fill(ALEX)
    await alex.field('Password').fill(PASSWORD)
    await alex.press('Sign In')
  }

  /** The login is there, and the password is what to type next. */
  async function isAtPassword(): Promise<void> {
    await alex.field('Password').waitFor()
    expect(await alex.field('Login').inputValue()).toBe(ALEX)
    expect(await alex.field('Password').inputValue()).toBe('')
    expect(await alex.page.evaluate(() => document.activeElement?.id)).toBe('password')
  }

  test('the page that was asked for is shown after sign-in, even if the sign-in page was reloaded', async () => {
    await alex.page.goto('/settings/activity?from=mail')
    await alex.field('Login').waitFor()
    await alex.page.reload()
    await signInHere()
    await alex.sees('Activity')
    expect(new URL(alex.page.url()).pathname).toBe('/settings/activity')
  })

  test('signing out while the server cannot be reached keeps the page, and says that the session may live', async () => {
    await alex.page.route('**/api/SignOut', (route) => route.abort(), { times: 1 })
    await alex.press('Sign out')
    await alex.page.getByText('You may still be signed in: sign out again.').waitFor()
    expect(await alex.field('Login').count()).toBe(0)
    expect(await isSignedIn()).toBe(true)
  })

  test('signing out again after the answer was lost leads to the sign-in page', async () => {
    await alex.page.route(
      '**/api/SignOut',
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
    await alex.press('Sign out')
    await alex.page.getByText('You may still be signed in: sign out again.').waitFor()
    await alex.press('Sign out')
    await alex.page.getByText('You are signed out. Sign in again.').waitFor()
    expect(await isSignedIn()).toBe(false)
  })

  test('an answer that is cut off on its way is no answer: the page says so, and breaks nowhere', async () => {
    await alex.signIn(ALEX)
    await alex.page.route('**/api/Activity', (route) => route.fulfill({ body: '{"entries":[{' }))
    await alex.goTo('Activity')
    await alex.page.getByText('The server cannot be reached.').waitFor()
    await alex.page.unrouteAll({ behavior: 'wait' })
    await alex.goTo('Account')
    await alex.signOut()
  })

  test('after signing out, the next person starts at the account page', async () => {
    await alex.signIn(ALEX)
    await alex.goTo('Tokens')
    await alex.signOut()
    expect(await isSignedIn()).toBe(false)
    await signInHere()
    await alex.sees('Account')
    expect(new URL(alex.page.url()).pathname).toBe('/settings/account')
  })

  test('the second step outlives a reload, and then leads to the page that was asked for', async () => {
    await alex.goTo('Account')
    const { phone } = await setUp(alex, rig.clock.now)
    await alex.signOut()
    rig.clock.advance({ seconds: 30 })
    await alex.page.goto('/settings/activity')
    await signInHere()
    await alex.page.getByText(new RegExp(`Signing in as \\W?${ALEX}`)).waitFor()
    await alex.page.reload()
    await alex.page.getByText(new RegExp(`Signing in as \\W?${ALEX}`)).waitFor()
    expect(alex.page.url()).not.toContain('?')
    await alex.typeCode(phone.code())
    await alex.sees('Activity')
    expect(new URL(alex.page.url()).pathname).toBe('/settings/activity')
  })

  test('Back in the second step goes to the password with the login kept, and Forward to the second step', async () => {
    await alex.signOut()
    await signInHere()
    await alex.field('Code from the app').waitFor()
    await alex.page.goBack()
    await isAtPassword()
    await alex.page.goForward()
    await alex.field('Code from the app').waitFor()
  })

  test('an expired challenge keeps the login; another account starts with an empty form [CS-PAGE-06]', async () => {
    await alex.press('Use a different account')
    await alex.field('Login').waitFor()
    expect(await alex.field('Login').inputValue()).toBe('')
    await signInHere()
    await alex.field('Code from the app').waitFor()
    rig.clock.advance({ seconds: 301 })
    await alex.page.clock.install({ time: rig.clock.now() })
    await alex.typeCode('000000')
    await alex.page.getByText('That took too long. Sign in again.').waitFor()
    await alex.press('Start Over')
    await isAtPassword()
  })

  test('a session that ended keeps the login', async () => {
    const other = await visit(browser, rig.dashboard)
    await other.signIn(DANA)
    await other.sees('Account')
    await other.page.request.post('/api/SignOut', { headers: { Origin: rig.dashboard.url }, data: {} })
    await other.goTo('Activity')
    await other.page.getByText('You are signed out. Sign in again.').waitFor()
    expect(await other.field('Login').inputValue()).toBe(DANA)
    await other.field('Password').fill(PASSWORD)
    await other.press('Sign In')
    await other.sees('Activity')
    await leave(other.page)
  })
})
