import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { layoutFaults, plainControls } from '../elements/controls.ts'
import { ALEX, DANA, PASSWORD } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { setUp, type Visitor, visit } from './visitor.ts'

/** Where pictures go, for people to look at. Without it none are taken. */
const pictures = process.env['SCREENSHOTS']

const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 664 },
  { width: 844, height: 390 },
  // The room that is left of 1280×900 at a zoom of 200 %.
  { width: 640, height: 450 },
]

describe.skipIf(noChromium).sequential('how the dashboard looks', { timeout: 240_000 }, () => {
  let rig: Rig
  let browser: Browser
  let dana: Visitor
  beforeAll(async () => {
    rig = await startRig()
    browser = await launchChromium()
    dana = await visit(browser, rig.dashboard)
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  /** In every size, with letters twice as large, and with forced colors. */
  async function looksRight(name: string): Promise<void> {
    const { page } = dana
    const found: string[] = []
    const look = async (form: string, faults: string[]) => {
      found.push(...faults.map((fault) => `${form}: ${fault}`))
      if (!pictures) return
      mkdirSync(join(pictures, 'dashboard'), { recursive: true })
      await page.screenshot({ path: join(pictures, 'dashboard', `${name} ${form}.png`.replaceAll(/[ %]+/g, '-')) })
    }
    const tooWide = () =>
      page.evaluate(() => {
        const wider = document.documentElement.scrollWidth - innerWidth
        return wider > 0 ? [`${wider}px wider than the screen`] : []
      })
    for (const size of SIZES) {
      await page.setViewportSize(size)
      await look(`${size.width}×${size.height}`, [...(await layoutFaults(page)), ...(await tooWide())])
    }
    await page.setViewportSize({ width: 1280, height: 900 })
    const before = await page.locator('h1').evaluate((node) => getComputedStyle(node).fontSize)
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
    const after = await page.locator('h1').evaluate((node) => getComputedStyle(node).fontSize)
    expect(Number.parseFloat(after)).toBe(2 * Number.parseFloat(before))
    await look('letters of 200 %', [...(await layoutFaults(page)), ...(await tooWide())])
    await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))
    await page.emulateMedia({ forcedColors: 'active' })
    await look('forced colors', await plainControls(page))
    await page.emulateMedia({ forcedColors: 'none', colorScheme: 'dark' })
    await look('dark', [])
    await page.emulateMedia({ colorScheme: 'light' })
    expect(found, name).toEqual([])
  }

  test('the sign-in: nothing is covered or cut, and its controls are named as they look', async () => {
    await dana.page.goto('/')
    await dana.field('Login').waitFor()
    await looksRight('sign-in')
    expect(await dana.page.locator('body').ariaSnapshot()).toMatch(
      /heading "Sign in to Acme Cloud" \[level=1\][\s\S]*textbox "Login"[\s\S]*textbox "Password"[\s\S]*button "Sign In"[\s\S]*combobox "Language"/,
    )
  })

  test('the account, with and without a second step', async () => {
    await dana.signIn(DANA)
    await dana.sees('Account')
    await dana.page.getByRole('button', { name: 'Set Up Two-Factor Authentication' }).waitFor()
    await looksRight('account, off')
    await setUp(dana, rig.clock.now)
    await looksRight('account, on')
    expect(await dana.page.locator('body').ariaSnapshot()).toMatch(
      /link "Skip[\s\S]*banner[\s\S]*button "Sign out"[\s\S]*navigation[\s\S]*link "Account"[\s\S]*main[\s\S]*heading "Account" \[level=1\][\s\S]*heading "Two-Factor Authentication On" \[level=2\][\s\S]*button "Rename Phone"[\s\S]*button "View Recovery Codes"[\s\S]*button "Disable Two-Factor Authentication"/,
    )
  })

  test.each([
    ['Overview', 'Running'],
    ['Tokens', 'New Token'],
    ['Activity', 'Activity'],
    ['Users', ALEX],
  ])('%s', async (place, content) => {
    await dana.page.setViewportSize({ width: 1280, height: 900 })
    await dana.goTo(place)
    await dana.page.getByText(content).first().waitFor()
    await looksRight(place)
    const current = dana.page.locator('nav [aria-current=page]')
    await dana.page.emulateMedia({ forcedColors: 'active' })
    const frame = (part: string) =>
      dana.page
        .locator(part)
        .first()
        .evaluate((node) => getComputedStyle(node).borderTopWidth)
    expect(await frame('nav [aria-current=page]')).not.toBe(await frame('nav a:not([aria-current])'))
    expect(await current.textContent()).toBe(place)
    await dana.page.emulateMedia({ forcedColors: 'none' })
  })

  test('the second step of a sign-in', async () => {
    rig.clock.advance({ seconds: 60 })
    await dana.signOut()
    await dana.field('Login').fill(DANA)
    await dana.field('Password').fill(PASSWORD)
    await dana.press('Sign In')
    await dana.field('Code from the app').waitFor()
    await looksRight('second step')
    expect(await dana.page.locator('body').ariaSnapshot()).toMatch(
      /heading "Two-Factor Authentication" \[level=2\][\s\S]*textbox "Code from the app"[\s\S]*button "Use a recovery code"[\s\S]*checkbox "Don’t ask again[\s\S]*button "Verify"[\s\S]*button "Use a different account"[\s\S]*combobox "Language"/,
    )
  })
})
