import { enroll } from 'countersign/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, PASSWORD, startBackend } from './server.ts'
import { type Phone, type Visitor, visit } from './visitor.ts'

const UNKNOWN = 'The server took too long, so we can’t tell whether it was done. This page shows the current state.'

/** The page does not know whether the server acted: it says so, and shows the current state. */
describe.skipIf(noChromium).sequential('where no answer comes', { timeout: 120_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  let phone: Phone
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  beforeEach(async () => {
    await backend?.end()
    backend = await startBackend()
    phone = (await enroll(backend.twoFactor, ANN)).phone
    if (ann) await leave(ann.page)
    ann = await visit(browser, backend)
    await ann.page.clock.install()
    await ann.open()
    await ann.signIn()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  async function enter(): Promise<void> {
    await ann.field('Code from the app').fill(phone.next())
    await ann.button('Disable Two-Factor Authentication').waitFor()
  }
  /** Of the next request of this operation; `acts`: the server hears of it. */
  async function loseAnswer(operation: string, acts: boolean): Promise<() => Promise<void>> {
    let lost = () => {}
    const isLost = new Promise<void>((resolve) => {
      lost = resolve
    })
    const handle = async (route: { fetch(): Promise<unknown> }) => {
      if (acts) await route.fetch()
      lost()
    }
    await ann.page.route(`**/two-factor/${operation}`, handle, { times: 1 })
    return async () => {
      await isLost
      await ann.page.clock.fastForward(30_000)
    }
  }
  async function disable(acts: boolean): Promise<void> {
    await enter()
    await ann.press('Disable Two-Factor Authentication')
    const giveUp = await loseAnswer('disable', acts)
    await ann.field('Password').fill(PASSWORD)
    await ann.page.keyboard.press('Enter')
    await giveUp()
    await ann.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await ann.sees(UNKNOWN)
  }

  test('the settings show that it was done', async () => {
    await disable(true)
    await ann.button('Set Up Two-Factor Authentication').waitFor()
    expect(await ann.page.locator('.notice.warn').allTextContents()).toEqual([UNKNOWN])
    expect(await ann.page.getByRole('status').allTextContents()).toContain(UNKNOWN)
    expect(await ann.heard()).toHaveLength(1)
  })

  test('or that it was not, and it can be done again', async () => {
    await disable(false)
    await ann.press('Disable Two-Factor Authentication')
    await ann.confirm('Disable')
    await ann.button('Set Up Two-Factor Authentication').waitFor()
    expect(await ann.page.getByText(UNKNOWN).count()).toBe(0)
  })

  test('the list shows a token whose answer was lost', async () => {
    await enter()
    await ann.press('New Token')
    await ann.field('Name').fill('Backups')
    await ann.field('servers:read').check()
    const giveUp = await loseAnswer('issue-access-token', true)
    await ann.field('Password').fill(PASSWORD)
    await ann.page.keyboard.press('Enter')
    await giveUp()
    await ann.sees(UNKNOWN)
    await ann.button('Revoke Backups').waitFor()
  })

  test('<two-factor-setup> says so above what there is to do now', async () => {
    await enter()
    await ann.open('show=setup')
    await ann.field('Name').fill('Tablet')
    await ann.field('Password').fill(PASSWORD)
    const giveUp = await loseAnswer('begin-setup', false)
    await ann.press('Continue')
    await giveUp()
    await ann.sees(UNKNOWN)
    await ann.field('Name').fill('Tablet')
    await ann.field('Password').fill(PASSWORD)
    await ann.press('Continue')
    await ann.page.locator('svg.qr').waitFor()
  })

  test('the second step asks again, and knows a sign-in that was completed', async () => {
    const code = phone.next()
    const giveUp = await loseAnswer('complete-challenge', true)
    await ann.field('Code from the app').fill(code)
    await giveUp()
    await expect.poll(ann.problem).toBe('The server took too long. Try again.')
    expect(await ann.heard()).toEqual([])
    await ann.press('Verify')
    await ann.press('Start Over')
    expect((await ann.heard()).join()).toMatch(
      /^two-factor-start-over {"reason":"(challenge-used|sign-in-cookie-missing)"}$/,
    )
  })

  test('what was there stays, and says that it may be out of date', async () => {
    await enter()
    const giveUp = await loseAnswer('status', false)
    await ann.page
      .locator('two-factor-settings')
      .evaluate((settings) => Reflect.get(settings, 'refresh').call(settings))
    await giveUp()
    await ann.sees('This may be out of date. The server took too long. Try again.')
    await ann.press('Try Again')
    await ann.page.getByText('This may be out of date.').waitFor({ state: 'detached' })
  })
})
