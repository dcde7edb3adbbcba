import { virtualAuthenticator } from 'countersign/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import { expect } from 'vitest'
import { PASSWORD } from './accounts.ts'
import type { Dashboard } from './serve.ts'

/** A person at a browser of their own. */
export interface Visitor {
  page: Page
  /** What is wrong with a field, in words. */
  error(): Promise<string>
  field(label: string): Locator
  press(button: string): Promise<void>
  goTo(place: string): Promise<void>
  /** Login and password; what comes next depends on the account. */
  signIn(login: string, password?: string): Promise<void>
  signOut(): Promise<void>
  /** At the second step: a code from the app, sent as soon as it is there. */
  typeCode(code: string): Promise<void>
  /** At the second step: a recovery code. */
  typeRecoveryCode(code: string): Promise<void>
  /** The password pop-up, and on with the named button. */
  confirm(button: string, password?: string): Promise<void>
  /** Waits until the page or dialog has this heading. */
  sees(heading: string): Promise<void>
  /** Waits until the account page says how many recovery codes are left. */
  hasCodesLeft(count: number): Promise<void>
}

export async function visit(browser: Browser, dashboard: Dashboard, locale = 'en-US'): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: dashboard.url,
    locale,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => {
    throw error
  })
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted Type/i.test(message.text())) throw new Error(message.text())
  })
  const field = (label: string) => page.getByLabel(label, { exact: true })
  const press = (button: string) => page.getByRole('button', { name: button, exact: true }).click()
  const visitor: Visitor = {
    page,
    field,
    press,
    error: async () => (await page.locator('.problem:not(:empty)').textContent())?.trim() ?? '',
    goTo: (place) => page.getByRole('link', { name: place, exact: true }).click(),
    async signIn(login, password = PASSWORD) {
      await page.goto('/')
      await field('Login').fill(login)
      await field('Password').fill(password)
      await press('Sign In')
    },
    async signOut() {
      await press('Sign out')
      await field('Login').waitFor()
    },
    typeCode: (code) => field('Code from the app').fill(code),
    async typeRecoveryCode(code) {
      await press('Use a recovery code')
      await field('Recovery code').fill(code)
      await press('Verify')
    },
    async confirm(button, password = PASSWORD) {
      await field('Password').fill(password)
      await page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click()
    },
    async sees(heading) {
      await page.getByRole('heading', { name: heading }).first().waitFor()
    },
    async hasCodesLeft(count) {
      // The numbers are set apart, for languages that run the other way.
      await page.getByText(new RegExp(`^\\W?${count}\\W? of \\W?10\\W? left$`)).waitFor()
    },
  }
  return visitor
}

/** Takes a picture of the QR code as it is on the screen, and reads it as a phone would. */
export async function readQr(page: Page): Promise<string> {
  const picture = await page.locator('.qr').screenshot()
  const { width, height, pixels } = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const drawing = canvas.getContext('2d')
    drawing?.drawImage(bitmap, 0, 0)
    const data = drawing?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? []
    return { width: bitmap.width, height: bitmap.height, pixels: Array.from(data) }
  }, picture.toString('base64'))
  return decodeQR({ width, height, data: Uint8Array.from(pixels) })
}

export type Phone = ReturnType<typeof virtualAuthenticator>

/** From the key as it is shown for typing, to an authenticator whose first code the page has taken. */
export async function scan({ page, field }: Visitor, now: () => number): Promise<Phone> {
  const secret = (await page.locator('.secret').textContent())?.replaceAll(' ', '').trim()
  const phone = virtualAuthenticator(`otpauth://totp/phone?secret=${secret}`, { now })
  await field('Enter the code from the app').fill(phone.code())
  return phone
}

/** Sets two-factor authentication up on the account page. */
export async function setUp(
  visitor: Visitor,
  now: () => number,
  password = PASSWORD,
): Promise<{ phone: Phone; recoveryCodes: string[] }> {
  await visitor.press('Set Up Two-Factor Authentication')
  await visitor.confirm('Continue', password)
  const phone = await scan(visitor, now)
  await visitor.sees('Save Your Recovery Codes')
  const recoveryCodes = await shownCodes(visitor.page)
  await visitor.field('I’ve saved the data').check()
  await visitor.press('Done')
  await visitor.hasCodesLeft(10)
  expect(recoveryCodes).toHaveLength(10)
  return { phone, recoveryCodes }
}

export function shownCodes(page: Page): Promise<string[]> {
  return page.locator('.code-list code').allInnerTexts()
}

/** Types wrong codes at the second step until the page makes the person wait. */
export async function guessWrong({ page, field }: Visitor): Promise<void> {
  const waiting = page.getByRole('button', { name: /^Try again in / })
  for (let guess = 0; guess < 10 && !(await waiting.isVisible()); guess++) {
    await field('Code from the app').fill(`00000${guess}`)
    await page.locator('form[aria-busy=false]').waitFor()
  }
  await waiting.waitFor()
}
