import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from '../elements/accessibility.ts'
import { ALEX, DANA, PASSWORD, SAM } from './accounts.ts'
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

  /** What the server says to a reset of sam, past the page. */
  async function resetBy({ page }: Visitor, proof?: object): Promise<unknown[]> {
    const { users } = await (await page.request.get('/api/Admin/Users')).json()
    const userId = users.find(({ login }: { login: string }) => login === SAM).id
    const answer = await page.request.post('/api/Admin/ResetTwoFactor', {
      headers: { Origin: rig.dashboard.url },
      data: { userId, note: 'Asked by mail', ...(proof && { proof }) },
    })
    return [answer.status(), (await answer.json()).reason]
  }

  test('nobody but an administrator sees the users', async () => {
    expect(await sam.page.getByRole('link', { name: 'Users' }).count()).toBe(0)
    await sam.page.goto('/admin/users')
    await sam.page.getByText('Only administrators may do this.').waitFor()
    expect((await sam.page.request.get('/api/Admin/Users')).status()).toBe(403)
  })

  test('an administrator without a second factor only reads, and is led to setting it up', async () => {
    await dana.signIn(DANA)
    await dana.goTo('Users')
    await dana.page.getByText('To change anything here, set up two-factor authentication').waitFor()
    expect(await dana.page.getByRole('button', { name: / for (Sam|Alex)/ }).count()).toBe(0)
    const refused = await resetBy(dana, { password: PASSWORD })
    expect(refused).toEqual([403, 'second-factor-needed'])
    await dana.goTo('your own account')
    await setUp(dana, rig.clock.now)
    await dana.goTo('Users')
  })

  test('an open session alone changes nothing: each operation asks for the administrator’s own password', async () => {
    await dana.press('Reset for Sam Okafor')
    await dana.page.getByText('All authenticators and recovery codes of Sam Okafor stop working').waitFor()
    await dana.field('Reason').fill('Asked by mail')
    await dana.field('Your password').fill('not the password')
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click()
    await dana.page.getByText('That is not your password.').waitFor()
    await dana.press('Cancel')
    expect(await resetBy(dana)).toEqual([400, 'bad-request'])
    expect(await resetBy(dana, { code: '000000' })).toEqual([422, 'wrong-code'])
    expect((await sam.page.request.get('/api/Me')).status()).toBe(200)
  })

  test('requiring it of somebody who has it says that they stay signed in, and they do', async () => {
    await dana.press('Make Optional for Sam Okafor')
    await dana.page.getByText('Sam Okafor stays signed in, and may turn it off.').waitFor()
    await dana.field('Your password').fill(PASSWORD)
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Make Optional' }).click()
    await dana.page.getByText('Optional for Sam Okafor now.').waitFor()
    await dana.press('Require for Sam Okafor')
    await dana.page.getByText('Sam Okafor has it on already and stays signed in').waitFor()
    await dana.field('Your password').fill(PASSWORD)
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Require' }).click()
    await dana.page.getByText('Required for Sam Okafor, who stays signed in.').waitFor()
    expect((await sam.page.request.get('/api/Me')).status()).toBe(200)
  })

  test('the administrator requires it of alex, who is signed out as was said, and led through the setup', async () => {
    const alex = await visit(browser, rig.dashboard)
    await alex.signIn(ALEX)
    await alex.sees('Account')

    await dana.press('Require for Alex Rivera')
    await dana.page.getByText('Alex Rivera is signed out everywhere').waitFor()
    expect((await alex.page.request.get('/api/Me')).status()).toBe(200)
    await dana.field('Your password').fill(PASSWORD)
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Require' }).click()
    await dana.page.getByText('Required for Alex Rivera, who was signed out.').waitFor()
    await dana.page.getByText('At next sign-in').waitFor()

    await alex.goTo('Activity')
    await alex.page.getByText('You are signed out. Sign in again.').waitFor()
    await alex.signIn(ALEX)
    await alex.sees('One More Step')
    await dana.press('Make Optional for Alex Rivera')
    await dana.field('Your password').fill(PASSWORD)
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Make Optional' }).click()
    await dana.page.getByText('Optional for Alex Rivera now.').waitFor()
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
    await dana.field('Your password').fill(PASSWORD)
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click()
    await dana.page.getByText('The account was unlocked.').waitFor()

    rig.clock.advance({ seconds: 30 })
    await sam.signIn(SAM)
    await sam.typeCode(phone.code())
    await sam.sees('Account')
  })

  test('the administrator issues a recovery code to sam, which is shown once and opens one sign-in', async () => {
    await dana.page.reload()
    await dana.press('Issue Code for Sam Okafor')
    await dana.page.getByText('Sam Okafor signs in with it once').waitFor()
    await dana.field('Reason').fill('Lost the bag, seen by video')
    await dana.field('Your password').fill(PASSWORD)
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Issue Code' }).click()
    await dana.sees('Recovery Code for Sam Okafor')
    const code = await dana.page.getByRole('dialog').locator('code').textContent()
    expect(code).toMatch(/^(\w{4}-){3}\w{4}$/)
    expect(await dana.page.getByRole('dialog').locator('code').getAttribute('translate')).toBe('no')
    expect(await violations(dana.page)).toEqual([])
    await dana.press('Done')
    expect(await dana.page.content()).not.toContain(code)
    expect(rig.dashboard.told).toContain(`${SAM}: recovery-code.issued`)

    await sam.signOut()
    await sam.signIn(SAM)
    await sam.typeRecoveryCode(String(code))
    await sam.page.getByText('You signed in with a recovery code.').waitFor()
    await sam.signOut()
    await sam.signIn(SAM)
    await sam.typeRecoveryCode(String(code))
    await sam.page.getByText('That recovery code was already used.').waitFor()
    rig.clock.advance({ seconds: 30 })
    await sam.signIn(SAM)
    await sam.typeCode(phone.code())
    await sam.sees('Account')
  })

  test('the administrator resets sam, and has to say why; sam reads it and sets up anew', async () => {
    await dana.page.reload()
    await dana.press('Reset for Sam Okafor')
    const reset = dana.page.getByRole('dialog').getByRole('button', { name: 'Reset' })
    await dana.field('Your password').fill(PASSWORD)
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
