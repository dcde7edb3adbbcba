import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, PASSWORD } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { setUp, visit } from './visitor.ts'

const NEW_PASSWORD = 'another horse, another battery'

describe.skipIf(noChromium)('“This wasn’t me”', { timeout: 240_000 }, () => {
  let rig: Rig
  let browser: Browser
  beforeAll(async () => {
    rig = await startRig()
    browser = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  test('leads from the recent changes to the steps, and shows which of them the server has seen done', async () => {
    const alex = await visit(browser, rig.dashboard)
    await alex.signIn(ALEX)
    await setUp(alex, rig.clock.now)
    rig.clock.advance({ seconds: 60 })
    await alex.goTo('This wasn’t me')
    await alex.sees('This Wasn’t Me')
    const states = () => alex.page.locator('ol.rows [role=status]').allTextContents()
    await expect.poll(states).toEqual(['To do', 'To do', ''])

    await alex.press('Change Password')
    await alex.field('Current password').fill(PASSWORD)
    await alex.field('New password').fill(NEW_PASSWORD)
    await alex.page.getByRole('dialog').getByRole('button', { name: 'Change Password' }).click()
    await expect.poll(states).toEqual(['Done', 'To do', ''])
    await alex.page.reload()
    await expect.poll(states).toEqual(['Done', 'To do', ''])

    rig.clock.advance({ seconds: 60 })
    await alex.press('View Recovery Codes')
    await alex.confirm('View Codes', NEW_PASSWORD)
    await alex.press('Generate New Recovery Codes')
    await alex.press('Generate')
    await alex.sees('Save Your Recovery Codes')
    await alex.field('I’ve saved the data').check()
    await alex.press('Done')
    await expect.poll(states).toEqual(['Done', 'Done', ''])

    await alex.goTo('Account')
    await alex.goTo('This wasn’t me')
    await expect.poll(states).toEqual(['To do', 'To do', ''])
  })
})
