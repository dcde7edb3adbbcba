import { enroll } from 'countersign/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, SAM, startBackend } from './server.ts'
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
    if (ann) await leave(ann.page)
    ann = await visit(browser, backend)
    await ann.open()
    await ann.signIn()
  }, 60_000)
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
    return picture(visitor.page)
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

  /** The person turns to this tab again. */
  const comeBack = ({ page }: Visitor) =>
    page.evaluate(() => globalThis.document.dispatchEvent(new Event('visibilitychange')))

  test('a stale picture is replaced as soon as its tab is looked at again; one that is good stays, with what was typed', async () => {
    const before = await begin(ann)
    await ann.field(ann.texts.scanProve).fill('12')
    const [asked] = await Promise.all([ann.page.waitForResponse('**/two-factor/resume-setup'), comeBack(ann)])
    await asked.finished()
    expect(await picture(ann.page)).toBe(before)
    expect(await ann.field(ann.texts.scanProve).inputValue()).toBe('12')

    const second = visitorAt(await ann.page.context().newPage(), backend)
    await second.open('show=setup')
    await second.press('Cancel')
    await second.field('Password').fill('correct-horse-7')
    await second.press('Continue')
    const fresh = await picture(second.page)
    await comeBack(ann)
    await ann.sees('You started again in another window. Scan the new code and delete the old entry.')
    expect(await picture(ann.page)).toBe(fresh)
    expect(await ann.field(ann.texts.scanProve).inputValue()).toBe('')

    await second.press('Cancel')
    await second.field('Password').waitFor()
    await comeBack(ann)
    await ann.sees('This setup has ended. Start again to get a new key.')
  })

  test('coming back while the server cannot be asked leaves the picture as it is', async () => {
    const before = await begin(ann)
    await ann.page.route('**/two-factor/resume-setup', (route) => route.abort(), { times: 1 })
    await Promise.all([ann.page.waitForEvent('requestfailed'), comeBack(ann)])
    await ann.page.keyboard.press('Tab')
    expect(await picture(ann.page)).toBe(before)
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
    await leave(other.page)
  })

  describe('that a sign-in requires', () => {
    let sam: Visitor
    beforeEach(async () => {
      sam = await visit(browser, backend)
      await sam.open()
      await sam.signIn(SAM)
      await sam.press('Continue')
    }, 60_000)
    afterEach(() => leave(sam.page))

    /** The page reloads, and goes on with the answer that it kept; this page keeps none. */
    async function reload(visitor: Visitor): Promise<void> {
      const challenge = await visitor.page
        .locator('two-factor-challenge')
        .evaluate((element) => Reflect.get(element, 'challenge'))
      await visitor.page.reload()
      await visitor.field('Login').waitFor()
      await visitor.page.evaluate((kept) => {
        const element = Object.assign(globalThis.document.createElement('two-factor-challenge'), { challenge: kept })
        globalThis.document.querySelector('main')?.replaceChildren(element)
      }, challenge)
    }

    test('goes on with the same key after a reload, and signs in with it', async () => {
      const before = await picture(sam.page)
      await reload(sam)
      expect(await picture(sam.page)).toBe(before)
      await sam.field(sam.texts.scanProve).fill(sam.phoneOf(before).code())
      await keepCodes(sam)
      await expect.poll(async () => (await sam.heard())[0]).toMatch(/^two-factor-signed-in/)
      expect((await backend.twoFactor.status(SAM)).enabled).toBe(true)
    })

    test('goes on with the same key after the person has signed in again, as in a second tab', async () => {
      const before = await picture(sam.page)
      await sam.press(sam.texts.startOver)
      expect(await sam.heard()).toEqual(['two-factor-start-over {"reason":"canceled"}'])
      await sam.signIn(SAM)
      expect(await picture(sam.page)).toBe(before)
    })

    test('is begun anew where another browser began since: the old picture says that it has ended', async () => {
      const before = await picture(sam.page)
      const other = await visit(browser, backend)
      await other.open()
      await other.signIn(SAM)
      await other.press('Continue')
      expect(await picture(other.page)).not.toBe(before)
      await leave(other.page)

      await comeBack(sam)
      await sam.sees('This setup has ended. Start again to get a new key.')
      await sam.press('Continue')
      const fresh = await picture(sam.page)
      expect(fresh).not.toBe(before)
      await sam.field(sam.texts.scanProve).fill(sam.phoneOf(fresh).code())
      await keepCodes(sam)
    })

    test('that the other tab began again is replaced where a code of the old picture is sent', async () => {
      const before = await picture(sam.page)
      const challengeToken = await sam.page
        .locator('two-factor-challenge')
        .evaluate((element) => Reflect.get(element, 'challenge').challengeToken)
      await sam.page.evaluate(async (token) => {
        const headers = { 'Content-Type': 'application/json' }
        await fetch('/two-factor/begin-required-setup', {
          method: 'POST',
          headers,
          body: JSON.stringify({ challengeToken: token }),
        })
      }, challengeToken)
      await sam.field(sam.texts.scanProve).fill(sam.phoneOf(before).code())
      await expect.poll(() => picture(sam.page)).not.toBe(before)
      await sam.sees('You started again in another window. Scan the new code and delete the old entry.')
      await sam.field(sam.texts.scanProve).fill(sam.phoneOf(await picture(sam.page)).code())
      await keepCodes(sam)
    })
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
