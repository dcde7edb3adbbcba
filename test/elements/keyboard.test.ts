import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, PASSWORD, startBackend } from './server.ts'
import { type Phone, scan, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium).sequential('the elements by keyboard alone', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  let phone: Phone

  beforeAll(async () => {
    browser = await launchChromium()
    backend = await startBackend()
    ann = await visit(browser, backend)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  const press = (key: string) => ann.page.keyboard.press(key)
  const type = (text: string) => ann.page.keyboard.type(text)
  const focused = () =>
    ann.page.evaluate(() => {
      const active = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement
      return active?.textContent?.trim().replaceAll(/\s+/g, ' ') || active?.id || active?.getAttribute('name')
    })
  const hasFocus = (name: string) => expect.poll(focused).toBe(name)
  async function tabTo(button: string): Promise<void> {
    for (let tabs = 0; tabs < 40 && (await focused()) !== button; tabs++) await press('Tab')
    expect(await focused()).toBe(button)
  }

  test('setup: the focus is always where the work is [CS-PAGE-02]', async () => {
    await ann.open()
    await ann.field('Login').waitFor()
    await type(ANN)
    await press('Tab')
    await type(PASSWORD)
    await press('Enter')
    await ann.sees('Off')
    await tabTo('Set Up Two-Factor Authentication')
    await press('Enter')
    await hasFocus('password')
    await type(PASSWORD)
    await press('Enter')
    phone = await scan(ann)
    await hasFocus('code')
    await type(phone.code())
    await hasFocus('Download')
    await press('Tab')
    await press('Tab')
    await press('Tab')
    await press('Space')
    expect(await ann.field('I’ve saved the data').isChecked()).toBe(true)
    await press('Tab')
    await press('Enter')
    // The button that opened the dialog is gone.
    await hasFocus('Two-Factor Authentication On')
  })

  test('Escape closes a dialog, and the focus goes back to the button that opened it', async () => {
    await tabTo('View Recovery Codes')
    await press('Enter')
    await hasFocus('password')
    await press('Escape')
    await hasFocus('View Recovery Codes')
    await tabTo('Rename Phone')
    await press('Enter')
    await hasFocus('name')
    await type('My phone')
    await press('Enter')
    await hasFocus('Rename My phone')
  })

  test('a dialog keeps the focus', async () => {
    await tabTo('Disable Two-Factor Authentication')
    await press('Enter')
    await hasFocus('password')
    for (let tabs = 0; tabs < 12; tabs++) {
      await press('Tab')
      const isOutside = await ann.page.evaluate(() => {
        const active = document.activeElement?.shadowRoot?.activeElement
        return active ? !active.closest('dialog') : document.activeElement !== document.body
      })
      expect(isOutside).toBe(false)
    }
    await press('Escape')
    await hasFocus('Disable Two-Factor Authentication')
  })

  test('an access token, from the button to the list', async () => {
    await tabTo('New Token')
    await press('Enter')
    await hasFocus('name')
    await type('Backups')
    await press('Tab')
    await press('Space')
    for (const key of ['Tab', 'Tab', 'Tab', 'ArrowDown', 'Tab']) await press(key)
    await type(PASSWORD)
    await press('Enter')
    await hasFocus('Copy')
    await tabTo('Done')
    await press('Enter')
    await hasFocus('New Token')
    await ann.button('Revoke Backups').waitFor()
  })

  test('the second step of a sign-in', async () => {
    await ann.signOut()
    await ann.page.reload()
    await ann.field('Login').waitFor()
    await type(ANN)
    await press('Tab')
    await type(PASSWORD)
    await press('Enter')
    await hasFocus('code')
    await press('Tab')
    await press('Enter')
    await hasFocus('code')
    await ann.field('Recovery code').waitFor()
    await press('Tab')
    await press('Enter')
    await ann.field('Code from the app').waitFor()
    backend.clock.advance({ seconds: 30 })
    await type(phone.code())
    await ann.sees('Signing in takes a second step.')
    expect(ann.faults).toEqual([])
  })
})
