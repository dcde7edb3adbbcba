import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, EVE, startBackend } from './server.ts'
import { slow } from './slow.ts'
import { setUp, type Visitor, visit } from './visitor.ts'

/** That every control looks like one is looked at in each state: `every-state.test.ts`. */
describe.skipIf(noChromium)('with the colors that the person’s system forces', { timeout: 120_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  beforeAll(async () => {
    browser = await launchChromium()
    backend = await startBackend()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  async function signedIn(login = ANN): Promise<void> {
    ann = await visit(browser, backend)
    await ann.page.emulateMedia({ forcedColors: 'active' })
    await ann.open()
    await ann.signIn(login)
  }

  test('what has the focus is framed: each control that Tab reaches looks other than before', async () => {
    await signedIn()
    await setUp(ann)
    const same: string[] = []
    let count = 0
    for (let tabs = 0; tabs < 12; tabs++) {
      await ann.page.keyboard.press('Tab')
      const focused = await focusedControl(ann.page)
      // After the last control comes the browser's own bar.
      if (await focused.evaluate((node) => node === document.body)) break
      count += 1
      const place = await focused.boundingBox()
      if (!place) throw new Error('The focus is nowhere')
      const clip = { x: place.x - 4, y: place.y - 4, width: place.width + 8, height: place.height + 8 }
      const withFocus = await ann.page.screenshot({ clip })
      await focused.evaluate((node: HTMLElement) => node.blur())
      const without = await ann.page.screenshot({ clip })
      if (withFocus.equals(without)) same.push((await focused.textContent()) ?? '')
      await focused.evaluate((node: HTMLElement) =>
        node.focus({ focusVisible: true, preventScroll: true } as FocusOptions),
      )
    }
    expect(same).toEqual([])
    expect(count).toBeGreaterThanOrEqual(6)
  })

  test('busy shows: the spinner keeps its gap, and what is held is fainter than what is not', async () => {
    await signedIn(EVE)
    await ann.press('Set Up Two-Factor Authentication')
    const cancel = ann.button('Cancel')
    const free = await opacityOf(cancel)
    const request = await slow(ann.page, 'begin-setup')
    await ann.confirm('Continue')
    await request.sent
    await ann.button('Working…').waitFor()
    const [gap, ring] = await ann.page
      .locator('.spinner')
      .evaluate((node) => [getComputedStyle(node).borderInlineEndColor, getComputedStyle(node).borderTopColor])
    expect(gap).toBe('rgba(0, 0, 0, 0)')
    expect(ring).not.toBe(gap)
    expect(await opacityOf(cancel)).toBeLessThan(free)
    await request.arrive()
  })

  test('a chosen box looks other than one that is not, and a closed button other than an open one', async () => {
    await signedIn(EVE)
    await ann.press('New Token')
    const [first, second] = [ann.field('servers:read'), ann.field('servers:write')]
    await first.check()
    await ann.field('Name').focus()
    expect((await first.screenshot()).equals(await second.screenshot())).toBe(false)
    await ann.press('Cancel')
    await ann.open('show=codes')
    const done = ann.button('Done')
    const closed = await done.evaluate((node) => getComputedStyle(node).color)
    await ann.field(ann.texts.codesSaved).check()
    expect(await done.evaluate((node) => getComputedStyle(node).color)).not.toBe(closed)
  })
})

const opacityOf = (control: Locator) => control.evaluate((node) => Number(getComputedStyle(node).opacity))

async function focusedControl(page: Page): Promise<Locator> {
  await page.evaluate(() => {
    const roots: (Document | ShadowRoot)[] = [document]
    for (const root of roots) {
      for (const node of root.querySelectorAll('*')) {
        node.removeAttribute('data-focused')
        if (node.shadowRoot) roots.push(node.shadowRoot)
      }
    }
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    active?.setAttribute('data-focused', '')
  })
  return page.locator('[data-focused]')
}
