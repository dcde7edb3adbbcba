import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { type Backend, startBackend } from './server.ts'
import { type Manner, type Visitor, visit } from './visitor.ts'

const PORTRAIT = { width: 390, height: 664, isPhone: true }
const LANDSCAPE = { width: 844, height: 390, isPhone: true }

describe.skipIf(noChromium)('on a small screen', { timeout: 60_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  async function inSetup(manner: Manner, look: (ann: Visitor, backend: Backend) => Promise<void>): Promise<void> {
    const backend = await startBackend()
    const ann = await visit(browser, backend, manner)
    await ann.open()
    await ann.signIn()
    await ann.press('Set Up Two-Factor Authentication')
    await ann.confirm('Continue')
    await ann.field(ann.texts.scanProve).waitFor()
    await look(ann, backend)
    await leave(ann.page)
    await backend.end()
  }
  const isInSight = (what: Locator) =>
    what.evaluate((node) => {
      const { top, bottom } = node.getBoundingClientRect()
      const end = node.closest('dialog')?.getBoundingClientRect().bottom ?? innerHeight
      return top >= 0 && bottom <= Math.min(innerHeight, end) && bottom > top
    })

  test.each([
    ['390×664', PORTRAIT],
    ['844×390', LANDSCAPE],
    ['640×450, as at 200 % zoom', { width: 640, height: 450 }],
  ])(
    '%s: the setup opens at its first instruction; its error and Next are in sight where a code is typed',
    async (_, size) => {
      await inSetup(size, async (ann) => {
        const first = size === PORTRAIT || size === LANDSCAPE ? '.scan-here' : '.scan-picture p'
        expect(await isInSight(ann.page.locator('h2#step'))).toBe(true)
        expect(await isInSight(ann.page.locator(first))).toBe(true)
        const focused = await ann.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName)
        expect(focused).toBe(size === PORTRAIT ? 'INPUT' : 'H2')
        const code = ann.field(ann.texts.scanProve)
        await code.focus()
        await code.fill('000000')
        await ann.sees(ann.texts['wrong-code'])
        expect(await isInSight(ann.page.locator('.problem:not(:empty)'))).toBe(true)
        expect(await isInSight(ann.button('Next'))).toBe(true)
      })
    },
  )

  test('a phone leads with the link to its app, and has the picture for another device beneath', async () => {
    await inSetup(PORTRAIT, async (ann) => {
      const top = async (place: string) => (await ann.page.locator(place).boundingBox())?.y ?? 0
      expect(await ann.page.locator('.scan-here').getAttribute('href')).toMatch(/^otpauth:\/\/totp\//)
      expect(await top('.scan-here')).toBeLessThan(await top('.facts'))
      expect(await top('.facts')).toBeLessThan(await top('svg.qr'))
    })
  })

  test('a desktop leads with the picture, and the link stays in sight for password managers', async () => {
    await inSetup({}, async (ann) => {
      expect(await isInSight(ann.page.locator('svg.qr'))).toBe(true)
      expect(await isInSight(ann.page.locator('.scan-here'))).toBe(true)
      expect(await ann.field(ann.texts.scanProve).evaluate((input) => input.matches(':focus'))).toBe(true)
    })
  })

  test('each step says which one it is', async () => {
    await inSetup(PORTRAIT, async (ann) => {
      await ann.sees('Step 2 of 3')
      const uri = (await ann.page.locator('.scan-here').getAttribute('href')) ?? ''
      await ann.field(ann.texts.scanProve).fill(ann.phoneOf(uri).code())
      await ann.sees('Step 3 of 3')
    })
  })

  test('the person’s font size wins: everything grows with it, and nothing is cut', async () => {
    await inSetup({}, async (ann) => {
      const sizeOf = (place: string) => ann.page.locator(place).evaluate((node) => getComputedStyle(node).fontSize)
      const places = ['h2#step', '.facts dd >> nth=0', 'input#code', 'button.primary >> nth=-1']
      const before = await Promise.all(places.map(sizeOf))
      await ann.page.evaluate(() => {
        globalThis.document.documentElement.style.fontSize = '200%'
      })
      const after = await Promise.all(places.map(sizeOf))
      expect(after).toEqual(before.map((size) => `${Number.parseFloat(size) * 2}px`))
      const cut = await ann.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(cut).toBeLessThanOrEqual(0)
    })
  })
})
