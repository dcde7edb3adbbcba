import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, DANA, PASSWORD } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { setUp, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium).sequential('after a reset by an administrator', { timeout: 240_000 }, () => {
  let rig: Rig
  let browser: Browser
  let dana: Visitor
  let alex: Visitor
  beforeAll(async () => {
    rig = await startRig()
    browser = await launchChromium()
    dana = await visit(browser, rig.dashboard)
    await dana.signIn(DANA)
    await setUp(dana, rig.clock.now)
    alex = await visit(browser, rig.dashboard)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  /** What an administrator does to Alex's account. */
  async function act(operation: string, body: object): Promise<void> {
    const { users } = await (await dana.page.request.get('/api/Admin/Users')).json()
    const { id } = users.find(({ login }: { login: string }) => login === ALEX)
    const data = { userId: id, ...body, proof: { password: PASSWORD } }
    const headers = { Origin: new URL(dana.page.url()).origin }
    const answer = await dana.page.request.post(`/api/Admin/${operation}`, { data, headers })
    expect([answer.status(), await answer.text()]).toEqual([200, expect.any(String)])
  }

  test('the account page says so until it is set up again, after a reload too', async () => {
    await alex.signIn(ALEX)
    await setUp(alex, rig.clock.now)
    await act('ResetTwoFactor', { note: 'Lost phone' })
    // The reset ended the session.
    await alex.signIn(ALEX)
    const notice = alex.page.locator('.notice', { hasText: 'Support reset your two-factor authentication on' })
    await notice.getByRole('button', { name: 'Set Up Again' }).waitFor()
    await setUp(alex, rig.clock.now)
    await notice.waitFor({ state: 'detached' })
    await alex.page.reload()
    await alex.page.getByText('Signing in takes a second step.').waitFor()
    expect(await notice.count()).toBe(0)
  })

  test('where a second step is required, the setup in the sign-in says so, after a reload too', async () => {
    await act('SetTwoFactorRequired', { required: true })
    await act('ResetTwoFactor', { note: 'Lost phone' })
    await alex.signIn(ALEX)
    const notice = alex.page.locator('.notice', { hasText: 'Support reset your two-factor authentication on' })
    await notice.waitFor()
    await alex.page.reload()
    await notice.waitFor()
    await alex.press('Continue')
    await alex.sees('Scan the QR Code')
  })
})
