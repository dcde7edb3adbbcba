import { virtualAuthenticator } from 'countersign/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import { expect } from 'vitest'
import { en } from '../../src/elements/texts/en.ts'
import type { Texts } from '../../src/elements/texts/words.ts'
import { ANN, type Backend, PASSWORD } from './server.ts'

export type Phone = ReturnType<typeof virtualAuthenticator>

/** A person at a browser of their own. */
export interface Visitor {
  page: Page
  backend: Backend
  texts: Texts
  /** What the browser complained of: the page's policy, scripts, the console. */
  faults: string[]
  /** An app that has scanned this. */
  phoneOf(uri: string): Phone
  /** What the page heard from the elements: `type {detail}`. */
  heard(): Promise<string[]>
  field(label: string): Locator
  button(name: string | RegExp): Locator
  press(name: string | RegExp): Promise<void>
  sees(text: string): Promise<void>
  problem(): Promise<string>
  open(query?: string): Promise<void>
  signIn(login?: string): Promise<void>
  /** The session is over, as if the person had signed out somewhere else. */
  signOut(): Promise<void>
  /** The password pop-up, and on with the named button. */
  confirm(button: string, password?: string): Promise<void>
}

export interface Manner {
  lang?: 'en' | 'de' | 'ar'
  texts?: Texts
  width?: number
  height?: number
  /** A phone: its finger is what points. */
  isPhone?: boolean
  colorScheme?: 'light' | 'dark'
}

export async function visit(browser: Browser, backend: Backend, manner: Manner = {}): Promise<Visitor> {
  const { lang = 'en', texts = en, width = 1280, height = 900, isPhone = false, colorScheme = 'light' } = manner
  const context = await browser.newContext({
    baseURL: backend.url,
    reducedMotion: 'reduce',
    colorScheme,
    viewport: { width, height },
    hasTouch: isPhone,
    isMobile: isPhone,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  return visitorAt(await context.newPage(), backend, { lang, texts })
}

/** The same person in one more tab. */
export function visitorAt(page: Page, backend: Backend, { lang = 'en', texts = en }: Manner = {}): Visitor {
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // A refusal is an answer with an error's status, which the browser notes by itself; as it notes a lost network.
    const isAnswer = /^Failed to load resource.*(status of 4\d\d|ERR_FAILED)/.test(message.text())
    if (message.type() !== 'log' && !isAnswer) faults.push(message.text())
  })
  const field = (label: string) => page.getByLabel(label, { exact: true })
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const visitor: Visitor = {
    page,
    backend,
    texts,
    faults,
    field,
    button,
    phoneOf: (uri) => virtualAuthenticator(uri, { now: backend.clock.now }),
    heard: async () => (await page.locator('html').getAttribute('data-heard'))?.split('\n').filter(Boolean) ?? [],
    press: (name) => button(name).click(),
    sees: (text) => page.getByText(text).first().waitFor(),
    problem: async () => (await page.locator('.problem:not(:empty)').textContent())?.trim() ?? '',
    open: async (query = '') => {
      await page.goto(`/?lang=${lang}&${query}`)
    },
    async signIn(login = ANN) {
      await field('Login').fill(login)
      await field('Password').fill(PASSWORD)
      await visitor.press('Sign In')
    },
    async signOut() {
      await page.request.post('/sign-out')
    },
    async confirm(name, password = PASSWORD) {
      await field(texts.password).fill(password)
      await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
    },
  }
  return visitor
}

/** Takes a picture of the QR code as it is on the screen, and reads it as a phone would. */
export async function readQr(page: Page): Promise<string> {
  const picture = await page.locator('svg.qr').screenshot()
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

/** From the picture on the screen to an authenticator app. */
export async function scan({ page, backend }: Visitor): Promise<Phone> {
  await page.locator('svg.qr').waitFor()
  return virtualAuthenticator(await readQr(page), { now: backend.clock.now })
}

export function shownCodes(page: Page): Promise<string[]> {
  return page.locator('.code-list code').allInnerTexts()
}

/** Keeps the recovery codes that are shown, and goes on. */
export async function keepCodes(visitor: Visitor): Promise<string[]> {
  await visitor.page.locator('.code-list').waitFor()
  const codes = await shownCodes(visitor.page)
  await visitor.field(visitor.texts.codesSaved).check()
  await visitor.press(visitor.texts.done)
  expect(codes).toHaveLength(10)
  return codes
}

/** Sets two-factor authentication up in the settings. */
export async function setUp(visitor: Visitor): Promise<{ phone: Phone; recoveryCodes: string[] }> {
  const { texts, press, confirm, field } = visitor
  await press(texts.setUpTitle)
  await confirm(texts.continue)
  const phone = await scan(visitor)
  await field(texts.scanProve).fill(phone.code())
  const recoveryCodes = await keepCodes(visitor)
  await visitor.sees(texts.authenticators)
  return { phone, recoveryCodes }
}
