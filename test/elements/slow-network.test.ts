import { enroll } from 'countersign/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, PASSWORD, SAM, startBackend } from './server.ts'
import { slow } from './slow.ts'
import { keepCodes, type Phone, scan, type Visitor, visit } from './visitor.ts'

const REVOKE = 'Revoke Chrome on Linux'

/** What was sent is held until it is answered: no control does anything, and no late answer acts on another view. */
describe.skipIf(noChromium).sequential('over a slow network', { timeout: 60_000 }, () => {
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
    await ann.open()
    await ann.signIn()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  const working = () => ann.button('Working…')
  const dialog = () => ann.page.getByRole('dialog')
  async function enter(): Promise<void> {
    await ann.field('Code from the app').fill(phone.next())
    await ann.button('Disable Two-Factor Authentication').waitFor()
  }
  /** What closes a dialog, pressed while something is on its way. */
  async function pressLeave(): Promise<void> {
    for (const name of ['Cancel', 'Close']) await ann.button(name).click({ force: true })
    expect(await dialog().isVisible()).toBe(true)
  }
  async function tryToLeave(): Promise<void> {
    await pressLeave()
    for (const key of ['Escape', 'Escape', 'Escape']) await ann.page.keyboard.press(key)
    expect(await dialog().isVisible()).toBe(true)
  }

  test('Disable cannot be canceled once it is sent, and says that it is working', async () => {
    await enter()
    await ann.press('Disable Two-Factor Authentication')
    const request = await slow(ann.page, 'disable')
    await ann.field('Password').fill(PASSWORD)
    await ann.page.keyboard.press('Enter')
    await request.sent
    await working().waitFor()
    expect(await working().isDisabled()).toBe(true)
    expect(await ann.button('Cancel').isDisabled()).toBe(true)
    expect(await ann.button('Close').isDisabled()).toBe(true)
    expect(await ann.page.locator('form').getAttribute('aria-busy')).toBe('true')
    await tryToLeave()
    await ann.field('Password').press('x')
    expect(await ann.field('Password').inputValue()).toBe(PASSWORD)
    expect(await ann.field('Password').evaluate((input) => input.matches(':focus'))).toBe(true)
    await request.arrive()
    await ann.button('Set Up Two-Factor Authentication').waitFor()
  })

  test('a setup that is on its way opens no dialog over another one', async () => {
    await enter()
    await ann.press('Add Another')
    await ann.field('Name').fill('Tablet')
    const request = await slow(ann.page, 'begin-setup')
    await ann.field('Password').fill(PASSWORD)
    await ann.page.keyboard.press('Enter')
    await request.sent
    await pressLeave()
    await request.arrive()
    await ann.page.locator('svg.qr').waitFor()
  })

  test('Escape is kept until the request is over: then it leaves what the answer shows, and nothing is pending', async () => {
    await enter()
    await ann.press('Add Another')
    await ann.field('Name').fill('Tablet')
    const request = await slow(ann.page, 'begin-setup')
    await ann.field('Password').fill(PASSWORD)
    await ann.page.keyboard.press('Enter')
    await request.sent
    await ann.page.keyboard.press('Escape')
    expect(await dialog().isVisible()).toBe(true)
    await request.arrive()
    await dialog().waitFor({ state: 'hidden' })
    await expect.poll(async () => (await backend.twoFactor.status(ANN)).pendingSetup).toBeNull()
    // It was for that dialog, and for no other.
    await ann.press('Add Another')
    await ann.field('Name').fill('Tablet')
    await ann.confirm('Continue')
    await ann.page.locator('svg.qr').waitFor()
    expect(await dialog().isVisible()).toBe(true)
  })

  test('Escape before a refusal leaves the form too', async () => {
    await enter()
    await ann.press('Disable Two-Factor Authentication')
    const request = await slow(ann.page, 'disable')
    await ann.field('Password').fill('wrong')
    await ann.page.keyboard.press('Enter')
    await request.sent
    await ann.page.keyboard.press('Escape')
    await request.arrive()
    await dialog().waitFor({ state: 'hidden' })
    expect((await backend.twoFactor.status(ANN)).enabled).toBe(true)
  })

  test('a token that is being made cannot be canceled', async () => {
    await enter()
    await ann.press('New Token')
    await ann.field('Name').fill('Backups')
    await ann.field('servers:read').check()
    const request = await slow(ann.page, 'issue-access-token')
    await ann.field('Password').fill(PASSWORD)
    await ann.page.keyboard.press('Enter')
    await request.sent
    await tryToLeave()
    await ann.field('servers:read').click({ force: true })
    expect(await ann.field('servers:read').isChecked()).toBe(true)
    await request.arrive()
    await ann.sees('Copy Your Token')
  })

  test('nor is there a way to another account while a code of the second step is on its way', async () => {
    const request = await slow(ann.page, 'complete-challenge')
    await ann.field('Code from the app').fill(phone.next())
    await request.sent
    expect(await ann.button(ann.texts.startOver).isDisabled()).toBe(true)
    await ann.button(ann.texts.startOver).click({ force: true })
    await ann.press('Use a recovery code')
    expect(await ann.heard()).toEqual([])
    await ann.field('Code from the app').waitFor()
    await request.arrive()
    await ann.button('Disable Two-Factor Authentication').waitFor()
  })

  test('the late answer of a challenge that the page replaced signs nobody in on the page', async () => {
    const request = await slow(ann.page, 'complete-challenge')
    await ann.field('Code from the app').fill(phone.next())
    await request.sent
    await ann.page.locator('two-factor-challenge').evaluate((element) => {
      Object.assign(element, { challenge: { ...Reflect.get(element, 'challenge') } })
    })
    await ann.button('Verify').waitFor()
    await ann.field('Code from the app').fill('12')
    await request.arrive()
    await ann.button('Verify').waitFor()
    expect(await ann.heard()).toEqual([])
    expect(await ann.field('Code from the app').inputValue()).toBe('12')
  })

  test('trust in a device is revoked once the server says so, and a refusal is shown where it was asked', async () => {
    await ann.field('Don’t ask again on this device for 30 days').check()
    await enter()
    await ann.press(REVOKE)
    await ann.page.route('**/two-factor/revoke-trusted-devices', (route) => route.abort(), { times: 1 })
    await dialog().getByRole('button', { name: 'Revoke' }).click()
    expect(await ann.problem()).toBe(ann.texts.offline)
    const request = await slow(ann.page, 'revoke-trusted-devices')
    await dialog().getByRole('button', { name: 'Revoke' }).click()
    await request.sent
    await tryToLeave()
    expect(await ann.heard()).toHaveLength(1)
    await request.arrive()
    await ann.sees(ann.texts.trustedNone)
    expect((await ann.heard()).at(-1)).toBe('two-factor-changed {"change":"trusted-devices-revoked"}')
  })

  test('a required setup is held at every step', async () => {
    await ann.signOut()
    await ann.page.reload()
    await ann.signIn(SAM)
    const begin = await slow(ann.page, 'begin-required-setup')
    await ann.press('Continue')
    await begin.sent
    await ann.button(ann.texts.startOver).click({ force: true })
    await begin.arrive()
    const code = (await scan(ann)).code()
    const complete = await slow(ann.page, 'complete-challenge')
    await ann.field(ann.texts.scanProve).fill(code)
    await complete.sent
    await ann.button(ann.texts.startOver).click({ force: true })
    await complete.arrive()
    await keepCodes(ann)
    await ann.sees(ann.texts.cannotDisable)
    expect((await ann.heard()).map((event) => event.split(' ')[0])).toEqual(['two-factor-signed-in'])
  })
})
