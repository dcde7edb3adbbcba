import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, PASSWORD } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { scan, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium).sequential('by keyboard alone', { timeout: 120_000 }, () => {
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

  const press = (key: string) => alex.page.keyboard.press(key)
  const type = (text: string) => alex.page.keyboard.type(text)
  /** The words or the id of what has the focus, be it in an element's shadow. */
  const focused = () =>
    alex.page.evaluate(() => {
      let active = document.activeElement
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
      return active?.textContent?.trim() || active?.id
    })
  async function tabTo(button: string): Promise<void> {
    for (let tabs = 0; tabs < 40 && (await focused()) !== button; tabs++) await press('Tab')
    expect(await focused()).toBe(button)
  }

  test('a person signs in and sets up two-factor authentication; the focus is always where the work is [CS-PAGE-08]', async () => {
    await alex.page.goto('/')
    await alex.field('Login').waitFor()
    await type(ALEX)
    await press('Tab')
    await type(PASSWORD)
    await press('Enter')
    await alex.sees('Two-Factor Authentication')
    expect(await focused()).toBe('Account')

    await tabTo('Set Up Two-Factor Authentication')
    await press('Enter')
    await type(PASSWORD)
    await press('Enter')
    await scan(alex, rig.clock.now)
    await alex.sees('Save Your Recovery Codes')
    expect(await focused()).toBe('Download')
    for (const _ of ['Copy', 'Print', 'I’ve saved the data']) await press('Tab')
    await press('Space')
    expect(await alex.field('I’ve saved the data').isChecked()).toBe(true)
    await press('Tab')
    await press('Enter')
    await alex.hasCodesLeft(10)
    expect(await focused()).toContain('Two-Factor Authentication')
  })

  test('Escape closes a dialog, and the focus goes back to the button that opened it', async () => {
    await tabTo('View Recovery Codes')
    await press('Enter')
    await alex.page.getByRole('dialog').waitFor()
    await press('Escape')
    await alex.page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await focused()).toBe('View Recovery Codes')
  })
})
