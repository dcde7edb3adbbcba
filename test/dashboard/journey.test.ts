import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, PASSWORD } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { type Visitor, visit } from './visitor.ts'

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

  test('after signing out, the next person starts at the account page', async () => {
    await alex.signIn(ALEX)
    await alex.goTo('Tokens')
    await alex.signOut()
    expect(await isSignedIn()).toBe(false)
    await signInHere()
    await alex.sees('Account')
    expect(new URL(alex.page.url()).pathname).toBe('/settings/account')
  })
})
