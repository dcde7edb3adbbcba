import { enroll } from 'countersign/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, startBackend } from './server.ts'
import { slow } from './slow.ts'
import { keepCodes, type Visitor, visit, visitorAt } from './visitor.ts'

describe.skipIf(noChromium).sequential('a setup that was begun', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  beforeEach(async () => {
    await backend?.end()
    backend = await startBackend()
    await ann?.page.context().close()
    ann = await visit(browser, backend)
    await ann.open()
    await ann.signIn()
  })
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  const pending = async () => (await backend.twoFactor.status(ANN)).pendingSetup
  /** What the picture says: the link beside it is read faster. */
  const picture = async (page: Page) => (await page.locator('.scan-here').getAttribute('href')) ?? ''
  async function begin(visitor: Visitor): Promise<string> {
    await visitor.press('Set Up Two-Factor Authentication')
    await visitor.confirm('Continue')
    const link = await picture(visitor.page)
    // Until the request is over, keys are held: Escape would do nothing.
    await expect.poll(() => visitor.page.locator('[aria-disabled="true"]').count()).toBe(0)
    return link
  }

  test('goes on with the same key after a reload', async () => {
    const before = await begin(ann)
    await ann.page.reload()
    await ann.sees('You started a setup and haven’t finished it.')
    await ann.press('Continue Setup')
    expect(await picture(ann.page)).toBe(before)
    await ann.field(ann.texts.scanProve).fill(ann.phoneOf(before).code())
    await keepCodes(ann)
    await ann.button('Disable Two-Factor Authentication').waitFor()
    expect(await ann.page.getByText(ann.texts.pendingSetup).count()).toBe(0)
  })

  test('goes on in a second tab; a picture that the other tab made stale says so and is replaced', async () => {
    const before = await begin(ann)
    const second = visitorAt(await ann.page.context().newPage(), backend)
    await second.open()
    await second.press('Continue Setup')
    expect(await picture(second.page)).toBe(before)
    await second.press('Cancel')
    await second.sees('Off')
    const fresh = await begin(second)
    expect(fresh).not.toBe(before)

    await ann.field(ann.texts.scanProve).fill(ann.phoneOf(before).code())
    await ann.sees('You started again in another window. Scan the new code and delete the old entry.')
    expect(await picture(ann.page)).toBe(fresh)
    await ann.field(ann.texts.scanProve).fill(ann.phoneOf(fresh).code())
    await keepCodes(ann)
  })

  test('an authenticator that is replaced is replaced after a reload too', async () => {
    const { phone } = await enroll(backend.twoFactor, ANN)
    await ann.signOut()
    await ann.page.reload()
    await ann.signIn()
    await ann.field('Code from the app').fill(phone.next())
    await ann.press(ann.texts.newPhone)
    await ann.confirm('Continue')
    const uri = await picture(ann.page)
    await ann.page.reload()
    await ann.press('Continue Setup')
    await ann.page.getByRole('heading', { name: ann.texts.scanTitle }).waitFor()
    await ann.field(ann.texts.scanProve).fill(ann.phoneOf(uri).code())
    await expect.poll(ann.heard).toEqual(['two-factor-changed {"change":"authenticator-replaced"}'])
  })

  test.each(['Cancel', 'Close', 'Escape'])('%s leaves nothing pending, and waits until that is so', async (way) => {
    await begin(ann)
    expect(await pending()).not.toBeNull()
    const request = await slow(ann.page, 'cancel-setup')
    if (way === 'Escape') await ann.page.keyboard.press('Escape')
    else await ann.press(way)
    await request.sent
    expect(await ann.page.getByRole('dialog').isVisible()).toBe(true)
    await request.arrive()
    await ann.page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await pending()).toBeNull()
    expect(await ann.page.getByText(ann.texts.pendingSetup).count()).toBe(0)
  })

  test('where the server cannot be told of Cancel, the settings say that it is not finished', async () => {
    await begin(ann)
    await ann.page.route('**/two-factor/cancel-setup', (route) => route.abort(), { times: 1 })
    await ann.press('Cancel')
    await ann.sees('You started a setup and haven’t finished it.')
    await ann.press('Continue Setup')
    await picture(ann.page)
    await ann.press('Cancel')
    await ann.page.getByText(ann.texts.pendingSetup).waitFor({ state: 'detached' })
    expect(await pending()).toBeNull()
  })

  test('in another browser is not shown, and says where it was begun', async () => {
    await begin(ann)
    const other = await visit(browser, backend)
    await other.open()
    await other.signIn()
    await other.press('Continue Setup')
    await other.sees('This setup was started in another browser. Finish it there, or start again.')
    expect(await other.page.locator('svg.qr').count()).toBe(0)
    await other.confirm('Continue')
    await picture(other.page)
    await other.page.context().close()
  })

  test('goes on at once in <two-factor-setup>, which is only there for that', async () => {
    await ann.open('show=setup')
    await ann.field('Password').fill('correct-horse-7')
    await ann.press('Continue')
    const before = await picture(ann.page)
    await ann.page.reload()
    expect(await picture(ann.page)).toBe(before)
    await ann.press('Cancel')
    await ann.field('Password').waitFor()
    expect(await pending()).toBeNull()
  })
})
