import { enroll } from 'countersign/testing'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, PASSWORD, startBackend } from './server.ts'
import { keepCodes, type Phone, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium)('notices stay until they are done, with what to do', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  let phone: Phone
  let recoveryCodes: string[]
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  beforeEach(async () => {
    backend = await startBackend()
    ann = await visit(browser, backend)
    ;({ phone, recoveryCodes } = await enroll(backend.twoFactor, ANN))
    await ann.open('not-me=/not-me')
  })
  afterEach(async () => {
    await leave(ann.page)
    await backend.end()
  })
  afterAll(() => browser?.close())

  const notice = (words: string | RegExp) => ann.page.locator('.notice', { hasText: words })
  async function enter(): Promise<void> {
    await ann.signIn()
    await ann.field('Code from the app').fill(phone.next())
    await ann.button('Add Another').waitFor()
  }
  /** What a browser tells a page whose tab the person comes back to. */
  const comeBack = () => ann.page.evaluate(() => globalThis.document.dispatchEvent(new Event('visibilitychange')))

  test('after a recovery code: when, and the way to a new phone; until the app is used again', async () => {
    backend.clock.advance({ seconds: 60 })
    await ann.signIn()
    await ann.press('Use a recovery code')
    await ann.field('Recovery code').fill(recoveryCodes[0] ?? '')
    await ann.press('Verify')
    const words = /You signed in with a recovery code on .+ UTC\. If you lost your phone or passkey, set up a new one\./
    await notice(words).getByRole('button', { name: 'Move to a New Phone' }).waitFor()
    await ann.page.reload()
    await notice(words).waitFor()
    backend.clock.advance({ seconds: 60 })
    await backend.twoFactor.verify(ANN, { code: phone.next() })
    await comeBack()
    await notice(words).waitFor({ state: 'detached' })
  })

  test('few recovery codes left, from three on: how many, and the way to new ones', async () => {
    for (const code of recoveryCodes.slice(0, 6)) await backend.twoFactor.verify(ANN, { code })
    await enter()
    expect(await notice(/recovery codes left/).count()).toBe(0)
    await backend.twoFactor.verify(ANN, { code: recoveryCodes[6] ?? '' })
    await comeBack()
    await notice(/.?3.? recovery codes left\./)
      .getByRole('button', { name: 'Generate New Recovery Codes' })
      .click()
    await ann.confirm('Generate')
    await keepCodes(ann)
    await notice(/recovery codes left/).waitFor({ state: 'detached' })
  })

  test('what changed in another tab is there once the person comes back', async () => {
    await enter()
    await ann.page.getByText('You have none.').waitFor()
    const [{ id = '' } = {}] = (await backend.twoFactor.status(ANN)).authenticators
    await backend.twoFactor.renameAuthenticator(ANN, { id, name: 'Renamed elsewhere' })
    await backend.tokens.issue(ANN, { proof: { password: PASSWORD }, name: 'Nightly', scopes: ['servers:read'] })
    await comeBack()
    await ann.sees('Renamed elsewhere')
    await ann.button('Revoke Nightly').waitFor()
    // What somebody named is not for the browser to translate, as its own words are.
    for (const name of ['Renamed elsewhere', 'Nightly', 'servers:read'])
      expect(await ann.page.getByText(name, { exact: true }).first().getAttribute('translate'), name).toBe('no')
    await ann.press('New Token')
    expect(await ann.page.locator('.checks').getByText('servers:read').getAttribute('translate')).toBe('no')
  })

  test('and where the server cannot be asked, it says that this may be out of date', async () => {
    await enter()
    await ann.page.route('**/two-factor/**', (route) => route.abort())
    await comeBack()
    const stale = ann.page.locator('two-factor-settings .notice', { hasText: 'This may be out of date.' })
    await stale.waitFor()
    await ann.page.unroute('**/two-factor/**')
    await stale.getByRole('button').click()
    await stale.waitFor({ state: 'detached' })
  })

  test('somebody who was signed out elsewhere sees neither the old data nor a button to set it up', async () => {
    await enter()
    await ann.signOut()
    await comeBack()
    await ann.page.locator('two-factor-settings').getByText('You are signed out. Sign in again.').waitFor()
    expect(await ann.button('Add Another').count()).toBe(0)
    expect(await ann.button('Set Up Two-Factor Authentication').count()).toBe(0)
    expect(await ann.page.getByText('This may be out of date.').count()).toBe(0)
    expect((await ann.heard()).at(-1)).toBe('two-factor-signed-out {}')
  })

  test('“This wasn’t me” leads to the host’s page', async () => {
    await enter()
    expect(await ann.page.getByRole('link', { name: 'This wasn’t me' }).first().getAttribute('href')).toBe('/not-me')
  })

  test('every screen of the second step has a way out: the host’s own words in place of ours', async () => {
    await ann.signIn()
    await ann.sees('Can’t use any of these? Contact support.')
    await ann.page.locator('two-factor-challenge').evaluate((element) => {
      const help = globalThis.document.createElement('a')
      Object.assign(help, { slot: 'help', href: '/help', textContent: 'Call 555-0100' })
      element.append(help)
    })
    await ann.page.getByRole('link', { name: 'Call 555-0100' }).waitFor()
    expect(await ann.page.getByText(ann.texts.helpLost).isVisible()).toBe(false)
  })
})
