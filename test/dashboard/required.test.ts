import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, DANA, SAM } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { guessWrong, type Phone, scan, setUp, shownCodes, type Visitor, visit } from './visitor.ts'

/** Who must have two-factor authentication, and what the administrator does for others. */
describe.skipIf(noChromium).sequential('the administrator and the required second factor', { timeout: 120_000 }, () => {
  let rig: Rig
  let browser: Browser
  let sam: Visitor
  let dana: Visitor
  let phone: Phone

  beforeAll(async () => {
    rig = await startRig()
    browser = await launchChromium()
    sam = await visit(browser, rig.dashboard)
    dana = await visit(browser, rig.dashboard)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  test('sam has to set it up while signing in, and sees the recovery codes before going in', async () => {
    await sam.signIn(SAM)
    await sam.page.getByText('Your organization requires two-factor authentication').waitFor()
    expect((await sam.page.request.get('/api/Me')).status()).toBe(401)
    await sam.press('Continue')
    phone = await scan(sam, rig.clock.now)
    await sam.sees('Save Your Recovery Codes')
    expect(await shownCodes(sam.page)).toHaveLength(10)
    expect(await sam.page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true)
    await sam.field('I’ve saved the data').check()
    await sam.press('Done')
    await sam.page.getByText('it can’t be disabled').waitFor()
    expect(await sam.page.getByRole('button', { name: /^Disable/ }).count()).toBe(0)
  })

  test('nobody but an administrator sees the users', async () => {
    expect(await sam.page.getByRole('link', { name: 'Users' }).count()).toBe(0)
    await sam.page.goto('/admin/users')
    await sam.page.getByText('Only administrators may do this.').waitFor()
    expect((await sam.page.request.get('/api/Admin/Users')).status()).toBe(403)
  })

  test('the administrator requires it of alex, who is led through the setup', async () => {
    const alex = await visit(browser, rig.dashboard)
    await alex.signIn(ALEX)
    await alex.sees('Account')

    await dana.signIn(DANA)
    await dana.goTo('Users')
    await dana.field('Required for Alex Rivera').check()
    await dana.page.getByText('Saved for Alex Rivera.').waitFor()
    await dana.page.getByText('At next sign-in').waitFor()

    await alex.goTo('Activity')
    await alex.page.getByText('You are signed out. Sign in again.').waitFor()
    await alex.signIn(ALEX)
    await alex.sees('One More Step')
    await dana.field('Required for Alex Rivera').uncheck()
    await dana.page.getByText('Saved for Alex Rivera.').waitFor()
    await alex.signIn(ALEX)
    await alex.sees('Account')
    await setUp(alex, rig.clock.now)
  })

  test('the administrator unlocks sam, who was held up by wrong codes', async () => {
    await sam.page.goto('/')
    await sam.signOut()
    await sam.signIn(SAM)
    await guessWrong(sam)

    await dana.page.reload()
    await dana.press('Unlock for Sam Okafor')
    await dana.field('Reason').fill('Called, and knew the last invoice')
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click()
    await dana.page.getByText('The account was unlocked.').waitFor()

    rig.clock.advance({ seconds: 30 })
    await sam.signIn(SAM)
    await sam.typeCode(phone.code())
    await sam.sees('Account')
  })

  test('the administrator resets sam, and has to say why; sam reads it and sets up anew', async () => {
    await dana.page.reload()
    await dana.press('Reset for Sam Okafor')
    const reset = dana.page.getByRole('dialog').getByRole('button', { name: 'Reset' })
    await reset.click()
    expect(await dana.page.getByRole('dialog').isVisible()).toBe(true)
    await dana.field('Reason').fill('Phone stolen, ticket 4711')
    await reset.click()
    await dana.page.getByText('Two-factor authentication was reset.').waitFor()
    await dana.page.getByText('At next sign-in').waitFor()
    expect(rig.dashboard.told).toContain(`${SAM}: two-factor.reset`)

    await sam.goTo('Activity')
    await sam.page.getByText('You are signed out. Sign in again.').waitFor()
    await sam.signIn(SAM)
    await sam.press('Continue')
    await scan(sam, rig.clock.now)
    await sam.field('I’ve saved the data').check()
    await sam.press('Done')
    await sam.goTo('Activity')
    await sam.page.getByText(`By ${DANA}: Phone stolen, ticket 4711`).waitFor()
  })
})
