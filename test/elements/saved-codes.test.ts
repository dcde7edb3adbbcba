import { enroll } from 'countersign/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { ANN, type Backend, SAM, startBackend } from './server.ts'
import { slow } from './slow.ts'
import { keepCodes, scan, shownCodes, type Visitor, visit } from './visitor.ts'

const UNSAVED = 'You haven’t saved these recovery codes. You need one if you lose your phone or passkey.'

describe.skipIf(noChromium).sequential('“I’ve saved the data” is known to the server', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  /** Kinds of dialogs that the browser itself has shown. */
  let asked: string[]
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  beforeEach(async () => {
    await backend?.end()
    backend = await startBackend()
    if (ann) await leave(ann.page)
    ann = await visit(browser, backend)
    asked = []
    ann.page.on('dialog', async (dialog) => {
      asked.push(dialog.type())
      await dialog.accept()
    })
    await ann.open()
  })
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  const savedAtMs = async (user = ANN) => (await backend.twoFactor.status(user)).recoveryCodes.savedAtMs
  async function showNewCodes(): Promise<void> {
    await ann.press('Set Up Two-Factor Authentication')
    await ann.confirm('Continue')
    await ann.field(ann.texts.scanProve).fill((await scan(ann)).code())
    await ann.page.locator('.code-list').waitFor()
  }

  test('Done waits until the server knows it, and then nothing is left to say', async () => {
    await ann.signIn()
    await showNewCodes()
    await ann.field(ann.texts.codesSaved).check()
    const request = await slow(ann.page, 'mark-recovery-codes-saved')
    await ann.press('Done')
    await request.sent
    await ann.button('Working…').waitFor()
    expect(await savedAtMs()).toBeNull()
    await request.arrive()
    await ann.button('View Recovery Codes').waitFor()
    expect(await savedAtMs()).not.toBeNull()
    expect(await ann.page.getByText(UNSAVED).count()).toBe(0)
    await ann.page.reload()
    await ann.button('View Recovery Codes').waitFor()
    expect(asked).toEqual([])
  })

  test('whoever reloads before is asked first; afterwards the settings say it, with a way to the same codes', async () => {
    await ann.signIn()
    await showNewCodes()
    const codes = await shownCodes(ann.page)
    await ann.page.reload()
    expect(asked).toEqual(['beforeunload'])
    await ann.sees(UNSAVED)
    await ann.press('View Codes')
    await ann.confirm('View Codes')
    await ann.page.locator('.code-list').waitFor()
    await ann.page.getByRole('dialog', { name: 'Recovery Codes', exact: true }).waitFor()
    expect(await shownCodes(ann.page)).toEqual(codes)
    expect(await ann.button('Done').isDisabled()).toBe(true)
    await keepCodes(ann)
    await ann.page.getByText(UNSAVED).waitFor({ state: 'detached' })
    expect(await savedAtMs()).not.toBeNull()
  })

  test('where the server could not be told, the settings go on saying it', async () => {
    await ann.signIn()
    await showNewCodes()
    await ann.page.route('**/two-factor/mark-recovery-codes-saved', (route) => route.abort())
    await keepCodes(ann)
    await ann.sees(UNSAVED)
  })

  test('the same in a setup that is required at sign-in', async () => {
    await ann.signIn(SAM)
    await ann.press('Continue')
    await ann.field(ann.texts.scanProve).fill((await scan(ann)).code())
    await ann.page.locator('.code-list').waitFor()
    await ann.page.reload()
    expect(asked).toEqual(['beforeunload'])
    await ann.sees(UNSAVED)
    expect(await savedAtMs(SAM)).toBeNull()
  })

  test('codes that cannot be shown again are replaced by new ones', async () => {
    await backend.end()
    backend = await startBackend({ keep: 'hashed' })
    const { phone } = await enroll(backend.twoFactor, ANN)
    const other = await visit(browser, backend)
    await other.open()
    await other.signIn()
    await other.field('Code from the app').fill(phone.next())
    await other.page.locator('.notice').getByRole('button', { name: 'Generate New Recovery Codes' }).click()
    await other.confirm('Generate')
    await keepCodes(other)
    await other.page.getByText(UNSAVED).waitFor({ state: 'detached' })
    await leave(other.page)
  })

  test('a token that is shown once asks before the page goes, until Done', async () => {
    await ann.signIn()
    await ann.press('New Token')
    await ann.field('Name').fill('Backups')
    await ann.field('servers:read').check()
    await ann.confirm('Create')
    await ann.sees('Copy Your Token')
    await ann.page.reload()
    expect(asked).toEqual(['beforeunload'])
    await ann.button('Revoke Backups').waitFor()
    await ann.page.reload()
    expect(asked).toHaveLength(1)
  })

  test('and so does <recovery-codes> alone, until Done or until it is taken away', async () => {
    await ann.signIn()
    await ann.sees('Off')
    await ann.open('show=codes')
    await ann.field(ann.texts.codesSaved).check()
    await ann.page.reload()
    expect(asked).toEqual(['beforeunload'])
    await ann.field(ann.texts.codesSaved).check()
    await ann.press('Done')
    await ann.page.reload()
    await ann.field(ann.texts.codesSaved).check()
    await ann.page.evaluate(() => document.querySelector('recovery-codes')?.remove())
    await ann.page.reload()
    expect(asked).toHaveLength(1)
  })
})
