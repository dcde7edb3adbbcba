import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, PASSWORD } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { type Phone, readQr, scan, setUp, shownCodes, type Visitor, visit } from './visitor.ts'

const NEW_PASSWORD = 'another-canyon-43'

/** One person's way through the whole dashboard; each part goes on where the one before ended. */
const REVOKE = 'Revoke Chrome on Linux'

describe.skipIf(noChromium).sequential('the story of alex', { timeout: 120_000 }, () => {
  let rig: Rig
  let clock: Rig['clock']
  let dashboard: Rig['dashboard']
  let browser: Browser
  let alex: Visitor
  let phone: Phone
  let recoveryCodes: string[]

  beforeAll(async () => {
    rig = await startRig()
    clock = rig.clock
    dashboard = rig.dashboard
    browser = await launchChromium()
    alex = await visit(browser, dashboard)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  const isIn = () => alex.sees('Account')

  test('signs in with the password alone while two-factor authentication is off', async () => {
    await alex.signIn(ALEX, 'not the password')
    expect(await alex.error()).toBe('No account has this login and password.')
    await alex.signIn(ALEX)
    await isIn()
    await alex.page.getByText('Off', { exact: true }).waitFor()
  })

  test('sets it up: password, picture and typed data, first code', async () => {
    await alex.press('Set Up Two-Factor Authentication')
    expect(await alex.field('Password').getAttribute('autocomplete')).toBe('current-password')
    await alex.confirm('Continue', 'not the password')
    expect(await alex.error()).toBe('That’s not your password. Check it and try again.')
    await alex.confirm('Continue')
    await alex.sees('Scan the QR Code')

    const uri = await readQr(alex.page)
    const { searchParams } = new URL(uri)
    const typed = await alex.page.locator('.facts').textContent()
    expect(typed).toContain('Acme Cloud')
    expect(typed).toContain(ALEX)
    expect((await alex.page.locator('.secret').textContent())?.match(/\S+/g)).toEqual(
      searchParams.get('secret')?.match(/.{4}/g),
    )
    await alex.press('Copy')
    expect(await alex.page.evaluate(() => navigator.clipboard.readText())).toBe(searchParams.get('secret'))

    const code = alex.field('Enter the code from the app')
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code')
    expect(await code.getAttribute('inputmode')).toBe('numeric')
    await code.fill('000000')
    expect(await alex.error()).toBe('That code isn’t right. Enter the one your app shows now.')
    phone = await scan(alex, clock.now)
    await alex.sees('Save Your Recovery Codes')
  })

  test('keeps the recovery codes before going on', async () => {
    recoveryCodes = await shownCodes(alex.page)
    const done = alex.page.getByRole('button', { name: 'Done' })
    const saved = alex.field('I’ve saved the data')
    expect(await done.isDisabled()).toBe(true)
    await alex.page.keyboard.press('Escape')
    expect(await done.isVisible()).toBe(true)

    const [download] = await Promise.all([alex.page.waitForEvent('download'), alex.press('Download')])
    expect(download.suggestedFilename()).toBe('acme-cloud-recovery-codes.txt')
    const file = await readFile(await download.path(), 'utf8')
    expect(file).toContain('Acme Cloud')
    expect(file).toContain(ALEX)
    expect(file).toMatch(/Date: \d{4}-\d\d-\d\d\r\n/)
    expect(file.split('\r\n').filter((line) => recoveryCodes.includes(line))).toEqual(recoveryCodes)
    expect(await saved.isChecked()).toBe(true)

    await saved.uncheck()
    expect(await done.isDisabled()).toBe(true)
    await alex.press('Copy')
    expect(await alex.page.evaluate(() => navigator.clipboard.readText())).toBe(recoveryCodes.join('\n'))
    expect(await saved.isChecked()).toBe(true)
    await alex.press('Print')

    await done.click()
    await alex.hasCodesLeft(10)
    expect(dashboard.told).toContain(`${ALEX}: two-factor.enabled`)
  })

  test('signs in with a code from the app, pasted with a gap, once [CS-PAGE-04]', async () => {
    await alex.signOut()
    clock.advance({ seconds: 30 })
    const code = phone.code()
    await alex.signIn(ALEX)
    await alex.page.evaluate((text) => navigator.clipboard.writeText(text), `${code.slice(0, 3)} ${code.slice(3)}`)
    await alex.field('Code from the app').press('ControlOrMeta+V')
    await isIn()

    await alex.signOut()
    await alex.signIn(ALEX)
    await alex.typeCode(code)
    expect(await alex.error()).toBe('That code was already used. Enter the next one from your app.')
    await alex.page.getByRole('button', { name: /^Try again in / }).waitFor()
    expect(dashboard.told).toContain(`${ALEX}: code.used-again`)
  })

  test('signs in with a recovery code in the same field, which is then struck through', async () => {
    const [used = '', ...others] = recoveryCodes
    await alex.press('Use a recovery code')
    await alex.field('Recovery code').fill(used.toLowerCase().replaceAll('-', ' '))
    await alex.press('Verify')
    await alex.page.getByText('You signed in with a recovery code.').waitFor()
    await alex.hasCodesLeft(9)

    await alex.press('View Recovery Codes')
    await alex.confirm('View Codes', 'not the password')
    expect(await alex.error()).toBe('That’s not your password. Check it and try again.')
    await alex.confirm('View Codes')
    await alex.page.locator('.code-list').waitFor()
    expect(await alex.page.locator('.code-list s').allInnerTexts()).toEqual([used])
    expect(await shownCodes(alex.page)).toEqual([used, ...others])
    await alex.press('Done')

    await alex.signOut()
    await alex.signIn(ALEX)
    await alex.typeRecoveryCode(used)
    expect(await alex.error()).toBe('That recovery code was already used. Use another one.')
  })

  test('is asked for no code on a trusted device, until that is revoked', async () => {
    clock.advance({ seconds: 30 })
    await alex.signIn(ALEX)
    await alex.field('Don’t ask again on this device for 30 days').check()
    await alex.typeCode(phone.code())
    await isIn()
    await alex.signOut()
    await alex.signIn(ALEX)
    await isIn()

    await alex.page.getByRole('button', { name: REVOKE }).click()
    await alex.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await alex.page.getByText('None. Every sign-in asks for a second step.').waitFor()
    await alex.signOut()
    await alex.signIn(ALEX)
    await alex.sees('Two-Factor Authentication')
  })

  test('generates new recovery codes, and the old ones die', async () => {
    clock.advance({ seconds: 30 })
    await alex.typeCode(phone.code())
    await isIn()
    const old = recoveryCodes
    await alex.press('View Recovery Codes')
    await alex.confirm('View Codes')
    await alex.press('Generate New Recovery Codes')
    await alex.page.getByText('Your current recovery codes stop working immediately.').waitFor()
    await alex.press('Generate')
    await alex.sees('Save Your Recovery Codes')
    recoveryCodes = await shownCodes(alex.page)
    expect(recoveryCodes.filter((code) => old.includes(code))).toEqual([])
    await alex.field('I’ve saved the data').check()
    await alex.press('Done')
    await alex.hasCodesLeft(10)

    await alex.signOut()
    await alex.signIn(ALEX)
    await alex.typeRecoveryCode(old[5] ?? '')
    expect(await alex.error()).toBe('That recovery code isn’t right. Check it, or use another one.')
  })

  test('loses the phone: in by a recovery code, and a new phone takes the place of the old one', async () => {
    await alex.field('Recovery code').fill(recoveryCodes[1] ?? '')
    await alex.press('Verify')
    await isIn()
    await alex.press('Move to a New Phone')
    await alex.confirm('Continue')
    const lost = phone
    phone = await scan(alex, clock.now)
    await alex.page.getByText('The new authenticator replaced the old one.').first().waitFor()
    expect(await alex.page.getByRole('button', { name: /^Rename/ }).count()).toBe(1)

    await alex.signOut()
    clock.advance({ seconds: 60 })
    await alex.signIn(ALEX)
    await alex.typeCode(lost.code())
    expect(await alex.error()).toBe('That code isn’t right. Enter the one your app shows now.')
    await alex.typeCode(phone.code())
    await isIn()
  })

  test('adds a tablet, renames it, signs in with it, removes it', async () => {
    await alex.press('Add Another')
    await alex.field('Name').fill('Tablet')
    await alex.confirm('Continue')
    const tablet = await scan(alex, clock.now)
    await alex.page.getByText('The authenticator was added.').first().waitFor()

    await alex.press('Rename Tablet')
    await alex.field('Name').fill('Old tablet')
    await alex.press('Save')
    await alex.page.getByRole('button', { name: 'Remove Old tablet' }).waitFor()

    await alex.signOut()
    clock.advance({ seconds: 30 })
    await alex.signIn(ALEX)
    await alex.typeCode(tablet.code())
    await isIn()
    await alex.press('Remove Old tablet')
    await alex.confirm('Remove')
    await alex.page.getByRole('button', { name: 'Remove Old tablet' }).waitFor({ state: 'detached' })
  })

  test('changes the password, which ends the session somewhere else [CS-SESSION-03]', async () => {
    const elsewhere = await visit(browser, dashboard)
    clock.advance({ seconds: 30 })
    await elsewhere.signIn(ALEX)
    await elsewhere.field('Don’t ask again on this device for 30 days').check()
    await elsewhere.typeCode(phone.code())
    await elsewhere.sees('Account')

    await alex.page.reload()
    await alex.page.getByRole('button', { name: REVOKE }).waitFor()
    await alex.press('Change Password')
    await alex.field('Current password').fill(PASSWORD)
    await alex.field('New password').fill('short')
    await alex.page.getByRole('dialog').getByRole('button', { name: 'Change Password' }).click()
    expect(await alex.error()).toBe('Use at least 12 characters.')
    await alex.field('New password').fill(NEW_PASSWORD)
    await alex.page.getByRole('dialog').getByRole('button', { name: 'Change Password' }).click()
    await alex.page.getByText('Your password was changed.').waitFor()
    await alex.page.getByText('None. Every sign-in asks for a second step.').waitFor()

    await elsewhere.goTo('Tokens')
    await elsewhere.page.getByText('You are signed out. Sign in again.').waitFor()
    await alex.goTo('Overview')
    await alex.page.getByText('web-1').waitFor()
  })

  test('reads in the activity what happened, and from where', async () => {
    await alex.goTo('Activity')
    const activity = alex.page.locator('.rows')
    await activity.getByText('The password was changed').waitFor()
    const text = await activity.textContent()
    for (const words of [
      'An authenticator was removed',
      'New recovery codes were generated',
      'A recovery code was used',
      'A device was trusted',
      'Two-factor authentication was turned on',
    ]) {
      expect(text).toContain(words)
    }
    expect(text).toContain('Chrome on Linux · 127.0.0.1')
  })

  test('disables it, and signs in with the password alone', async () => {
    await alex.goTo('Account')
    await alex.press('Disable Two-Factor Authentication')
    await alex.confirm('Disable', NEW_PASSWORD)
    await alex.page.getByRole('button', { name: 'Set Up Two-Factor Authentication' }).waitFor()
    await alex.signOut()
    await alex.signIn(ALEX, NEW_PASSWORD)
    await isIn()
    // And on again, as if for the first time.
    await setUp(alex, clock.now, NEW_PASSWORD)
  })
})
