import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX } from './accounts.ts'
import { launchChromium, noChromium, stopClock } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { guessWrong, type Phone, setUp, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium).sequential('waits', { timeout: 120_000 }, () => {
  let rig: Rig
  let browser: Browser
  let alex: Visitor
  let phone: Phone
  let recoveryCodes: string[]

  beforeAll(async () => {
    rig = await startRig()
    browser = await launchChromium()
    alex = await visit(browser, rig.dashboard)
    await alex.signIn(ALEX)
    ;({ phone, recoveryCodes } = await setUp(alex, rig.clock.now))
    await alex.signOut()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  const verify = () => alex.page.getByRole('button', { name: 'Verify' })
  const waiting = () => alex.page.getByRole('button', { name: /^Try again in/ })

  test('are counted down on the button, which then works again', async () => {
    await alex.page.clock.install()
    await alex.signIn(ALEX)
    await stopClock(alex.page)
    await guessWrong(alex)
    expect(await waiting().isDisabled()).toBe(true)
    expect(await waiting().textContent()).toMatch(/^\s*Try again in [1-9] seconds?\s*$/)
    expect(await alex.error()).not.toBe('')

    await alex.page.clock.fastForward(10_000)
    await alex.page.clock.resume()
    await verify().waitFor()
    await alex.page.getByText('You can try again now.').waitFor()
    expect(await verify().isDisabled()).toBe(false)
    rig.clock.advance({ seconds: 30 })
    await alex.typeCode(phone.code())
    await alex.sees('Account')
  })

  test('for the app do not hold up a recovery code', async () => {
    await alex.signOut()
    await alex.signIn(ALEX)
    await stopClock(alex.page)
    await guessWrong(alex)
    await waiting().waitFor()
    await alex.press('Use a recovery code')
    expect(await verify().isDisabled()).toBe(false)
    await alex.press('Use the code from the app')
    expect(await waiting().isDisabled()).toBe(true)
    // One field takes both: what is typed decides.
    await alex.typeCode(recoveryCodes[0] ?? '')
    await alex.press('Verify')
    await alex.hasCodesLeft(9)
    await alex.page.clock.resume()
  })

  test('at the password step are the host’s', async () => {
    await alex.signOut()
    for (let attempt = 0; attempt < 11; attempt++) {
      await alex.signIn(ALEX, 'not the password')
      await alex.error()
    }
    expect(await alex.error()).toBe('Too many attempts from here. Try again in 15 minutes.')
  })
})
