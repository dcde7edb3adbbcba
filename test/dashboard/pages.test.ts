import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from '../elements/accessibility.ts'
import { ALEX, DANA, PASSWORD } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { script } from './script.ts'
import { type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium).sequential('the pages', { timeout: 120_000 }, () => {
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

  test('make a token, which a script then uses until it is revoked', async () => {
    await alex.signIn(ALEX)
    await alex.sees('Account')
    await alex.goTo('Tokens')
    await alex.page.getByText('You have none.').waitFor()
    // A browser that translates the page leaves alone what is typed as it stands.
    const verbatim = await alex.page
      .locator('main code')
      .evaluateAll((codes) => codes.map((code) => [code.textContent, code.getAttribute('translate')]))
    expect(verbatim.map(([, translate]) => translate)).toEqual(new Array(5).fill('no'))
    expect(verbatim.at(-1)?.[0]).toContain('curl')
    await alex.press('New Token')
    await alex.field('Name').fill('Nightly backup')
    await alex.field('account:read').check()
    await alex.confirm('Create', 'not the password')
    expect(await alex.error()).toBe('That’s not your password. Check it and try again.')
    await alex.confirm('Create')
    await alex.sees('Copy Your Token')
    await alex.press('Copy')
    const token = await alex.page.evaluate(() => navigator.clipboard.readText())
    await alex.press('Done')
    expect(await alex.page.content()).not.toContain(token)

    const backup = script(rig.dashboard.url, token)
    expect((await backup.get('v1/me')).body).toMatchObject({ user: { login: ALEX } })
    expect((await backup.get('v1/activity')).status).toBe(403)

    await alex.press('Revoke Nightly backup')
    await alex.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await alex.page.getByText('You have none.').waitFor()
    expect((await backup.get('v1/me')).status).toBe(401)

    await alex.goTo('Activity')
    await alex.page.getByText('An access token was revoked').waitFor()
  })

  test('say everything in the language that is chosen, from right to left where it runs so', async () => {
    const language = alex.page.locator('#language')
    await alex.goTo('Account')
    const settings = alex.page.locator('two-factor-settings')
    await language.selectOption('العربية')
    await alex.page.getByRole('heading', { name: 'المصادقة الثنائية' }).waitFor()
    expect(await settings.evaluate((node) => getComputedStyle(node).direction)).toBe('rtl')
    await language.selectOption('Deutsch')
    await alex.page.getByRole('heading', { name: 'Zwei-Faktor-Authentifizierung' }).waitFor()
    await alex.page.reload()
    await alex.page.getByRole('heading', { name: 'Zwei-Faktor-Authentifizierung' }).waitFor()
    await language.selectOption('English')
  })

  test('are light or dark, as the person says', async () => {
    await alex.sees('Two-Factor Authentication')
    const ground = () => alex.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await alex.press('Light or dark')
    expect(await ground()).not.toBe(light)
    await alex.page.reload()
    await alex.sees('Account')
    expect(await ground()).not.toBe(light)
  })

  test('have nothing that axe finds amiss, and fit on a small screen, light and dark [CS-PAGE-07]', async () => {
    const dana = await visit(browser, rig.dashboard)
    const isGood = async (what: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await dana.page.emulateMedia({ colorScheme })
        expect(await violations(dana.page), `${what}, ${colorScheme}`).toEqual([])
      }
      const wider = () => dana.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      await dana.page.setViewportSize({ width: 320, height: 640 })
      expect(await wider(), what).toBeLessThanOrEqual(0)
      await dana.page.setViewportSize({ width: 1280, height: 800 })
    }
    await dana.signIn(DANA, 'not the password')
    await dana.error()
    await isGood('Sign in')
    await dana.field('Password').fill(PASSWORD)
    await dana.press('Sign In')
    for (const [place, content] of [
      ['Account', 'Set Up Two-Factor Authentication'],
      ['Tokens', 'New Token'],
      ['Activity', 'Nothing yet.'],
      ['Overview', 'web-1'],
      ['Users', 'At next sign-in'],
    ] as const) {
      await dana.goTo(place)
      await dana.page.getByText(content).waitFor()
      await isGood(place)
    }
    await dana.goTo('Account')
    await dana.press('Change Password')
    await isGood('Change Password')
  })
})
